"""Every setting, read from the environment (`EDITS_*`), printed without secrets.

The connection to Temporal is not here: it comes from the standard TEMPORAL_* variables and profile file.
"""

from __future__ import annotations

import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, PlainValidator, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from durable_edits.contracts import EDITS_QUEUE
from durable_edits.models.names import ModelNames, read_names
from durable_edits.payload_keys import PayloadKey, checked_payload_keys, payload_keys, split_payload_keys

MEGABYTE = 1024 * 1024
SHORTEST_KEY = 16  # characters of a secret that people choose; ours have more than twice as many
HOUSEKEEPING_OFF = "off"
DATABASES = ("sqlite+aiosqlite://", "postgresql+asyncpg://")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def _comma_list(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _organization_and_key(pair: SecretStr) -> SecretStr:
    organization, _, key = pair.get_secret_value().rpartition(":")
    if not organization or not key:
        raise PydanticCustomError("api_keys", "write organization:key,organization:key")
    return pair


def _database(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(DATABASES):
        raise PydanticCustomError("catalog_url", "begin with sqlite+aiosqlite:// or postgresql+asyncpg://")
    return url


class RateLimit(NamedTuple):
    requests: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.requests}/{self.seconds:g}"


def _rate_limit(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"([1-9]\d{0,8})/([1-9]\d{0,5})", value.strip())
    if found is None:
        raise PydanticCustomError("rate_limit", "write requests/seconds, such as 300/60")
    return RateLimit(int(found[1]), float(found[2]))


def _model_names(value: Any) -> ModelNames:
    if isinstance(value, ModelNames):
        return value
    try:
        return read_names(str(value))
    except ValueError as error:
        raise PydanticCustomError("models", "{fault}", {"fault": str(error)}) from None


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


CommaList = Annotated[list[str], NoDecode, BeforeValidator(_comma_list)]
KeyList = Annotated[
    list[Annotated[SecretStr, AfterValidator(_organization_and_key)]], NoDecode, BeforeValidator(_comma_list)
]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="EDITS_", frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    home: Annotated[Path, AfterValidator(_absolute)] = Path(".edits")
    """Where the embedded default keeps catalog.db and blobs/."""
    catalog_url: Annotated[SecretStr, AfterValidator(_database)] | None = None
    """sqlite+aiosqlite:///… or postgresql+asyncpg://…; default: catalog.db in `home`."""
    blobs_url: SecretStr | None = None
    """file:///…, s3://…, gs://… or az://…; default: blobs/ in `home`."""
    task_queue: str = EDITS_QUEUE
    """Where workers wait for edits; several installations in one namespace need one each."""

    retention_days: float | None = Field(default=None, gt=0)
    """For how many days after its end an edit is kept, with its output and its source; default: for ever."""
    housekeeping: str = Field(default="30 3 * * *", pattern=rf"^({HOUSEKEEPING_OFF}|\S+( \S+){{4}})$")
    """When what is no longer needed is erased: a cron line of Temporal's, in UTC; or `off`, then nothing is."""

    payload_keys: Annotated[
        list[SecretStr], NoDecode, BeforeValidator(split_payload_keys), AfterValidator(checked_payload_keys)
    ] = []
    """`id:key,id:key`, or the path of a file with one a line: what crosses Temporal is encrypted with the first and
    read with any; empty: it is not encrypted."""
    codec: str = Field(default="127.0.0.1:8234", pattern=r"^\S+:\d+$")
    """host:port of `python -m gateway codec`, which decrypts for Temporal's UI and command line."""
    codec_token: SecretStr | None = Field(default=None, min_length=SHORTEST_KEY)
    """What they must show; without it the codec server does not start."""
    codec_origins: CommaList = []
    """Origins of the Temporal UI (`https://temporal.example.org`): pages that may call the codec server."""

    deployment: str | None = Field(default_factory=lambda: os.environ.get("TEMPORAL_DEPLOYMENT_NAME"))
    """The name of the worker deployment, and below the version of this worker: with both, the server tells versions
    apart. Default: Temporal's own variables TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID."""
    build_id: str | None = Field(default_factory=lambda: os.environ.get("TEMPORAL_WORKER_BUILD_ID"))
    """The version of this worker in that deployment."""
    versioning: Literal["pinned", "auto_upgrade"] = "pinned"
    """Of such a worker's edits: `pinned` to the version that they began under, or moved on to the current one."""

    host: str = "127.0.0.1"
    """Where the gateway listens; beyond loopback only with API keys."""
    port: int = 8000
    """Of the gateway."""
    api_keys: KeyList = []
    """`organization:key,organization:key`. The first organization also sees edits started straight through Temporal."""

    rate_limit: Annotated[RateLimit | None, NoDecode, BeforeValidator(_rate_limit)] = None
    """`300/60`: requests and seconds for each API key, counted by each gateway for itself; default: no limit."""
    cors_origins: CommaList = []
    """Origins whose pages may call the gateway from a browser (`https://app.example.org`), or `*`; empty: none."""

    models: Annotated[ModelNames, NoDecode, PlainValidator(_model_names), PlainSerializer(str)] = ModelNames({})
    """`retab-small=rules,retab-large=openai:gpt-5-mini,*=openai:qwen3@http://10.0.0.5:8000/v1`: which model, if any,
    plans what the rules leave open, by the name on the wire. Keys are the providers' own (`OPENAI_API_KEY`, …)."""
    pdf_slots: int = Field(default_factory=_cores, ge=1)
    """Documents worked on at once by one worker: one child process each."""
    metrics: str | None = Field(default=None, pattern=r"^\S+:\d+$")
    """host:port of the worker's Prometheus endpoint."""
    gateway_metrics: str | None = Field(default=None, pattern=r"^\S+:\d+$")
    """host:port of the gateway's, which has no key: keep it where Prometheus is."""
    grace: float = Field(default=30.0, ge=0)
    """Seconds a stopping process gives its running work; below the orchestrator's kill delay."""
    deadline: float = Field(default=259_200.0, gt=0)
    """Seconds from an edit's start until it is given up; the default is longer than a weekend without a worker."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Of worker and gateway."""
    log_format: Literal["text", "json"] = "text"
    """`json`: one object a line."""

    max_document_mb: float = Field(default=32.0, gt=0)
    """A document that comes in a request or from a URL, and a request's body."""
    max_stored_mb: float = Field(default=128.0, gt=0)
    """A stored document that an edit or a template takes: larger than one in a request, since a client can stream it
    in; a worker has up to four for each of its slots in memory."""
    max_upload_mb: float = Field(default=5_000.0, gt=0)
    """One file, whatever it is for; object stores take no larger ones in one piece."""
    link_minutes: float = Field(default=60.0, gt=0)
    """How long links for uploads and downloads work."""
    public_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """The address that such links begin with; default: the one by which the request that asks for a link came."""
    max_pages: int = Field(default=2_000, ge=1)
    """Of one document."""
    fill_timeout: float = Field(default=120.0, gt=0)
    """Seconds one document may take in its child process, for reading and again for filling."""
    child_memory_mb: int = Field(default=2_048, ge=256)
    """Address space of one child process."""
    fetch_hosts: CommaList = []
    """Hosts documents may be fetched from (`*.amazonaws.com`); empty: any public https host.
    An entry with a scheme (`http://10.0.0.5:9000`) also allows that very origin to be plain http or private."""

    @property
    def max_document_bytes(self) -> int:
        return int(self.max_document_mb * MEGABYTE)

    @property
    def max_stored_bytes(self) -> int:
        return int(self.max_stored_mb * MEGABYTE)

    @property
    def max_upload_bytes(self) -> int:
        return int(self.max_upload_mb * MEGABYTE)

    @property
    def longest_edit(self) -> timedelta:
        return timedelta(seconds=self.deadline)

    @property
    def link_lifetime(self) -> timedelta:
        return timedelta(minutes=self.link_minutes)

    @property
    def encryption(self) -> list[PayloadKey]:
        return payload_keys(self.payload_keys)

    @property
    def catalog(self) -> str:
        if self.catalog_url is not None:
            return self.catalog_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.home / 'catalog.db'}"

    @property
    def blobs(self) -> str:
        if self.blobs_url is not None:
            return self.blobs_url.get_secret_value()
        return (self.home / "blobs").as_uri()


def read_settings() -> Settings:
    """From the environment; a wrong setting ends the process with a line that names it."""
    try:
        return Settings()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        sys.exit("\n".join(f"EDITS_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in faults))

"""What can be said of this machine and its settings alone."""

from __future__ import annotations

import difflib
import importlib.metadata
import ipaddress
import os
import platform
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import make_url

from durable_edits.doctor.finding import Finding, fault, ok, warning
from durable_edits.settings import Settings

LIBRARIES = ("temporalio", "sqlalchemy", "obstore", "pydantic")  # what speaks to others
FREE_SHARE, FREE_BYTES = 0.05, 2 * 1024**3  # below both, a folder of documents is full within a busy night
PREFIX = "EDITS_"
# Of the stack that `make up` starts, not of the service.
STACK_ONLY = {"EDITS_DEV_TEMPORAL_PORT", "EDITS_DEV_UI_PORT"}


def versions() -> Finding:
    libraries = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return ok("versions", f"Python {platform.python_version()}, {libraries}")


def settings_of(env: Mapping[str, str], settings: Settings) -> list[Finding]:
    """Names that are no setting's, and what is open to everybody. Values are not shown."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | STACK_ONLY
    given = {name for name in env if name.startswith(PREFIX) and env[name]}
    findings = []
    for name in sorted(given - known):
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else "docs/settings.md has them all."
        findings.append(warning("settings", f"{name} is no setting, and is not read", hint))
    if not findings:
        findings.append(ok("settings", f"{len(given)} given, all known"))
    if not settings.api_keys and not _loopback(settings.host):
        seen = f"EDITS_API_KEYS is empty, and the gateway listens on {settings.host}"
        findings.append(warning("keys", seen, "see that `python -m gateway keys list` shows a key that you know."))
    return findings


def disk(settings: Settings) -> list[Finding]:
    """Of the folders that hold the catalog or documents; none where both are elsewhere."""
    return [_space(folder) for folder in sorted(_folders(settings))]


def catalog_file(settings: Settings) -> Path | None:
    """None for a database that is no file."""
    url = make_url(settings.catalog)
    return Path(url.database).absolute() if url.drivername.startswith("sqlite") and url.database else None


def blob_folder(settings: Settings) -> Path | None:
    """None for an object store that is no folder."""
    url = urlsplit(settings.blobs)
    return Path(unquote(url.path)) if url.scheme == "file" else None


def _folders(settings: Settings) -> set[Path]:
    file, folder = catalog_file(settings), blob_folder(settings)
    return {path for path in (file and file.parent, folder) if path is not None}


def _space(folder: Path) -> Finding:
    if not folder.is_dir():
        return fault("disk", f"{folder} is not there", "start a worker or a gateway, or mount the volume.")
    if not os.access(folder, os.W_OK):
        return fault("disk", f"{folder} cannot be written", "give it to the user that worker and gateway run as.")
    space = shutil.disk_usage(folder)
    seen = f"{folder} has {space.free / 1024**3:.1f} of {space.total / 1024**3:.1f} GiB free"
    if space.free < FREE_BYTES and space.free < FREE_SHARE * space.total:
        return warning("disk", seen, "make room: set EDITS_RETENTION_DAYS, or move to a larger volume.")
    return ok("disk", seen)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""API keys: who is calling, and whose edits that caller sees."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from durable_edits.contracts import DEFAULT_ORGANIZATION
from durable_edits.errors import CatalogUnavailable, RateLimited, Unauthorized
from durable_edits.settings import RateLimit, Settings
from durable_edits.storage.keys import ApiKey, ApiKeys, key_digest
from durable_edits.storage.links import SIGNED
from gateway.errors import from_tree
from gateway.rate_limit import Allowances

log = logging.getLogger("gateway")

RELOAD_SECONDS = 2.0  # until every gateway knows a key that was made or revoked
OPEN_PATHS = {"/healthz", "/readyz", "/openapi.json", "/docs"}


@dataclass(frozen=True, slots=True)
class Caller:
    """`sees` holds further organizations whose edits this caller finds; `key` is the digest of its key."""

    organization: str
    sees: tuple[str, ...] = ()
    key: bytes = b""


class Keys:
    """EDITS_API_KEYS (`organization:key,…`) and the catalog's. Where there has never been one, everybody who reaches
    the gateway is the default organization.

    Edits started straight through Temporal belong to the default organization unless their input names another; the
    first organization of EDITS_API_KEYS is the operator's own and sees them.
    """

    def __init__(self, settings: Settings) -> None:
        pairs = [secret.get_secret_value().rpartition(":") for secret in settings.api_keys]
        self._operator = pairs[0][0] if pairs else None
        self._fixed = {key_digest(key): self._caller(organization, key_digest(key)) for organization, _, key in pairs}
        self._callers = self._fixed
        self._open = not pairs

    @contextlib.asynccontextmanager
    async def following(self, stored: ApiKeys) -> AsyncIterator[None]:
        """Know the catalog's keys, and what becomes of them."""
        self.know(await stored.list())
        reloading = asyncio.create_task(self._reload(stored))
        try:
            yield
        finally:
            reloading.cancel()
        await asyncio.wait({reloading})  # its connection must be back before the catalog is closed

    def know(self, found: Sequence[ApiKey]) -> None:
        self._open = not found and not self._fixed
        valid = {key.digest: self._caller(key.organization, key.digest) for key in found if key.revoked_at is None}
        self._callers = valid | self._fixed

    def caller(self, headers: Headers) -> Caller:
        """Raises Unauthorized. Bearer decides where both headers are sent."""
        if self._open:
            return Caller(DEFAULT_ORGANIZATION)
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        key = bearer.strip() if scheme.lower() == "bearer" else headers.get("api-key", "").strip()
        if not key:
            raise Unauthorized("No API key was sent; send it as `Authorization: Bearer KEY`.")
        wanted = key_digest(key)
        # Every key is looked at, each in constant time: the answer's delay tells nothing about any of them.
        found = [caller for digest, caller in self._callers.items() if hmac.compare_digest(digest, wanted)]
        if not found:
            raise Unauthorized("The API key is not known here; check it, and that it belongs to this gateway.")
        return found[0]

    async def _reload(self, stored: ApiKeys) -> None:
        while True:
            await asyncio.sleep(RELOAD_SECONDS)
            try:
                self.know(await stored.list())
            except CatalogUnavailable as error:  # nobody can do anything without the catalog; the last ones stay
                log.warning("API keys could not be read again: %s %s", error.message, error.details)

    def _caller(self, organization: str, digest: bytes) -> Caller:
        return Caller(organization, (DEFAULT_ORGANIZATION,) if organization == self._operator else (), digest)


class Guard:
    """Answer 401 and 429 before routing, body and 404; leave the caller in `request.state.caller`."""

    def __init__(self, app: ASGIApp, keys: Keys, limit: RateLimit | None) -> None:
        self._app = app
        self._keys = keys
        self._allowances = Allowances(limit) if limit is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _open(scope["path"]):
            try:
                caller = self._keys.caller(Headers(scope=scope))
                if self._allowances is not None:
                    self._allowances.take(caller.key)
                scope.setdefault("state", {})["caller"] = caller
            except (Unauthorized, RateLimited) as error:
                await from_tree(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _open(path: str) -> bool:
    """A signed link is its own key."""
    return path in OPEN_PATHS or path.startswith(SIGNED)

"""API keys: who is calling, and whose edits that caller sees."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from durable_edits.contracts import DEFAULT_ORGANIZATION
from durable_edits.errors import Unauthorized
from durable_edits.settings import Settings
from durable_edits.storage.links import SIGNED
from gateway.errors import from_tree

OPEN_PATHS = {"/healthz", "/readyz", "/openapi.json", "/docs"}


@dataclass(frozen=True, slots=True)
class Caller:
    """`sees` holds further organizations whose edits this caller finds."""

    organization: str
    sees: tuple[str, ...] = ()


class Keys:
    """EDITS_API_KEYS: `organization:key,…`. Without any, everybody who reaches the gateway is the default organization.

    Edits started straight through Temporal belong to the default organization unless their input names another; the
    first organization listed is the operator's own and sees them.
    """

    def __init__(self, settings: Settings) -> None:
        pairs = [secret.get_secret_value().rpartition(":") for secret in settings.api_keys]
        self._callers = {
            _digest(key): Caller(organization, (DEFAULT_ORGANIZATION,) if organization == pairs[0][0] else ())
            for organization, _, key in pairs
        }

    def __bool__(self) -> bool:
        return bool(self._callers)

    def caller(self, headers: Headers) -> Caller:
        """Raises Unauthorized. Bearer decides where both headers are sent."""
        if not self._callers:
            return Caller(DEFAULT_ORGANIZATION)
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        key = bearer.strip() if scheme.lower() == "bearer" else headers.get("api-key", "").strip()
        if not key:
            raise Unauthorized("No API key was sent; send it as `Authorization: Bearer KEY`.")
        wanted = _digest(key)
        # Every key is looked at, each in constant time: the answer's delay tells nothing about any of them.
        found = [caller for digest, caller in self._callers.items() if hmac.compare_digest(digest, wanted)]
        if not found:
            raise Unauthorized("The API key is not known here; check it, and that it belongs to this gateway.")
        return found[0]


class Guard:
    """Answer 401 before routing, body and 404; leave the caller in `request.state.caller`."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _open(scope["path"]):
            try:
                scope.setdefault("state", {})["caller"] = self._keys.caller(Headers(scope=scope))
            except Unauthorized as error:
                await from_tree(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _open(path: str) -> bool:
    """A signed link is its own key."""
    return path in OPEN_PATHS or path.startswith(SIGNED)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()

"""HEAD wherever there is a GET: the same answer, of which the server sends no body."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from durable_edits.storage.links import SIGNED


class Head:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A signed download has its own HEAD, which reads nothing.
        if scope["type"] == "http" and scope["method"] == "HEAD" and not scope["path"].startswith(SIGNED):
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)

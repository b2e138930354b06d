"""What one request may ask for before it is answered: a head of some size, a body that comes at some speed."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from durable_edits.errors import RequestHeadersTooLarge, RequestTimeout
from gateway.errors import from_tree

HEAD_BYTES = 32 * 1024  # the longest id that is looked up takes a third of it, percent-encoded
PATIENCE = 20.0  # seconds that a body may be waited for, and
LEAST_RATE = 4 * 1024  # one more for so many bytes: the slowest line that still is one


class Limits:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _head(scope) > HEAD_BYTES:
            error = RequestHeadersTooLarge(f"Path, query and headers are larger than {HEAD_BYTES} bytes together.")
            await from_tree(error)(scope, receive, send)
        else:
            await self._app(scope, _in_time(receive), send)


def _head(scope: Scope) -> int:
    lines = sum(len(name) + len(value) for name, value in scope["headers"])
    return lines + len(scope["raw_path"]) + len(scope["query_string"])


def _in_time(receive: Receive) -> Receive:
    """Raises RequestTimeout when the body comes too slowly. The time in which nobody asks for it does not count."""
    left, more = PATIENCE, True

    async def receive_in_time() -> Message:
        nonlocal left, more
        if not more:  # what comes now is only that the client has gone
            return await receive()
        began = time.monotonic()
        try:
            async with asyncio.timeout(left):
                message = await receive()
        except TimeoutError as error:
            raise RequestTimeout("The request's body came too slowly; send it again on a better line.") from error
        left += len(message.get("body", b"")) / LEAST_RATE - (time.monotonic() - began)
        more = message.get("more_body", False)
        return message

    return receive_in_time

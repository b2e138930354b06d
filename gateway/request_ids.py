"""What every request gets: an id in its answer and a line in the log."""

from __future__ import annotations

import asyncio
import logging
import time

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from ulid import ULID

from durable_edits import metrics
from gateway.errors import error_response
from gateway.log_context import SHOWN, log_context

log = logging.getLogger("gateway.access")

METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}


class RequestIds:
    """`x-request-id: req_…` on every answer; one access line each, and the traceback of an error nobody expected.

    A request that outlives the grace of a stopping gateway is cancelled by the server; it is answered here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = f"req_{ULID()}"
        scope.setdefault("state", {})["request_id"] = request_id
        began, status, answered = time.perf_counter(), 0, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            else:
                answered = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except asyncio.CancelledError:
            if status:
                raise
            await _stopping(scope)(scope, receive, send_with_id)
        except Exception:
            log.exception("An error nobody expected", extra=log_context(scope))
            # Raised to the server it would close the connection, on which the client may have sent its next request.
            if not answered:
                raise
        finally:
            took = (time.perf_counter() - began) * 1000
            path = scope["path"][:SHOWN]
            log.info("%s %s %d %.0f ms", scope["method"], path, status, took, extra=log_context(scope))
            _count(scope, status, took / 1000)


def _count(scope: Scope, status: int, seconds: float) -> None:
    """By the route as it is written in the code and a method that is one: few, whatever strangers ask for."""
    route = getattr(scope.get("route"), "path_format", "")
    method = scope["method"] if scope["method"] in METHODS else "other"
    metrics.REQUESTS.add(method, route, str(status))
    metrics.REQUEST_TIME.record(seconds, method, route)


def _stopping(scope: Scope) -> Response:
    edit_id = scope["state"].get("edit_id")
    if edit_id is None:
        return error_response(503, "gateway_stopping", "The gateway stopped before it could answer; send it again.")
    message = f"The gateway stopped before it could answer. The edit goes on: ask for {edit_id}, do not send it again."
    return error_response(503, "gateway_stopping", message, {"edit_id": edit_id})

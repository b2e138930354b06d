"""What every request gets: an id in its answer, a line in the log, and a bound on its body."""

from __future__ import annotations

import logging
import time
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from ulid import ULID

from durable_edits.errors import InvalidRequest, RequestTooLarge

log = logging.getLogger("gateway.access")

# A client that is refused at once while it still sends sees a broken connection instead of the 413; so a body over
# the limit is read and thrown away up to this many times the limit.
DISCARD_FACTOR = 3

SHOWN = 200  # characters of a path or an id in a log line; a stranger's may have 64 000

Body = TypeVar("Body", bound=BaseModel)


class RequestIds:
    """`x-request-id: req_…` on every answer; one access line each, and the traceback of an error nobody expected."""

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
        except Exception:
            log.exception("An error nobody expected", extra=log_context(scope))
            # Raised to the server it would close the connection, on which the client may have sent its next request.
            if not answered:
                raise
        finally:
            took = (time.perf_counter() - began) * 1000
            path = scope["path"][:SHOWN]
            log.info("%s %s %d %.0f ms", scope["method"], path, status, took, extra=log_context(scope))


def log_context(scope: Scope) -> dict[str, Any]:
    """The request's id, and that of the edit it is about, for a log line."""
    state = scope.get("state", {})
    edit_id = state.get("edit_id") or scope.get("path_params", {}).get("edit_id") or ""
    return {"request": state.get("request_id"), "edit": edit_id[:SHOWN]}


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body; raises RequestTooLarge over `limit` bytes."""
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            body += chunk
        elif size > limit * DISCARD_FACTOR:
            break
    if size > limit:
        raise RequestTooLarge(
            f"The request body is larger than {limit} bytes (EDITS_MAX_DOCUMENT_MB); send the document by URL.",
            limit=limit,
        )
    return bytes(body)


def parse_json(model: type[Body], body: bytes) -> Body:
    """Raises InvalidRequest with every fault at `details.errors`, as the vendor's clients read them."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error, "body") from error


def parse_query(model: type[Body], request: Request) -> Body:
    """The query by `model`; an empty parameter is an absent one, as clients send those they were not given."""
    values = {name: value for name, value in request.query_params.items() if value != ""}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error, "query") from error


def invalid(error: ValidationError, where: str) -> InvalidRequest:
    faults = [
        _fault(item, where) for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    first = faults[0]
    return InvalidRequest(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}", errors=faults)


def _fault(item: Any, where: str) -> dict[str, Any]:
    return {
        "loc": [where, *item["loc"]],
        "msg": item["msg"],
        "type": item["type"],
        "message": item["msg"],
        "code": item["type"],
    }

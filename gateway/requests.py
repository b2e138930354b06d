"""A request's body within its bound, and its body and query by a model."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from durable_edits.errors import InvalidRequest, RequestTooLarge

# A client that is refused at once while it still sends sees a broken connection instead of the 413; so a body over
# the limit is read and thrown away up to this many times the limit.
DISCARD_FACTOR = 3

Body = TypeVar("Body", bound=BaseModel)


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

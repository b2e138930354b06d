"""One table from the error tree to HTTP, and the one envelope every error is sent in (contract section 2)."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match

from durable_edits import errors
from durable_edits.contracts import Problem
from gateway.log_context import log_context

log = logging.getLogger("gateway")

# The nearest ancestor in the tree decides.
HTTP_STATUS: dict[type[errors.EditsError], int] = {
    errors.EditsError: 500,
    errors.InvalidRequest: 422,
    errors.BadRequest: 400,
    errors.UnsupportedDocument: 400,
    errors.RequestTooLarge: 413,
    errors.RequestHeadersTooLarge: 431,
    errors.RequestTimeout: 408,
    errors.Unauthorized: 401,
    errors.LinkInvalid: 403,
    errors.Expired: 410,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.RateLimited: 429,
    errors.DocumentError: 422,
    errors.DocumentTooLarge: 413,
    errors.DocumentUnavailable: 400,
    errors.InvalidDataUrl: 422,
    errors.InstructionsError: 422,
    errors.ModelError: 502,
    errors.ModelUnavailable: 503,
    errors.ModelAnswerInvalid: 422,
    errors.RunError: 500,
    errors.DeadlineExceeded: 504,
    errors.TimedOut: 504,
    errors.EditIdTaken: 409,
    errors.InfrastructureError: 503,
    # A document that killed its process three times would kill it a fourth: a client must not send it again.
    errors.EngineCrashed: 422,
    errors.InternalError: 500,
}
RETRY_AFTER = "1"  # seconds


def http_status(kind: type[errors.EditsError]) -> int:
    return next(HTTP_STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in HTTP_STATUS)


def problem_status(problem: Problem) -> int:
    """The status of a failure that was stored by its code."""
    return _STATUS_BY_CODE.get(problem.code, 500)


def error_response(status: int, code: str, message: str, details: dict[str, Any] | None = None) -> JSONResponse:
    headers = {"retry-after": RETRY_AFTER} if status == 503 else {}
    if status == 429 and details:
        headers["retry-after"] = str(details["retry_after"])
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    if status == 408:
        headers["connection"] = "close"  # the rest of the body is not waited for
    if status == 422:
        details = {"errors": [_fault(code, message)]} | (details or {})
    body = {"detail": {"code": code, "message": message or code, "details": details}}
    return JSONResponse(body, status_code=status, headers=headers)


def _fault(code: str, message: str) -> dict[str, Any]:
    """What is wrong with a body that has the right shape, where clients look for what is wrong with it."""
    return {"loc": ["body"], "msg": message, "type": code, "message": message, "code": code}


def from_tree(error: errors.EditsError) -> JSONResponse:
    return error_response(http_status(type(error)), error.code, error.message, error.details or None)


def install(app: FastAPI) -> None:
    """Give every error, expected or not, the envelope."""
    app.exception_handler(errors.EditsError)(_tree)
    app.exception_handler(HTTPException)(_routing)
    app.exception_handler(ClientDisconnect)(_gone)
    app.exception_handler(Exception)(_unexpected)


async def _tree(request: Request, error: errors.EditsError) -> JSONResponse:
    if http_status(type(error)) >= 500:
        log.warning("%s: %s %s", error.code, error.message, error.details, extra=log_context(request.scope))
    return from_tree(error)


async def _routing(request: Request, error: HTTPException) -> Response:
    if error.status_code == 405:
        allowed = (error.headers or {}).get("allow") or ", ".join(_allowed(request))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"allow": allowed})
        response = error_response(405, "method_not_allowed", f"{request.method} is not allowed here, but {allowed} is.")
        response.headers["allow"] = allowed
        return response
    if error.status_code == 404:
        return error_response(404, "not_found", f"There is nothing at {request.url.path[:200]}.")
    return error_response(error.status_code, "http_error", str(error.detail))


async def _gone(_request: Request, _error: ClientDisconnect) -> JSONResponse:
    # Nobody reads it; it is for the access line, where a client that leaves while it sends is no error of ours.
    return error_response(400, "request_incomplete", "The connection ended before the whole request had come.")


async def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    # Starlette raises the error again after this answer; gateway.requests logs it.
    message = "Something went wrong on our side; the gateway's log tells more under this response's x-request-id."
    return error_response(500, errors.InternalError.code, message, {"error": type(error).__name__})


def _allowed(request: Request) -> list[str]:
    """What the path takes, over all its routes."""
    scopes = {method: {**request.scope, "method": method} for method in ("GET", "POST", "PUT", "PATCH", "DELETE")}
    taken = [
        method
        for method, scope in scopes.items()
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
    ]
    return [*taken, *(["HEAD"] if "GET" in taken else []), "OPTIONS"]


def _codes(kind: type[errors.EditsError]) -> dict[str, int]:
    found = {kind.code: http_status(kind)}
    for child in kind.__subclasses__():
        found |= _codes(child)
    return found


_STATUS_BY_CODE = _codes(errors.EditsError)

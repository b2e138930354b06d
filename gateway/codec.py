"""`python -m gateway codec`: decrypts payloads for Temporal's UI and command line, by Temporal's codec protocol.

A process and a port of its own, for operators: whoever may call it reads every organization's payloads, which no key of
the gateway allows, and it holds nothing but the payload keys. The command line shows the token (`--codec-auth "Bearer
TOKEN"`), a browser the cookie it got for it on the sign-in page.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp
from temporalio.api.common.v1 import Payload, Payloads

from durable_edits.errors import BadRequest, EditsError, RequestTooLarge, Unauthorized
from durable_edits.payloads import Encryption
from durable_edits.settings import Settings
from gateway.errors import from_tree
from gateway.limits import Limits
from gateway.request_ids import RequestIds

log = logging.getLogger("gateway.codec")

COOKIE = "edits-codec"
COOKIE_SECONDS = 12 * 3_600  # a shift
LARGEST_BODY = 8 * 1024 * 1024  # bytes: a page of a history as the UI sends it; a payload has two megabytes at most
Work = Callable[[list[Payload]], Awaitable[list[Payload]]]

# SameSite=Strict: the browser sends the cookie from a UI of the same site (localhost, or example.org), and no other.
SIGN_IN = """<!doctype html><meta charset="utf-8"><title>durable-edits codec server</title>
<form method="post" action="sign-in"><label>EDITS_CODEC_TOKEN <input type="password" name="token" autofocus></label>
<button>Sign in</button></form><p>%s</p>"""


def create_codec_app(settings: Settings, token: str) -> ASGIApp:
    codec = Encryption(settings.encryption)

    def translated(work: Work) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                _check(request, token)
                return JSONResponse(_json(await work(_payloads(await _body(request)))))
            except EditsError as error:
                return from_tree(error)

        return answer

    async def sign_in(request: Request) -> Response:
        try:
            shown = parse_qs((await _body(request)).decode("ascii", "replace")).get("token", [""])[0]
        except EditsError as error:
            return from_tree(error)
        if not _same(shown, token):
            log.warning("a sign-in with a wrong token")
            return HTMLResponse(SIGN_IN % "That is not the token.", 401)
        signed_in = RedirectResponse("signed-in", 303)
        secure = request.url.scheme == "https"
        signed_in.set_cookie(COOKIE, _cookie(token), COOKIE_SECONDS, httponly=True, samesite="strict", secure=secure)
        return signed_in

    async def page(request: Request) -> Response:
        signed_in = _same(request.cookies.get(COOKIE, ""), _cookie(token))
        return HTMLResponse(SIGN_IN % ("You are signed in; reload the Temporal UI." if signed_in else ""))

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    routes = [
        Route("/encode", translated(codec.encode), methods=["POST"]),
        Route("/decode", translated(codec.decode), methods=["POST"]),
        Route("/", page),
        Route("/signed-in", page),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/healthz", healthz),
    ]
    app: ASGIApp = CORSMiddleware(
        Starlette(routes=routes),
        allow_origins=settings.codec_origins,
        allow_methods=["POST"],
        allow_headers=["authorization", "content-type", "x-namespace", "authorization-extras"],
        allow_credentials=True,
    )
    return RequestIds(Limits(app))


def _check(request: Request, token: str) -> None:
    """The cookie counts beside any bearer: the UI may be set to send its own users' access tokens along."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and _same(bearer.strip(), token):
        return
    if not _same(request.cookies.get(COOKIE, ""), _cookie(token)):
        raise Unauthorized(
            f"Send EDITS_CODEC_TOKEN as `Authorization: Bearer`, or sign in with this browser at {request.base_url}."
        )


def _cookie(token: str) -> str:
    return hashlib.sha256(f"{COOKIE} {token}".encode()).hexdigest()


def _same(shown: str, token: str) -> bool:
    return hmac.compare_digest(shown.encode(), token.encode())


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise RequestTooLarge(f"The body is larger than {LARGEST_BODY} bytes; send fewer payloads at once.")
    return body


def _payloads(body: bytes) -> list[Payload]:
    try:
        return list(ParseDict(json.loads(body), Payloads(), ignore_unknown_fields=True).payloads)
    except (ParseError, ValueError, RecursionError, AttributeError, TypeError) as error:
        raise BadRequest("The body is no Payloads message of Temporal's API as JSON.") from error


def _json(payloads: list[Payload]) -> object:
    return MessageToDict(Payloads(payloads=payloads))

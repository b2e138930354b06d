"""A span for every request, below the caller's own where its headers name one (W3C trace context)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.log_context import log_context

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


PROBES = {"/healthz", "/readyz"}  # every few seconds, and of no edit


class Traced:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tracer: Tracer | None = None

    def begin(self, tracer: Tracer | None) -> None:
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._tracer is None or scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
        else:
            await self._traced(self._tracer, scope, receive, send)

    async def _traced(self, tracer: Tracer, scope: Scope, receive: Receive, send: Send) -> None:
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        status = 0

        async def send_and_see(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        # Not baggage: what strangers send along must not get into a history.
        parent = TraceContextTextMapPropagator().extract(dict(Headers(scope=scope).items()))
        with tracer.start_as_current_span(scope["method"], parent, kind=SpanKind.SERVER) as span:
            await self._app(scope, receive, send_and_see)
            route = getattr(scope.get("route"), "path_format", "")
            known = log_context(scope)
            span.update_name(f"{scope['method']} {route}".strip())
            span.set_attributes(
                {
                    "http.request.method": scope["method"],
                    "http.route": route,
                    "http.response.status_code": status,
                    "edits.request": known["request"] or "",
                    "edits.edit": known["edit"],
                }
            )

"""Traces, where OTEL_EXPORTER_OTLP_ENDPOINT names a collector; elsewhere nothing of it is even imported.

An edit is one trace: its request, the start of its run, the run, its steps, each with the child's work. What a person
wrote is in none of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from durable_edits.errors import InfrastructureError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer
    from temporalio.client import Interceptor

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
LAST_SPANS = 3.0  # seconds that an ending process gives a collector; one that is away must not keep it

_tracer: Tracer | None = None


@contextlib.asynccontextmanager
async def open_tracing(service: str, env: Mapping[str, str] = os.environ) -> AsyncIterator[Tracer | None]:
    """For the life of the process; None where nobody collects. Raises InfrastructureError for settings that cannot be.

    `service`: the name of this process in traces, unless OTEL_SERVICE_NAME gives another.
    """
    global _tracer  # noqa: PLW0603 - as with logs and metrics, there is one for the process
    if not _wanted(env):
        yield None
        return
    _check_protocol(env)
    provider = _provider({} if env.get("OTEL_SERVICE_NAME") else {"service.name": service})
    _tracer = provider.get_tracer("durable-edits")
    try:
        yield _tracer
    finally:
        _tracer = None
        await _flush(provider)


def interceptors(tracer: Tracer | None) -> list[Interceptor]:
    """For a Temporal client, and the worker made with it."""
    if tracer is None:
        return []
    from temporalio.contrib.opentelemetry import TracingInterceptor

    return [TracingInterceptor(tracer)]


def span(name: str, **attributes: str | int) -> contextlib.AbstractContextManager[Any]:
    """Around a piece of work in this process."""
    if _tracer is None:
        return contextlib.nullcontext()
    return _tracer.start_as_current_span(name, attributes=attributes)


def trace_id() -> str:
    """Of the work that is going on, as logs show it; "" without a trace."""
    if _tracer is None:
        return ""
    from opentelemetry.trace import format_trace_id, get_current_span

    context = get_current_span().get_span_context()
    return format_trace_id(context.trace_id) if context.is_valid else ""


async def _flush(provider: Any) -> None:
    """In a thread that nobody waits for at the end: an export alone may take ten seconds."""
    loop, flushed = asyncio.get_running_loop(), asyncio.Event()

    def flush() -> None:
        provider.force_flush()
        with contextlib.suppress(RuntimeError):  # the loop has ended: it came too late
            loop.call_soon_threadsafe(flushed.set)

    threading.Thread(target=flush, daemon=True).start()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LAST_SPANS):
            await flushed.wait()


def _wanted(env: Mapping[str, str]) -> bool:
    off = env.get("OTEL_SDK_DISABLED", "").lower() == "true" or env.get("OTEL_TRACES_EXPORTER") == "none"
    return not off and any(env.get(name) for name in ENDPOINTS)


def _check_protocol(env: Mapping[str, str]) -> None:
    protocol = next((env[name] for name in PROTOCOLS if env.get(name)), "http/protobuf")
    if protocol != "http/protobuf":
        raise InfrastructureError(
            f"{protocol} is not spoken here; set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, and the collector's port "
            "for it, usually 4318."
        )


def _provider(attributes: Mapping[str, str]) -> Any:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise InfrastructureError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but nothing is installed to send traces with: install "
            "durable-edits[otel], or unset it."
        ) from error
    provider = TracerProvider(resource=Resource.create(attributes))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider

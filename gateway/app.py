"""create_app(settings): the gateway as an ASGI application; its lifespan owns the Temporal client and the stores."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from durable_edits.client import EditsClient, open_edits
from durable_edits.errors import EditsError
from durable_edits.metrics_endpoint import metrics_runtime
from durable_edits.runs import connect
from durable_edits.settings import Settings
from durable_edits.storage.keys import ApiKeys
from durable_edits.tracing import interceptors, open_tracing
from gateway import edits, errors, files, templates
from gateway.auth import Guard, Keys
from gateway.head import Head
from gateway.idempotency import purging
from gateway.limits import Limits
from gateway.open_edits import counting_open
from gateway.openapi import describe
from gateway.request_ids import RequestIds
from gateway.traced import Traced


def create_app(settings: Settings) -> ASGIApp:
    keys = Keys(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as opened:
            tracer = await opened.enter_async_context(open_tracing("durable-edits-gateway"))
            traced.begin(tracer)
            runtime = metrics_runtime(settings.gateway_metrics)
            temporal = await connect(settings.encryption, runtime, interceptors(tracer))
            client = await opened.enter_async_context(open_edits(settings, temporal))
            await opened.enter_async_context(keys.following(ApiKeys(client.catalog)))
            await opened.enter_async_context(purging(client.catalog))
            if settings.gateway_metrics:
                await opened.enter_async_context(counting_open(client.catalog))
            app.state.edits = client
            app.state.body_limit = settings.max_document_bytes
            app.state.public_url = settings.public_url
            yield

    app = FastAPI(title="durable-edits", lifespan=lifespan, redirect_slashes=False, redoc_url=None)
    app.openapi = functools.cache(lambda: describe(app))  # type: ignore[method-assign]
    errors.install(app)
    app.include_router(templates.router)
    app.include_router(edits.router)
    app.include_router(files.router)
    app.include_router(files.signed)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        """The process is up."""
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        """Temporal, catalog and object store answer."""
        client: EditsClient = app.state.edits
        try:
            await client.ping()
        except EditsError as error:
            return errors.from_tree(error)
        return JSONResponse({"status": "ready"})

    guarded: ASGIApp = Guard(Head(app), keys, settings.rate_limit)
    if settings.cors_origins:
        guarded = CORSMiddleware(
            guarded,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["authorization", "api-key", "content-type", "idempotency-key"],
            expose_headers=["x-request-id", "retry-after"],
        )
    traced = Traced(RequestIds(Limits(guarded)))
    return traced

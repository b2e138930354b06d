"""Heartbeats while a step runs: they carry a cancel to it, and tell the server that its worker lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity

# A heartbeat is a call to the server; a short step ends before the first one. The worker throttles to about this.
INTERVAL_SECONDS = 0.15


@asynccontextmanager
async def heartbeats() -> AsyncIterator[None]:
    async def beat() -> None:
        while True:
            await asyncio.sleep(INTERVAL_SECONDS)
            activity.heartbeat()

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()

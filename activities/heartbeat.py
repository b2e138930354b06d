"""Heartbeats while a step runs: they carry a cancel to it, and tell the server that its worker lives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from temporalio import activity
from temporalio.client import AsyncActivityCancelledError
from temporalio.service import RPCError, RPCStatusCode

# A heartbeat is a call to the server; a short step ends before the first one. The worker throttles to about this.
INTERVAL_SECONDS = 0.15

_began: ContextVar[float] = ContextVar("began")


@asynccontextmanager
async def heartbeats(every: float = INTERVAL_SECONDS) -> AsyncIterator[None]:
    async def beat() -> None:
        while True:
            await asyncio.sleep(every)
            activity.heartbeat()

    _began.set(time.monotonic())
    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()


async def is_given_up() -> bool:
    """Whether Temporal waits for this step no more: its run was terminated, or its worker was frozen and replaced.

    The usual heartbeats tell that too, and later. It costs a call, so a step as short as their interval does without:
    it could have been given up for no longer than that anyway.
    """
    if time.monotonic() - _began.get() < INTERVAL_SECONDS:
        return False
    handle = activity.client().get_async_activity_handle(task_token=activity.info().task_token)
    try:
        await handle.heartbeat()
    except AsyncActivityCancelledError:
        return False  # the commit point decides
    except RPCError as error:
        return error.status is RPCStatusCode.NOT_FOUND
    return False

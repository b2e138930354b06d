"""Work that a cancel must not tear: half of it is what nobody can explain later."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


async def unbroken(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Finish `work`, whatever is cancelled meanwhile; the cancel is left to `asyncio.Task.cancelling`."""
    task = asyncio.create_task(work)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            continue
    return task.result()

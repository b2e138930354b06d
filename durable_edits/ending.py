"""Waiting for an edit's end, which its record tells and its run may not: a cancel without a worker ends no run."""

from __future__ import annotations

import asyncio

from durable_edits.runs import Runs
from durable_edits.storage.catalog import Catalog

CLOSED_POLL = 0.02  # seconds: somebody waits for the answer to a cancel
RECORD_POLL = 1.0  # seconds between two looks at the record of an edit whose run is waited for


async def run_or_record_closed(edit_id: str, runs: Runs, catalog: Catalog) -> None:
    """Return when either is: the run stays open until a worker comes."""
    run = asyncio.create_task(runs.wait(edit_id))
    try:
        while not (await asyncio.wait({run}, timeout=RECORD_POLL))[0]:
            if await _is_closed(edit_id, catalog):
                return
        await run
    finally:
        run.cancel()


async def record_closed(edit_id: str, catalog: Catalog, seconds: float) -> bool:
    """Whether the record is closed within that time."""
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        if await _is_closed(edit_id, catalog):
            return True
        await asyncio.sleep(CLOSED_POLL)
    return False


async def _is_closed(edit_id: str, catalog: Catalog) -> bool:
    record = await catalog.edit(edit_id)
    return record is None or record.outcome is not None

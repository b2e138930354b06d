"""How many edits are open and how old the oldest is: what tells an edit that is stuck, whoever should have ended it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from durable_edits import metrics
from durable_edits.errors import CatalogUnavailable
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.open_edits import open_edits

LOOK = 5.0  # seconds between two looks: one statement on an index of open edits


@contextlib.asynccontextmanager
async def counting_open(catalog: Catalog) -> AsyncIterator[None]:
    async def count() -> None:
        while True:
            with contextlib.suppress(CatalogUnavailable):  # which is counted itself
                number, oldest = await open_edits(catalog)
                metrics.OPEN.set(number)
                metrics.OLDEST_OPEN.set(0 if oldest is None else (datetime.now(UTC) - oldest).total_seconds())
            await asyncio.sleep(LOOK)

    counting = asyncio.create_task(count())
    try:
        yield
    finally:
        counting.cancel()
        await asyncio.wait({counting})  # its connection must be back before the catalog is closed

"""How many edits have no outcome yet, and since when the oldest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from durable_edits.storage.catalog import Catalog
from durable_edits.storage.records import from_microseconds
from durable_edits.storage.schema import edits


async def open_edits(catalog: Catalog) -> tuple[int, datetime | None]:
    # Of the deleted none is open: said so that an index answers, and not the table, which is read at each scrape.
    query = select(func.count(), func.min(edits.c.created_at)).where(
        edits.c.status.is_(None), edits.c.deleted_at.is_(None)
    )
    count, oldest = await catalog.read(lambda connection: connection.execute(query).one())
    return count, None if oldest is None else from_microseconds(oldest)

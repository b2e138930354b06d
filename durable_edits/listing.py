"""Pages of edits by cursor, both ways (contract section 4).

A page is cut from the order of creation. Rows are settled as they are read, so that a list never shows a status that
a read of the edit itself would not.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from durable_edits.client import EditsClient
from durable_edits.contracts import Status
from durable_edits.paging import Cursors, Page, Source
from durable_edits.settling import Edit
from durable_edits.storage.records import EditFilter, EditRecord, Order, Position, to_microseconds

SETTLED_AT_ONCE = 16  # calls to Temporal under way for one page
OPEN = {Status.PENDING, Status.QUEUED, Status.IN_PROGRESS}
SCAN = 100  # rows read at a time when the status must be asked of Temporal


async def list_edits(client: EditsClient, wanted: EditFilter, cursors: Cursors) -> Page[Edit]:
    source = Source(
        rows=lambda order, behind, count: _matching(client, wanted, order, behind, count),
        find=lambda edit_id: client.catalog.position(edit_id, client.sees),
        place=lambda edit: _place(edit.record),
    )
    return await source.page(cursors)


async def _matching(
    client: EditsClient, wanted: EditFilter, order: Order, behind: Position | None, count: int
) -> list[Edit]:
    """The next `count` edits that the filter wants. What is open is for Temporal to say, not for the catalog."""
    status = wanted.status
    if status in OPEN:
        wanted = replace(wanted, status=None, open_only=True)
    found: list[Edit] = []
    while len(found) < count:
        size = SCAN if status in OPEN else count - len(found)
        records = await client.catalog.list_edits(wanted, order=order, behind=behind, limit=size)
        found += [edit for edit in await _settle(client, records) if status is None or edit.status is status]
        if len(records) < size:
            break
        behind = _place(records[-1])
    return found[:count]


async def _settle(client: EditsClient, records: list[EditRecord]) -> list[Edit]:
    slots = asyncio.Semaphore(SETTLED_AT_ONCE)

    async def settle(record: EditRecord) -> Edit:
        async with slots:
            return await client.settle(record)

    return list(await asyncio.gather(*(settle(record) for record in records)))


def _place(record: EditRecord) -> Position:
    return Position(to_microseconds(record.created_at), record.id)

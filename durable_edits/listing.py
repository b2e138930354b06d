"""Pages of edits by cursor, both ways (contract section 4).

A page is cut from the order of creation. Rows are settled as they are read, so that a list never shows a status that
a read of the edit itself would not.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from durable_edits.client import Edit, EditsClient
from durable_edits.contracts import Status
from durable_edits.storage.records import EditFilter, EditRecord, Order, Position, to_microseconds

SETTLED_AT_ONCE = 16  # calls to Temporal under way for one page
OPEN = {Status.PENDING, Status.QUEUED, Status.IN_PROGRESS}
SCAN = 100  # rows read at a time when the status must be asked of Temporal


@dataclass(frozen=True, slots=True)
class Page:
    """`before` and `after` are the ids to page on from, None where nothing lies in that direction."""

    edits: list[Edit]
    before: str | None
    after: str | None


async def list_edits(
    client: EditsClient,
    wanted: EditFilter,
    *,
    limit: int,
    order: Order = "desc",
    before: str | None = None,
    after: str | None = None,
) -> Page:
    """One page of at most `limit` edits; `after` wins over `before`, an unknown cursor is the first page."""
    behind = await client.catalog.position(after, client.sees) if after else None
    in_front = await client.catalog.position(before, client.sees) if before and not after else None
    if in_front is not None:
        found = await _matching(client, wanted, _reverse(order), in_front, limit + 1)
        page, more = list(reversed(found[:limit])), len(found) > limit
        return await _bounded(client, wanted, order, page, precede=more, follow=None)
    found = await _matching(client, wanted, order, behind, limit + 1)
    precede = None if behind is not None else False
    return await _bounded(client, wanted, order, found[:limit], precede=precede, follow=len(found) > limit)


async def _bounded(
    client: EditsClient,
    wanted: EditFilter,
    order: Order,
    page: list[Edit],
    *,
    precede: bool | None,
    follow: bool | None,
) -> Page:
    """The page with its cursors; None for a direction means that it has yet to be looked at."""
    if not page:
        return Page([], None, None)
    if precede is None:
        precede = bool(await _matching(client, wanted, _reverse(order), _place(page[0].record), 1))
    if follow is None:
        follow = bool(await _matching(client, wanted, order, _place(page[-1].record), 1))
    return Page(page, page[0].id if precede else None, page[-1].id if follow else None)


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


def _reverse(order: Order) -> Order:
    return "asc" if order == "desc" else "desc"

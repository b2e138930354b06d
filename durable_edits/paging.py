"""A page of anything that the catalog lists in an order, by cursor, both ways (contract section 4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from durable_edits.storage.records import Order


class Listed(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=Listed)
Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class Cursors:
    """What a caller asked for. `after` wins over `before`; an unknown cursor is the first page."""

    limit: int = 10
    order: Order = "desc"
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`before` and `after` are the ids to page on from, None where nothing lies in that direction."""

    rows: list[Row]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Source(Generic[Row, Place]):
    """`rows(order, behind, limit)`; `find(id)`: where a row stands, a deleted one too; `place(row)`."""

    rows: Callable[[Order, Place | None, int], Awaitable[list[Row]]]
    find: Callable[[str], Awaitable[Place | None]]
    place: Callable[[Row], Place]

    async def page(self, wanted: Cursors) -> Page[Row]:
        order, back = wanted.order, _reverse(wanted.order)
        behind = await self.find(wanted.after) if wanted.after else None
        in_front = await self.find(wanted.before) if wanted.before and not wanted.after else None
        if in_front is not None:
            found = (await self.rows(back, in_front, wanted.limit + 1))[::-1]
            rows = found[-wanted.limit :]
            precede = len(found) > wanted.limit
            follow = bool(rows and await self.rows(order, self.place(rows[-1]), 1))
        else:
            found = await self.rows(order, behind, wanted.limit + 1)
            rows = found[: wanted.limit]
            precede = bool(behind is not None and rows and await self.rows(back, self.place(rows[0]), 1))
            follow = len(found) > wanted.limit
        return Page(rows, rows[0].id if precede else None, rows[-1].id if follow else None)


def _reverse(order: Order) -> Order:
    return "asc" if order == "desc" else "desc"

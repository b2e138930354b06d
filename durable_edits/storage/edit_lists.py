"""The queries behind a list of edits: each reads one index in the order of the list, however many edits there are.

Several organizations are read one by one and merged: one index gives the rows of each in order, and none of both.
A filename's prefix is a range of another index, in another order. Where few names begin so, they are collected there
and put in order; where many do, the list is read in its order and the others are left out.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select, true, union_all

from durable_edits.storage.keyset import Place, in_order
from durable_edits.storage.records import EditFilter, Order, Position, to_microseconds
from durable_edits.storage.schema import edits

FEW = 20_000  # index entries, collected and put in order in about 12 ms; so is walking past 50 others for each of 100
_LAST = 0x10FFFF  # of all characters
_SURROGATES = range(0xD800, 0xE000)  # which no text has


def page_query(wanted: EditFilter, order: Order, behind: Position | None, limit: int, *, few: bool) -> Select[Any]:
    """Up to `limit` rows strictly behind a position. `few`: by the names' index (see `count_query`)."""
    place: Place | None = (behind.created_at, behind.id) if behind is not None else None
    one = _by_name if few else _in_order
    parts = [one(wanted, organization, order, place, limit) for organization in wanted.organizations]
    if len(parts) == 1:
        return parts[0]
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return in_order(select(merged), merged.c.created_at, merged.c.id, order, None).limit(limit)


def count_query(wanted: EditFilter) -> Select[int]:
    """How many names begin with the prefix; more than FEW are counted as one more."""
    named = select(edits.c.id).where(
        edits.c.organization.in_(wanted.organizations), edits.c.deleted_at.is_(None), _in_range(wanted.filename_prefix)
    )
    return select(func.count()).select_from(named.limit(FEW + 1).subquery())


def after_prefix(prefix: str) -> str | None:
    """The least text behind all that begin with `prefix`, by characters as by UTF-8 bytes; None where there is none."""
    kept = prefix.rstrip(chr(_LAST))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)


def _in_order(wanted: EditFilter, organization: str, order: Order, place: Place | None, limit: int) -> Select[Any]:
    query = select(edits).where(
        edits.c.organization == organization, edits.c.deleted_at.is_(None), *_within(wanted, edits)
    )
    if wanted.template_id is not None:
        query = query.where(edits.c.template_id == wanted.template_id)
    if wanted.status is not None:
        query = query.where(edits.c.status == wanted.status.value)
    if wanted.open_only:
        query = query.where(edits.c.status.is_(None))
    if prefix := wanted.filename_prefix:
        query = query.where(func.substr(edits.c.filename_folded, 1, len(prefix)) == prefix)
    return in_order(query, edits.c.created_at, edits.c.id, order, place).limit(limit)


def _by_name(wanted: EditFilter, organization: str, order: Order, place: Place | None, limit: int) -> Select[Any]:
    """Materialized, and asked only what no other index answers: no planner may take another one for it."""
    query = select(edits.c.id, edits.c.created_at).where(
        edits.c.organization == organization, edits.c.deleted_at.is_(None), _in_range(wanted.filename_prefix)
    )
    if wanted.template_id is not None:
        query = query.where(func.coalesce(edits.c.template_id, "") == wanted.template_id)
    if wanted.status is not None:
        query = query.where(func.coalesce(edits.c.status, "") == wanted.status.value)
    if wanted.open_only:
        query = query.where(func.coalesce(edits.c.status, "") == "")
    named = query.cte().prefix_with("MATERIALIZED")
    page = in_order(select(named.c.id).where(*_within(wanted, named)), named.c.created_at, named.c.id, order, place)
    found = select(edits).where(edits.c.id.in_(page.limit(limit)))
    return in_order(found, edits.c.created_at, edits.c.id, order, None)


def _in_range(prefix: str) -> ColumnElement[bool]:
    end = after_prefix(prefix)
    return (edits.c.filename_folded >= prefix) & (edits.c.filename_folded < end if end is not None else true())


def _within(wanted: EditFilter, rows: FromClause) -> list[ColumnElement[bool]]:
    time = rows.c.created_at
    conditions: list[ColumnElement[bool]] = []
    if wanted.created_from is not None:
        conditions.append(time >= to_microseconds(wanted.created_from))
    if wanted.created_to is not None:
        conditions.append(time <= to_microseconds(wanted.created_to))
    return conditions

"""The queries behind a list of edits: each reads one index in the order of the list, however many edits there are.

Several organizations are read one by one and merged: one index gives the rows of each in order, and none of both.
A filename's prefix is a range of another index, in another order. Where few names begin so, they are collected there
and put in order; where many do, the list is read in its order and the others are left out.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select, true, union_all

from durable_edits.storage.keyset import Place, in_order
from durable_edits.storage.records import EditFilter, Order, Position, to_microseconds
from durable_edits.storage.schema import edits

_LAST = 0x10FFFF  # of all characters
_SURROGATES = range(0xD800, 0xE000)  # which no text has


def few_names(wanted: EditFilter, limit: int) -> int:
    """How many names are better collected than met on the way, where there are about a million edits.

    Collecting them reads each; walking reads, for each row of the page, as many edits as there are to one such name.
    What else is asked for makes that way longer.
    """
    if wanted.status is not None or wanted.open_only or wanted.template_id is not None:
        return 20_000
    return round(1_000 * math.sqrt(limit))


def page_query(wanted: EditFilter, order: Order, behind: Position | None, limit: int, *, few: bool) -> Select[Any]:
    """Up to `limit` rows strictly behind a position. `few`: by the names' index (see `few_names`)."""
    wanted, place = _narrower(wanted, order, behind)
    one = _by_name if few else _in_order
    parts = [one(wanted, organization, order, place, limit) for organization in wanted.organizations]
    if len(parts) == 1:
        return parts[0]
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return in_order(select(merged), merged.c.created_at, merged.c.id, order, None).limit(limit)


def count_query(wanted: EditFilter, few: int) -> Select[int]:
    """How many names begin with the prefix; of more than `few`, one more than that."""
    named = select(edits.c.id).where(
        edits.c.organization.in_(wanted.organizations), edits.c.deleted_at.is_(None), _in_range(wanted.filename_prefix)
    )
    return select(func.count()).select_from(named.limit(few + 1).subquery())


def after_prefix(prefix: str) -> str | None:
    """The least text behind all that begin with `prefix`, by characters as by UTF-8 bytes; None where there is none."""
    kept = prefix.rstrip(chr(_LAST))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)


def _narrower(wanted: EditFilter, order: Order, behind: Position | None) -> tuple[EditFilter, Place | None]:
    """Position and window bound the same side: with the farther one left out, an index begins at the nearer."""
    if behind is None:
        return wanted, None
    bound = wanted.created_to if order == "desc" else wanted.created_from
    if bound is not None:
        time = to_microseconds(bound)
        if time < behind.created_at if order == "desc" else time > behind.created_at:
            return wanted, None
        wanted = replace(wanted, created_to=None) if order == "desc" else replace(wanted, created_from=None)
    return wanted, (behind.created_at, behind.id)


def _in_order(wanted: EditFilter, organization: str, order: Order, place: Place | None, limit: int) -> Select[Any]:
    query = select(edits).where(*_conditions(wanted, organization), *_within(wanted, edits))
    if prefix := wanted.filename_prefix:
        query = query.where(func.substr(edits.c.filename_folded, 1, len(prefix)) == prefix)
    return in_order(query, edits.c.created_at, edits.c.id, order, place).limit(limit)


def _by_name(wanted: EditFilter, organization: str, order: Order, place: Place | None, limit: int) -> Select[Any]:
    """Out of the names' index alone, which has all that is asked for; materialized, so that no planner takes the
    order's index instead."""
    query = select(edits.c.id, edits.c.created_at).where(
        *_conditions(wanted, organization), _in_range(wanted.filename_prefix)
    )
    named = query.cte().prefix_with("MATERIALIZED")
    page = in_order(select(named.c.id).where(*_within(wanted, named)), named.c.created_at, named.c.id, order, place)
    found = select(edits).where(edits.c.id.in_(page.limit(limit)))
    return in_order(found, edits.c.created_at, edits.c.id, order, None)


def _in_range(prefix: str) -> ColumnElement[bool]:
    end = after_prefix(prefix)
    return (edits.c.filename_folded >= prefix) & (edits.c.filename_folded < end if end is not None else true())


def _conditions(wanted: EditFilter, organization: str) -> list[ColumnElement[bool]]:
    conditions = [edits.c.organization == organization, edits.c.deleted_at.is_(None)]
    if wanted.template_id is not None:
        conditions.append(edits.c.template_id == wanted.template_id)
    if wanted.status is not None:
        conditions.append(edits.c.status == wanted.status.value)
    if wanted.open_only:
        conditions.append(edits.c.status.is_(None))
    return conditions


def _within(wanted: EditFilter, rows: FromClause) -> list[ColumnElement[bool]]:
    time = rows.c.created_at
    conditions: list[ColumnElement[bool]] = []
    if wanted.created_from is not None:
        conditions.append(time >= to_microseconds(wanted.created_from))
    if wanted.created_to is not None:
        conditions.append(time <= to_microseconds(wanted.created_to))
    return conditions

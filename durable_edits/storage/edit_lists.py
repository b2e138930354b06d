"""The queries behind a list of edits: each reads one index in the order of the list, however many edits there are.

Several organizations are read one by one and merged: one index gives the rows of each in order, and none of both.
A filename's prefix is a range of another index, in another order. Where few names begin so, they are collected there
and put in order; where many do, the list is read in its order and the others are left out.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true, union_all

from durable_edits.storage.keyset import in_order
from durable_edits.storage.records import EditFilter, Order, Position, to_microseconds
from durable_edits.storage.schema import edits

FEW = 4_000  # index entries, collected and put in order in about 3 ms
_LAST = 0x10FFFF  # of all characters
_SURROGATES = range(0xD800, 0xE000)  # which no text has


def page_query(wanted: EditFilter, order: Order, behind: Position | None, limit: int, *, few: bool) -> Select[Any]:
    """Up to `limit` rows strictly behind a position. `few`: by the names' index (see `count_query`)."""
    place = (behind.created_at, behind.id) if behind is not None else None
    parts = [
        in_order(_matching(wanted, organization, few=few), edits.c.created_at, edits.c.id, order, place).limit(limit)
        for organization in wanted.organizations
    ]
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


def _matching(wanted: EditFilter, organization: str, *, few: bool) -> Select[Any]:
    query = select(edits).where(*_conditions(wanted))
    prefix = wanted.filename_prefix
    if prefix and few:
        # Materialized, and only named from outside: no planner may take the order's index for it.
        named = (
            select(edits.c.id)
            .where(edits.c.organization == organization, edits.c.deleted_at.is_(None), _in_range(prefix))
            .cte("named")
            .prefix_with("MATERIALIZED")
        )
        return query.where(edits.c.id.in_(select(named.c.id)))
    query = query.where(edits.c.organization == organization, edits.c.deleted_at.is_(None))
    if prefix:
        query = query.where(func.substr(edits.c.filename_folded, 1, len(prefix)) == prefix)
    return query


def _in_range(prefix: str) -> ColumnElement[bool]:
    end = after_prefix(prefix)
    return (edits.c.filename_folded >= prefix) & (edits.c.filename_folded < end if end is not None else true())


def _conditions(wanted: EditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.template_id is not None:
        conditions.append(edits.c.template_id == wanted.template_id)
    if wanted.status is not None:
        conditions.append(edits.c.status == wanted.status.value)
    if wanted.open_only:
        conditions.append(edits.c.status.is_(None))
    if wanted.created_from is not None:
        conditions.append(edits.c.created_at >= to_microseconds(wanted.created_from))
    if wanted.created_to is not None:
        conditions.append(edits.c.created_at <= to_microseconds(wanted.created_to))
    return conditions

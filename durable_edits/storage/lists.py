"""The queries behind a list of edits or files: each reads one index in the list's order, however many rows there are.

Several organizations are read one by one and merged: one index gives the rows of each in order, and none of both.
A filename's prefix is a range of another index, in another order. Where few names begin so, they are collected there
and put in order; where only one does, that index has its rows in order; where many do, the list is read in its order
and the others are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)

from durable_edits.storage.keyset import Place, in_order
from durable_edits.storage.records import Order

_LAST = 0x10FFFF  # of all characters
_SURROGATES = range(0xD800, 0xE000)  # which no text has
_MANY = 1_000_000  # rows; in a larger table the same names are few
_NARROW = 20_000  # names, of which the index leaves out those that nothing else is wanted of
# What a database knows without counting. PostgreSQL says -1 of a table that it has not looked at yet.
_ROWS = {
    "sqlite": "(SELECT max(rowid) FROM {0})",
    "postgresql": "(SELECT reltuples FROM pg_class WHERE oid = to_regclass('{0}'))",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows with `organization`, `filename_folded`, `created_at` and `id`, in the order of `by`.

    `also`: what else is asked of them; `narrow`: the names' index can tell most of it. The times bound `created_at`.
    """

    rows: Table
    organizations: tuple[str, ...]
    by: str = "created_at"
    prefix: str = ""
    also: tuple[ColumnElement[bool], ...] = ()
    narrow: bool = False
    since: int | None = None
    until: int | None = None


def page(connection: Connection, wanted: Wanted, order: Order, behind: Place | None, limit: int) -> list[Row[Any]]:
    """Up to `limit` rows strictly behind a place."""
    few, name = names(connection, wanted, limit) if wanted.prefix else (False, None)
    return list(connection.execute(page_query(wanted, order, behind, limit, few=few, name=name)))


def page_query(
    wanted: Wanted, order: Order, behind: Place | None, limit: int, *, few: bool = False, name: str | None = None
) -> Select[Any]:
    """`few`: by the names' index; `name`: the one that all names are."""
    wanted, place = _narrower(wanted, order, behind)
    parts = [_part(wanted, each, order, place, limit, few, name) for each in wanted.organizations]
    if len(parts) == 1:
        return parts[0]
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return in_order(select(merged), merged.c[wanted.by], merged.c.id, order, None).limit(limit)


def names_query(wanted: Wanted, most: int, dialect: str) -> Select[Any]:
    """How many names begin with the prefix (of more than `most`, one more than that), and how many rows there are."""
    rows = wanted.rows
    named = select(rows.c.id).where(
        rows.c.organization.in_(wanted.organizations), _kept(rows), _in_range(rows, wanted.prefix)
    )
    count = select(func.count()).select_from(named.limit(most + 1).subquery()).scalar_subquery()
    return select(count, literal_column(_ROWS[dialect].format(rows.name)))


def one_name_query(wanted: Wanted) -> Select[Any]:
    """The first and the last name of each organization."""
    rows, name = wanted.rows, wanted.rows.c.filename_folded
    ends = [
        select(name)
        .where(rows.c.organization == each, _kept(rows), _in_range(rows, wanted.prefix))
        .order_by(end)
        .limit(1)
        .scalar_subquery()
        for each in wanted.organizations
        for end in (name.asc(), name.desc())
    ]
    return select(*ends)


def few_names(wanted: Wanted, limit: int, rows: float) -> int:
    """How many names are better collected than met on the way.

    Collecting them reads each; walking reads, for each row of the page, as many rows as there are to one such name.
    What else is asked for makes that way longer.
    """
    return _NARROW if wanted.narrow else round(math.sqrt(limit * min(rows, _MANY)))


def after_prefix(prefix: str) -> str | None:
    """The least text behind all that begin with `prefix`, by characters as by UTF-8 bytes; None where there is none."""
    kept = prefix.rstrip(chr(_LAST))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)


def names(connection: Connection, wanted: Wanted, limit: int) -> tuple[bool, str | None]:
    """Whether few names begin so, and the one name that all of them are."""
    query = names_query(wanted, few_names(wanted, limit, _MANY), connection.dialect.name)
    named, rows = connection.execute(query).one()
    if named <= few_names(wanted, limit, _MANY if rows is None or rows < 0 else rows):
        return True, None
    if wanted.by != "created_at":  # by which the names' index is in order
        return False, None
    ends = {each for each in connection.execute(one_name_query(wanted)).one() if each is not None}
    return False, ends.pop() if len(ends) == 1 else None


def _narrower(wanted: Wanted, order: Order, behind: Place | None) -> tuple[Wanted, Place | None]:
    """Place and times bound the same side: with the farther one left out, an index begins at the nearer."""
    bound = wanted.until if order == "desc" else wanted.since
    if behind is None or bound is None or wanted.by != "created_at":
        return wanted, behind
    time = int(behind[0])
    if bound < time if order == "desc" else bound > time:
        return wanted, None
    return replace(wanted, until=None) if order == "desc" else replace(wanted, since=None), behind


def _part(
    wanted: Wanted, organization: str, order: Order, place: Place | None, limit: int, few: bool, name: str | None
) -> Select[Any]:
    if few:
        return _by_names(wanted, organization, order, place, limit)
    if name is not None:
        return _by_name(wanted, organization, order, place, limit, name)
    return _in_order(wanted, organization, order, place, limit)


def _in_order(wanted: Wanted, organization: str, order: Order, place: Place | None, limit: int) -> Select[Any]:
    rows = wanted.rows
    query = select(rows).where(*_conditions(wanted, organization), *_within(wanted, rows))
    if prefix := wanted.prefix:
        query = query.where(func.substr(rows.c.filename_folded, 1, len(prefix)) == prefix)
    return in_order(query, rows.c[wanted.by], rows.c.id, order, place).limit(limit)


def _by_name(
    wanted: Wanted, organization: str, order: Order, place: Place | None, limit: int, name: str
) -> Select[Any]:
    """Told as a range and put in the order of that, so that no planner reads past all that have another name."""
    rows, folded = wanted.rows, wanted.rows.c.filename_folded
    query = select(rows).where(*_conditions(wanted, organization), *_within(wanted, rows))
    query = query.where(folded >= name, folded <= name)
    here = (folded, rows.c.created_at, rows.c.id)
    if place is not None:
        there = tuple_(name, *place)
        query = query.where(tuple_(*here) < there if order == "desc" else tuple_(*here) > there)
    return query.order_by(*(each.desc() if order == "desc" else each.asc() for each in here)).limit(limit)


def _by_names(wanted: Wanted, organization: str, order: Order, place: Place | None, limit: int) -> Select[Any]:
    """Out of the names' index alone, which has all that is asked for; materialized, so that no planner takes the
    order's index instead."""
    rows = wanted.rows
    columns = {each.name: each for each in (rows.c.id, rows.c.created_at, rows.c[wanted.by])}
    query = select(*columns.values()).where(*_conditions(wanted, organization), _in_range(rows, wanted.prefix))
    named = query.cte().prefix_with("MATERIALIZED")
    order_by = named.c[wanted.by]
    page = in_order(select(named.c.id).where(*_within(wanted, named)), order_by, named.c.id, order, place)
    found = select(rows).where(rows.c.id.in_(page.limit(limit)))
    return in_order(found, rows.c[wanted.by], rows.c.id, order, None)


def _in_range(rows: Table, prefix: str) -> ColumnElement[bool]:
    name, end = rows.c.filename_folded, after_prefix(prefix)
    return and_(name >= prefix, name < end if end is not None else true())


def _kept(rows: Table) -> ColumnElement[bool]:
    return rows.c.deleted_at.is_(None) if "deleted_at" in rows.c else true()


def _conditions(wanted: Wanted, organization: str) -> list[ColumnElement[bool]]:
    return [wanted.rows.c.organization == organization, _kept(wanted.rows), *wanted.also]


def _within(wanted: Wanted, rows: FromClause) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions.append(rows.c.created_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(rows.c.created_at <= wanted.until)
    return conditions

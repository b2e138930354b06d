"""Rows in an order, strictly behind a place: what every list by cursor asks the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, tuple_

from durable_edits.storage.records import Order

Place = tuple[int | str, str]  # what the rows are ordered by, and the id for ties


def in_order(
    query: Select[Any], column: ColumnElement[Any], tie: ColumnElement[str], order: Order, behind: Place | None
) -> Select[Any]:
    if behind is not None:
        here = tuple_(column, tie)
        query = query.where(here < tuple_(*behind) if order == "desc" else here > tuple_(*behind))
    if order == "desc":
        return query.order_by(column.desc(), tie.desc())
    return query.order_by(column.asc(), tie.asc())

"""Which edits a list shows, as a query."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from durable_edits.storage.database import storable
from durable_edits.storage.lists import Wanted
from durable_edits.storage.records import EditFilter, to_microseconds
from durable_edits.storage.schema import edits


def wanted_edits(asked: EditFilter) -> Wanted:
    also: list[ColumnElement[bool]] = []
    if asked.template_id is not None:
        also.append(edits.c.template_id == storable(asked.template_id))
    if asked.status is not None:
        also.append(edits.c.status == asked.status.value)
    if asked.open_only:
        also.append(edits.c.status.is_(None))
    return Wanted(
        edits,
        asked.organizations,
        prefix=storable(asked.filename_prefix).casefold(),
        also=tuple(also),
        narrow=bool(also),
        since=None if asked.created_from is None else to_microseconds(asked.created_from),
        until=None if asked.created_to is None else to_microseconds(asked.created_to),
    )

"""Lists of stored files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, select

from durable_edits.storage.catalog import Catalog
from durable_edits.storage.database import storable
from durable_edits.storage.keyset import Place, in_order
from durable_edits.storage.records import FileRecord, Order, to_microseconds
from durable_edits.storage.rows import file_of
from durable_edits.storage.schema import files

FileOrder = Literal["created_at", "updated_at"]
LAST = "\U0010ffff"  # sorts behind every other character


@dataclass(frozen=True, slots=True)
class FileFilter:
    organizations: tuple[str, ...]
    filename_prefix: str = ""
    mime_type: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    sort_by: FileOrder = "created_at"


class FileRows:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    async def find(self, file_id: str, organizations: Sequence[str] | None) -> FileRecord | None:
        """None for `organizations`: whoever owns it."""
        query = select(files).where(files.c.id == storable(file_id))
        if organizations is not None:
            query = query.where(files.c.organization.in_(organizations))
        row = await self._catalog.read(lambda connection: connection.execute(query).one_or_none())
        return file_of(row) if row is not None else None

    async def rows(self, wanted: FileFilter, order: Order, behind: Place | None, limit: int) -> list[FileRecord]:
        query = select(files).where(*_conditions(wanted))
        ordered = in_order(query, files.c[wanted.sort_by], files.c.id, order, behind).limit(limit)
        return await self._catalog.read(lambda connection: [file_of(row) for row in connection.execute(ordered)])


def place(file: FileRecord, sort_by: FileOrder) -> Place:
    moment = file.created_at if sort_by == "created_at" else file.updated_at or file.created_at
    return to_microseconds(moment), file.id


def _conditions(wanted: FileFilter) -> list[ColumnElement[bool]]:
    conditions: list[Any] = [files.c.organization.in_(wanted.organizations)]
    if prefix := storable(wanted.filename_prefix).casefold():
        conditions.append(files.c.filename_folded.between(prefix, prefix + LAST))
    if wanted.mime_type is not None:
        conditions.append(files.c.mime_type == storable(wanted.mime_type))
    if wanted.created_from is not None:
        conditions.append(files.c.created_at >= to_microseconds(wanted.created_from))
    if wanted.created_to is not None:
        conditions.append(files.c.created_at <= to_microseconds(wanted.created_to))
    return conditions

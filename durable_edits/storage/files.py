"""Lists of stored files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from durable_edits.storage.catalog import Catalog
from durable_edits.storage.database import storable
from durable_edits.storage.keyset import Place
from durable_edits.storage.lists import Wanted, page
from durable_edits.storage.records import FileRecord, Order, to_microseconds
from durable_edits.storage.rows import file_of
from durable_edits.storage.schema import files

FileOrder = Literal["created_at", "updated_at"]


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
        if not wanted.organizations:
            return []
        asked = wanted_files(wanted)
        return await self._catalog.read(
            lambda connection: [file_of(row) for row in page(connection, asked, order, behind, limit)]
        )


def wanted_files(asked: FileFilter) -> Wanted:
    return Wanted(
        files,
        asked.organizations,
        by=asked.sort_by,
        prefix=storable(asked.filename_prefix).casefold(),
        also=() if asked.mime_type is None else (files.c.mime_type == storable(asked.mime_type),),
        narrow=asked.mime_type is not None,
        since=None if asked.created_from is None else to_microseconds(asked.created_from),
        until=None if asked.created_to is None else to_microseconds(asked.created_to),
    )


def place(file: FileRecord, sort_by: FileOrder) -> Place:
    moment = file.created_at if sort_by == "created_at" else file.updated_at or file.created_at
    return to_microseconds(moment), file.id

"""Stored files: one of them, a link to its bytes, a list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from durable_edits.errors import NotFound
from durable_edits.paging import Cursors, Page, Source
from durable_edits.storage.blobs import Blobs
from durable_edits.storage.files import FileFilter, FileRows, place
from durable_edits.storage.keyset import Place
from durable_edits.storage.links import Links
from durable_edits.storage.records import FileRecord


@dataclass(frozen=True)
class Files:
    rows: FileRows
    blobs: Blobs
    links: Links
    sees: tuple[str, ...]

    async def get(self, file_id: str) -> FileRecord:
        """Raises NotFound."""
        file = await self.rows.find(file_id, self.sees)
        if file is None:
            raise NotFound("File not found")
        return file

    async def linked(self, file_id: str) -> FileRecord:
        """The file of a link that was checked, whoever owns it; raises NotFound."""
        file = await self.rows.find(file_id, None)
        if file is None:
            raise NotFound("File not found")
        return file

    async def list(self, wanted: FileFilter, cursors: Cursors) -> Page[FileRecord]:
        async def find(file_id: str) -> Place | None:
            file = await self.rows.find(file_id, wanted.organizations)
            return place(file, wanted.sort_by) if file is not None else None

        source = Source(
            rows=lambda order, behind, limit: self.rows.rows(wanted, order, behind, limit),
            find=find,
            place=lambda file: place(file, wanted.sort_by),
        )
        return await source.page(cursors)

    def read(self, file: FileRecord) -> AsyncIterator[bytes]:
        """The file's bytes in pieces; raises BlobMissing before the first."""
        return self.blobs.pieces(file.blob)

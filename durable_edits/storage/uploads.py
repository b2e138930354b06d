"""Upload sessions in the catalog. One is over exactly once: in the transaction that inserts its file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from durable_edits.contracts import BlobRef
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.database import storable
from durable_edits.storage.idempotency import Claim, bind
from durable_edits.storage.records import FileRecord, UploadRecord, from_microseconds, to_microseconds
from durable_edits.storage.rows import file_row
from durable_edits.storage.schema import files, uploads


class UploadRows:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    async def insert(self, upload: UploadRecord, claim: Claim | None = None) -> None:
        """Raises IdempotencyConflict."""
        row = {
            "id": upload.id,
            "organization": upload.organization,
            "filename": storable(upload.filename),
            "mime_type": storable(upload.mime_type),
            "size": upload.size,
            "sha256": upload.sha256,
            "created_at": to_microseconds(upload.created_at),
            "expires_at": to_microseconds(upload.expires_at),
        }

        def insert(connection: Connection) -> None:
            connection.execute(self._catalog.insert(uploads), row)
            if claim is not None:
                bind(connection, claim, upload.id)

        await self._catalog.write(insert)

    async def find(self, upload_id: str) -> UploadRecord | None:
        query = select(uploads).where(uploads.c.id == storable(upload_id))
        row = await self._catalog.read(lambda connection: connection.execute(query).one_or_none())
        return _upload(row) if row is not None else None

    async def receive(self, upload_id: str, blob: BlobRef) -> bool:
        """Note what has come; False for a session that is over or was never there."""
        open_one = update(uploads).where(uploads.c.id == upload_id, uploads.c.completed_at.is_(None))
        received = open_one.values(received=blob.model_dump())
        return bool(await self._catalog.write(lambda connection: connection.execute(received).rowcount))

    async def complete(self, file: FileRecord) -> bool:
        """End the session with the file it was for; False where it is over already."""
        open_one = update(uploads).where(uploads.c.id == file.id, uploads.c.completed_at.is_(None))
        ended = open_one.values(completed_at=to_microseconds(datetime.now(UTC)))

        def complete(connection: Connection) -> bool:
            if not connection.execute(ended).rowcount:
                return False
            connection.execute(self._catalog.insert(files), file_row(file))
            return True

        return await self._catalog.write(complete)


def _upload(row: Row[Any]) -> UploadRecord:
    return UploadRecord(
        id=row.id,
        organization=row.organization,
        filename=row.filename,
        mime_type=row.mime_type,
        size=row.size,
        sha256=row.sha256,
        created_at=from_microseconds(row.created_at),
        expires_at=from_microseconds(row.expires_at),
        received=BlobRef.model_validate(row.received) if row.received else None,
        completed=row.completed_at is not None,
    )

"""Upload sessions: declared, sent to a signed URL, completed.

What comes through a gateway is hashed on its way; what went to the object store directly is copied to where its URL
cannot write, and hashed there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from durable_edits.contracts import BlobRef, new_file_id
from durable_edits.errors import (
    Conflict,
    NotFound,
    RequestTooLarge,
    UploadExpired,
    UploadIncomplete,
    UploadMismatch,
)
from durable_edits.storage.blobs import Blobs, file_folder, upload_key
from durable_edits.storage.database import storable
from durable_edits.storage.document_urls import media_type
from durable_edits.storage.files import FileRows
from durable_edits.storage.idempotency import Claim
from durable_edits.storage.links import Links
from durable_edits.storage.records import FileRecord, UploadRecord
from durable_edits.storage.uploads import UploadRows


@dataclass(frozen=True)
class Uploads:
    rows: UploadRows
    files: FileRows
    blobs: Blobs
    links: Links
    limit: int
    organization: str

    async def start(
        self,
        filename: str,
        size: int,
        mime_type: str | None = None,
        sha256: str | None = None,
        *,
        claim: Claim | None = None,
    ) -> UploadRecord:
        """Raises RequestTooLarge, and IdempotencyConflict where the claim is lost."""
        if size > self.limit:
            raise _too_large(self.limit)
        now = datetime.now(UTC)
        upload = UploadRecord(
            id=new_file_id(),
            organization=self.organization,
            filename=storable(filename),
            mime_type=mime_type or media_type(filename),
            size=size,
            sha256=sha256.lower() if sha256 else None,
            created_at=now,
            expires_at=now + self.links.lifetime,
        )
        await self.rows.insert(upload, claim)
        return upload

    async def get(self, upload_id: str) -> UploadRecord:
        """Raises NotFound."""
        upload = await self.rows.find(upload_id)
        if upload is None or upload.organization != self.organization:
            raise NotFound("Upload not found; start it with POST /v1/files/upload.")
        return upload

    async def receive(self, upload_id: str, chunks: AsyncIterator[bytes]) -> None:
        """Store what comes for a session, whoever sends it: the caller has checked its link.

        As many bytes as come, up to the limit: that they are the declared ones is looked at when the session ends.
        Raises RequestTooLarge, Conflict (it has ended), BlobsUnavailable, and whatever `chunks` raises.
        """
        blob = await self.blobs.put_stream(file_folder(upload_id), "document.bin", _at_most(self.limit, chunks))
        if not await self.rows.receive(upload_id, blob):
            await self.blobs.delete(blob)
            raise Conflict("This upload is complete; start another one for other bytes.")

    async def complete(self, upload_id: str, sha256: str | None = None) -> FileRecord:
        """The file, once its bytes are there and are the declared ones; a second time the same.

        Raises NotFound, UploadExpired, UploadIncomplete, UploadMismatch.
        """
        upload = await self.get(upload_id)
        if (done := await self._done(upload)) is not None:
            _check_hash(done.blob, sha256)
            return done
        if upload.expires_at < datetime.now(UTC):
            raise UploadExpired("This upload has expired; start it again.")
        blob = await self._arrived(upload)
        try:
            _check(upload, blob, sha256)
        except UploadMismatch:
            if upload.received is None:
                await self.blobs.delete(blob)
            raise
        file = FileRecord(
            id=upload.id,
            organization=upload.organization,
            filename=upload.filename,
            mime_type=upload.mime_type,
            blob=blob,
            created_at=datetime.now(UTC),
        )
        if await self.rows.complete(file):
            await self._clear(upload, blob)
            return file
        if upload.received is None:
            await self.blobs.delete(blob)
        return await self._done(upload) or file

    async def _done(self, upload: UploadRecord) -> FileRecord | None:
        return await self.files.find(upload.id, (upload.organization,))

    async def _arrived(self, upload: UploadRecord) -> BlobRef:
        blob = upload.received or await self.blobs.take(upload_key(upload.id), file_folder(upload.id), "document.bin")
        if blob is None:
            raise UploadIncomplete("The bytes have not come yet; PUT them to the upload's URL, then complete it.")
        return blob

    async def _clear(self, upload: UploadRecord, kept: BlobRef) -> None:
        """Remove what was sent before, or beside: of several PUTs one counts."""
        keys = await self.blobs.keys(file_folder(upload.id))
        others = [BlobRef(key=key, size=0, sha256="") for key in keys if key != kept.key]
        await self.blobs.delete(*others, BlobRef(key=upload_key(upload.id), size=0, sha256=""))


def _check(upload: UploadRecord, blob: BlobRef, sha256: str | None) -> None:
    if blob.size != upload.size:
        raise UploadMismatch(
            f"{blob.size} bytes came, {upload.size} were declared; send them again, then complete the upload.",
            size=blob.size,
            declared=upload.size,
        )
    _check_hash(blob, sha256)
    _check_hash(blob, upload.sha256)


def _check_hash(blob: BlobRef, sha256: str | None) -> None:
    if sha256 and sha256.lower() != blob.sha256:
        raise UploadMismatch(
            "The bytes that came do not have the declared SHA-256; send them again, then complete the upload.",
            sha256=blob.sha256,
        )


async def _at_most(limit: int, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        yield chunk


def _too_large(limit: int) -> RequestTooLarge:
    return RequestTooLarge(f"Files of more than {limit} bytes are not taken (EDITS_MAX_UPLOAD_MB).", limit=limit)

"""A document by its URL: stored already, inline in a data: URL, or somewhere on the network."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from durable_edits.contracts import BlobRef, SourceDocument, new_file_id
from durable_edits.errors import DocumentTooLarge, FetchRefused, NotFound, UnsupportedDocument
from durable_edits.storage.blobs import Blobs, file_folder
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.document_urls import (
    decode_data_url,
    is_data_url,
    media_type,
    parse_stored_url,
    stored_url,
)
from durable_edits.storage.fetch import URL_LIMIT, Fetcher
from durable_edits.storage.records import EditRecord, FileRecord

# What other services turn into a PDF first; we do not, and say so before anything is started.
UNSUPPORTED = ("application/vnd.", "application/msword", "image/", "text/", "application/rtf", "audio/", "video/")
PDF_HEADER_WITHIN = 1024  # bytes; readers accept that much garbage in front of %PDF- (ISO 32000-1, annex H.3.4.1)


class Documents:
    def __init__(self, catalog: Catalog, blobs: Blobs, limit: int) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._limit = limit

    async def receive(self, document: SourceDocument, organization: str) -> tuple[SourceDocument, FileRecord | None]:
        """What to tell the run of a document just sent in: a stored file's URL, or the remote URL as it is.

        An inline document is stored; its FileRecord comes back to be written together with the edit. Raises
        InvalidDataUrl, UnsupportedDocument, DocumentTooLarge, FetchRefused, NotFound.
        """
        if is_data_url(document.url):
            declared, data = await asyncio.to_thread(decode_data_url, document.url)
            self._check(document.filename, declared, data)
            file = await self._store(new_file_id(), organization, document.filename, declared, data)
            url = stored_url(organization, file.id, file.filename)
            return SourceDocument(filename=document.filename, url=url), file
        if parse_stored_url(document.url) is not None:
            await self._stored(document.url, organization)
        elif len(document.url) > URL_LIMIT:
            raise FetchRefused(
                f"The document's URL is longer than {URL_LIMIT} characters; upload the document instead."
            )
        else:
            refuse_unsupported(media_type(document.filename))
        return document, None

    async def stored(self, document: SourceDocument, record: EditRecord, fetcher: Fetcher) -> BlobRef:
        """The document of an edit, stored under the edit's file id where it was not stored before.

        Raises whatever `receive` and `Fetcher.fetch` raise.
        """
        if parse_stored_url(document.url) is not None:
            return (await self._stored(document.url, record.organization)).blob
        if is_data_url(document.url):
            declared, data = decode_data_url(document.url)
        else:
            fetched = await fetcher.fetch(document.url)
            declared, data = fetched.media_type, fetched.data
        self._check(document.filename, declared, data)
        file = await self._store(record.file_id, record.organization, document.filename, declared, data)
        await self._catalog.store_file(file)
        return file.blob

    async def _stored(self, url: str, organization: str) -> FileRecord:
        stored = parse_stored_url(url)
        if stored is not None and stored.organization in {None, organization}:
            file = await self._catalog.file(stored.file_id, organization)
            if file is not None:
                return file
        raise NotFound("File not found; upload the document again and use the URL of that upload.")

    def _check(self, filename: str, declared: str, data: bytes) -> None:
        if len(data) > self._limit:
            raise DocumentTooLarge(
                f"The document has {len(data)} bytes; the limit is {self._limit} (EDITS_MAX_DOCUMENT_MB).",
                limit=self._limit,
                size=len(data),
            )
        if b"%PDF-" not in data[:PDF_HEADER_WITHIN]:
            refuse_unsupported(media_type(filename, declared))

    async def _store(self, file_id: str, organization: str, filename: str, declared: str, data: bytes) -> FileRecord:
        blob = await self._blobs.put(file_folder(file_id), "document.bin", data)
        return FileRecord(
            id=file_id,
            organization=organization,
            filename=filename,
            mime_type=media_type(filename, declared),
            blob=blob,
            created_at=datetime.now(UTC),
        )


def refuse_unsupported(media: str) -> None:
    if media.startswith(UNSUPPORTED):
        raise UnsupportedDocument(
            f"Documents of type {media[:100]} are not supported; convert the document to a PDF form first.",
            media_type=media[:100],
        )

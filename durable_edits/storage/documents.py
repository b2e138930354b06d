"""A document by its URL: stored already, inline in a data: URL, or somewhere on the network."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from durable_edits.contracts import SourceDocument, new_file_id
from durable_edits.errors import DocumentTooLarge, FetchRefused, NotFound, UnsupportedDocument
from durable_edits.storage.blobs import Blobs, file_folder
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.database import storable
from durable_edits.storage.document_urls import (
    decode_data_url,
    is_data_url,
    media_type,
    parse_stored_url,
    stored_url,
)
from durable_edits.storage.fetch import URL_LIMIT, Fetcher
from durable_edits.storage.links import Links
from durable_edits.storage.records import FileRecord

# What other services turn into a PDF first; we do not, and say so before anything is started.
UNSUPPORTED = ("application/vnd.", "application/msword", "image/", "text/", "application/rtf", "audio/", "video/")
PDF_HEADER_WITHIN = 1024  # bytes; readers accept that much garbage in front of %PDF- (ISO 32000-1, annex H.3.4.1)


class Documents:
    """`limit` is for what comes in a request or over the network, `stored_limit` for what was stored before."""

    def __init__(self, catalog: Catalog, blobs: Blobs, links: Links, limit: int, stored_limit: int) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._links = links
        self._limit = limit
        self._stored_limit = stored_limit

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
        document = await self._own(document, organization)
        if parse_stored_url(document.url) is not None:
            file = await self._stored(document.url, organization)
            refuse_unsupported(file.mime_type)
        elif len(document.url) > URL_LIMIT:
            raise FetchRefused(
                f"The document's URL is longer than {URL_LIMIT} characters; upload the document instead."
            )
        else:
            refuse_unsupported(media_type(document.filename))
        return document, None

    async def stored(self, document: SourceDocument, organization: str, file_id: str, fetcher: Fetcher) -> FileRecord:
        """The document, stored under `file_id` where it was not stored before.

        Raises whatever `receive` and `Fetcher.fetch` raise.
        """
        document = await self._own(document, organization)
        if parse_stored_url(document.url) is not None:
            return await self._stored(document.url, organization)
        declared, data = await self._fetched(document, fetcher)
        file = await self._store(file_id, organization, document.filename, declared, data)
        await self._catalog.store_file(file)
        return file

    async def read(self, document: SourceDocument, organization: str, fetcher: Fetcher) -> bytes:
        """The document's bytes, and nothing is stored; raises what `stored` raises."""
        document = await self._own(document, organization)
        if parse_stored_url(document.url) is not None:
            return await self._blobs.get((await self._stored(document.url, organization)).blob)
        return (await self._fetched(document, fetcher))[1]

    async def _fetched(self, document: SourceDocument, fetcher: Fetcher) -> tuple[str, bytes]:
        """What the sender calls it, and its bytes."""
        if is_data_url(document.url):
            declared, data = decode_data_url(document.url)
        else:
            fetched = await fetcher.fetch(document.url)
            declared, data = fetched.media_type, fetched.data
        self._check(document.filename, declared, data)
        return declared, data

    async def _own(self, document: SourceDocument, organization: str) -> SourceDocument:
        """A download link of ours is the file it leads to."""
        if (file_id := await self._links.file_id(document.url)) is None:
            return document
        return SourceDocument(filename=document.filename, url=stored_url(organization, file_id, document.filename))

    async def _stored(self, url: str, organization: str) -> FileRecord:
        stored = parse_stored_url(url)
        if stored is not None and stored.organization in {None, organization}:
            file = await self._catalog.file(stored.file_id, organization)
            if file is not None:
                self._check_size(file.blob.size, self._stored_limit, "EDITS_MAX_STORED_MB")
                return file
        raise NotFound("File not found; upload the document again and use the URL of that upload.")

    def _check(self, filename: str, declared: str, data: bytes) -> None:
        self._check_size(len(data), self._limit, "EDITS_MAX_DOCUMENT_MB")
        if not _is_pdf(data):
            refuse_unsupported(media_type(filename, declared))

    def _check_size(self, size: int, limit: int, setting: str) -> None:
        if size > limit:
            raise DocumentTooLarge(
                f"The document has {size} bytes; the limit is {limit} ({setting}).", limit=limit, size=size
            )

    async def _store(self, file_id: str, organization: str, filename: str, declared: str, data: bytes) -> FileRecord:
        blob = await self._blobs.put(file_folder(file_id), "document.bin", data)
        return FileRecord(
            id=file_id,
            organization=organization,
            filename=storable(filename),
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


def refuse_all_but_pdf(media: str, data: bytes) -> None:
    if not _is_pdf(data):
        refuse_unsupported(media)
        raise UnsupportedDocument("The document is no PDF; a template needs a PDF form.", media_type=media[:100])


def _is_pdf(data: bytes) -> bool:
    return b"%PDF-" in data[:PDF_HEADER_WITHIN]

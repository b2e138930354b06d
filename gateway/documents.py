"""The document that a body names: MIMEData, or the id of a stored file."""

from __future__ import annotations

from durable_edits.client import EditsClient
from durable_edits.contracts import SourceDocument
from durable_edits.storage.document_urls import stored_url
from gateway.wire import Document


async def named_document(edits: EditsClient, document: Document) -> SourceDocument:
    """Raises NotFound."""
    if document.url is not None:
        return SourceDocument(filename=document.filename or "", url=document.url)
    file = await edits.files.get(document.id or "")
    return SourceDocument(filename=file.filename, url=stored_url(file.organization, file.id, file.filename))

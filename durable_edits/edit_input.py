"""The input of an edit's run: what it was asked for, as references."""

from __future__ import annotations

from durable_edits.contracts import BlobRef, EditInput, SourceDocument
from durable_edits.storage.document_urls import is_data_url, stored_url
from durable_edits.storage.records import EditRecord, TemplateRecord


def template_input(template: TemplateRecord, model: str, color: str, plan: BlobRef | None = None) -> EditInput:
    return EditInput(
        document=template.document,
        model=model,
        color=color,
        organization=template.organization,
        template_id=template.id,
        template=template.compiled,
        plan=plan,
    )


def same_input(record: EditRecord, document: SourceDocument | TemplateRecord, plan: BlobRef | None = None) -> EditInput:
    """The input of an edit whose record was written, from the request that is sent again."""
    if isinstance(document, TemplateRecord):
        return template_input(document, record.model, record.color, plan)
    if is_data_url(document.url):
        url = stored_url(record.organization, record.file_id, record.filename)
        document = SourceDocument(filename=document.filename, url=url)
    return EditInput(
        document=document, model=record.model, color=record.color, organization=record.organization, plan=plan
    )

"""The input of an edit's run: what it was asked for, as references."""

from __future__ import annotations

from collections.abc import Mapping

from durable_edits.contracts import BlobRef, EditInput, SourceDocument
from durable_edits.form import Plan
from durable_edits.storage.blobs import Blobs, edit_folder
from durable_edits.storage.document_urls import is_data_url, parse_stored_url, stored_url
from durable_edits.storage.documents import Documents
from durable_edits.storage.records import EditRecord, FileRecord, TemplateRecord


async def new_input(
    document: SourceDocument | TemplateRecord, documents: Documents, organization: str, model: str, color: str
) -> tuple[EditInput, FileRecord | None]:
    """With the file that the document became if it came inline."""
    if isinstance(document, TemplateRecord):
        return template_input(document, model, color), None
    source, new_file = await documents.receive(document, organization)
    return EditInput(document=source, model=model, color=color, organization=organization), new_file


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


async def given_plan(blobs: Blobs, edit_id: str, values: Mapping[str, str] | None) -> BlobRef | None:
    """Values that somebody else has worked out, as a plan."""
    if not values:
        return None
    plan = Plan(values=dict(values)).model_dump_json().encode()
    return await blobs.put(edit_folder(edit_id), "values.json", plan)


def is_stored(edit: EditInput, new_file: FileRecord | None) -> bool:
    """Whether the document was there before."""
    return new_file is None and parse_stored_url(edit.document.url) is not None

"""Templates: a form and its fields, kept to be filled again and again.

A worker reads the form when the template is made, once: every edit finds it read, and whoever makes a template is told
at once what is wrong with its document or with fields that lie beside its pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from durable_edits.contracts import BlobRef, SourceDocument, TemplateJob, TemplateRead, new_file_id, new_template_id
from durable_edits.errors import InvalidRequest, NotFound
from durable_edits.form import PlacedField
from durable_edits.paging import Cursors, Page, Source
from durable_edits.runs import Runs
from durable_edits.storage.blobs import Blobs, file_folder, template_folder
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.database import storable
from durable_edits.storage.document_urls import parse_stored_url
from durable_edits.storage.documents import Documents
from durable_edits.storage.idempotency import Claim
from durable_edits.storage.records import TemplateRecord
from durable_edits.storage.templates import TemplateFilter, TemplateRows, place
from durable_edits.template_form import TemplateForm


@dataclass(frozen=True, slots=True)
class Template:
    record: TemplateRecord
    fields: list[PlacedField]


@dataclass(frozen=True)
class Templates:
    rows: TemplateRows
    catalog: Catalog
    runs: Runs
    blobs: Blobs
    documents: Documents
    organization: str

    async def create(
        self, name: str, document: SourceDocument, fields: Sequence[PlacedField], *, claim: Claim | None = None
    ) -> Template:
        """Store the document, have a worker read its form, write the record. No fields: the form's own.

        Raises what `EditsClient.create` does, what reading a form does, InvalidRequest for a field on no page, and
        TimedOut where no worker is at work; after any of them there is no template.
        """
        template_id = new_template_id()
        source, new_file = await self.documents.receive(document, self.organization)
        if new_file is not None:
            await self.catalog.store_file(new_file)
        file_id = new_file_id() if new_file is None else new_file.id
        job = TemplateJob(template_id=template_id, organization=self.organization, document=source, file_id=file_id)
        try:
            read = await self.runs.read_template(job)
            form = await self._form(read.compiled)
            form.fields = list(fields) or form.own_fields()
            _check_pages(form)
            compiled = await self._store(template_id, form)
            record = self._record(template_id, name, read, compiled, len(form.fields))
            await self.rows.insert(record, form.form.pages, claim)
        except BaseException:
            await self._withdraw(job)
            raise
        return Template(record, form.fields)

    async def find(self, template_id: str) -> TemplateRecord:
        """Raises NotFound."""
        record = await self.rows.find(template_id, self.organization)
        if record is None or record.deleted:
            raise NotFound(f"Template {template_id[:200]} not found")
        return record

    async def get(self, template_id: str) -> Template:
        """Raises NotFound."""
        record = await self.find(template_id)
        return Template(record, (await self._form(record.compiled)).fields)

    async def update(
        self, template_id: str, *, name: str | None = None, fields: Sequence[PlacedField] | None = None
    ) -> Template:
        """Change what is not None; edits that were made before keep the fields of then. Raises NotFound."""
        record = await self.find(template_id)
        form = await self._form(record.compiled)
        compiled: BlobRef | None = None
        if fields is not None:
            form.fields = list(fields)
            _check_pages(form)
            compiled = await self._store(template_id, form)
        changed = await self.rows.update(template_id, name=name, compiled=compiled, field_count=len(form.fields))
        if changed is None:
            raise NotFound(f"Template {template_id[:200]} not found")
        return Template(changed, form.fields)

    async def delete(self, template_id: str) -> None:
        """Hide it for good; raises NotFound, the second time too.

        Its document is a file and stays, and so does the form as it was read: edits that are under way need both.
        """
        await self.find(template_id)
        if not await self.rows.delete(template_id):
            raise NotFound(f"Template {template_id[:200]} not found")

    async def list(self, wanted: TemplateFilter, cursors: Cursors) -> Page[TemplateRecord]:
        source = Source(
            rows=lambda order, behind, limit: self.rows.rows(wanted, order, behind, limit),
            find=lambda template_id: self.rows.place(template_id, wanted),
            place=lambda record: place(record, wanted),
        )
        return await source.page(cursors)

    async def _form(self, compiled: BlobRef) -> TemplateForm:
        data = await self.blobs.get(compiled)
        return await asyncio.to_thread(TemplateForm.model_validate_json, data)

    async def _store(self, template_id: str, form: TemplateForm) -> BlobRef:
        data = await asyncio.to_thread(lambda: form.model_dump_json().encode())
        return await self.blobs.put(template_folder(template_id), "form.json", data)

    def _record(
        self, template_id: str, name: str, read: TemplateRead, compiled: BlobRef, field_count: int
    ) -> TemplateRecord:
        now = datetime.now(UTC)
        return TemplateRecord(
            id=template_id,
            organization=self.organization,
            name=storable(name),
            file_id=read.file_id,
            filename=read.filename,
            mime_type=read.mime_type,
            compiled=compiled,
            field_count=field_count,
            created_at=now,
            updated_at=now,
        )

    async def _withdraw(self, job: TemplateJob) -> None:
        """Leave nothing of a template that was not made; a document that was stored before stays."""
        await self.blobs.delete_folder(template_folder(job.template_id))
        stored = parse_stored_url(job.document.url)
        if stored is None or stored.file_id == job.file_id:
            await self.catalog.delete_file(job.file_id)
            await self.blobs.delete_folder(file_folder(job.file_id))


def _check_pages(form: TemplateForm) -> None:
    faults = [
        {
            "loc": ["body", "form_fields", index, "bbox", "page"],
            "msg": f"the document has {form.form.pages} pages",
            "type": "page_out_of_range",
            "message": f"the document has {form.form.pages} pages",
            "code": "page_out_of_range",
        }
        for index, field in enumerate(form.fields)
        if not 1 <= field.box.page <= form.form.pages
    ]
    if faults:
        raise InvalidRequest(f"form_fields: {len(faults)} lie on no page of the document", errors=faults)

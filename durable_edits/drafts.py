"""Drafts: what an edit would fill in, for somebody who waits for it. Nothing of it stays."""

from __future__ import annotations

from dataclasses import dataclass

from durable_edits.contracts import DEFAULT_MODEL, BlobRef, DraftJob, SourceDocument, new_draft_id
from durable_edits.errors import InstructionsEmpty
from durable_edits.form import Draft
from durable_edits.runs import Runs
from durable_edits.storage.blobs import Blobs, draft_folder
from durable_edits.storage.documents import Documents
from durable_edits.storage.records import TemplateRecord


@dataclass(frozen=True)
class Drafts:
    runs: Runs
    blobs: Blobs
    documents: Documents
    organization: str

    async def make(
        self, document: SourceDocument | TemplateRecord, instructions: str, *, model: str = DEFAULT_MODEL
    ) -> Draft:
        """Have a worker read the form and plan. A template's fields go by the template's keys.

        Raises what `EditsClient.create` does, what reading and planning do, and TimedOut where no worker is at work.
        """
        if not instructions.strip():
            raise InstructionsEmpty("The instructions are empty; say what goes into which field.")
        if isinstance(document, TemplateRecord):
            return await self._draft(document.document, instructions, model, template=document)
        source, new_file = await self.documents.receive(document, self.organization)
        if new_file is None:
            return await self._draft(source, instructions, model)
        try:
            return await self._draft(source, instructions, model, inline=new_file.blob)
        finally:
            await self.blobs.delete(new_file.blob)

    async def _draft(
        self,
        document: SourceDocument,
        instructions: str,
        model: str,
        *,
        inline: BlobRef | None = None,
        template: TemplateRecord | None = None,
    ) -> Draft:
        draft_id = new_draft_id()
        folder = draft_folder(draft_id)
        try:
            job = DraftJob(
                draft_id=draft_id,
                organization=self.organization,
                document=document,
                inline=inline,
                template=template.compiled if template is not None else None,
                instructions=await self.blobs.put(folder, "instructions.txt", instructions.encode()),
                model=model,
            )
            made = await self.runs.make_draft(job)
            return Draft.model_validate_json(await self.blobs.get(made))
        finally:
            await self.blobs.delete_folder(folder)

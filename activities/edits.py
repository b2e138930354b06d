"""The steps of an edit: plan it, fill it, and close it when it did not end well; and the one step of a template.

Each step can run twice (a server restart, a killed worker) and then does the same again or finds it done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio import activity

from activities.children.pool import Children
from activities.drafts import DraftActivities
from activities.failures import as_failures
from activities.heartbeat import heartbeats, is_given_up
from activities.jobs import (
    FilledForm,
    PlannedForm,
    fill_planned,
    plan_form,
    plan_template,
    read_template_form,
    take_plan,
    take_template_plan,
)
from activities.late import refuse_too_late, store_for
from activities.models import ModelActivities
from activities.turns import Turns
from activities.unbroken import unbroken
from durable_edits import metrics
from durable_edits.contracts import (
    CLOSE_EDIT,
    FILL_DOCUMENT,
    PLAN_EDIT,
    READ_TEMPLATE,
    BlobRef,
    CloseJob,
    EditInput,
    FillJob,
    Outcome,
    PlanJob,
    Planned,
    Problem,
    Status,
    TemplateJob,
    TemplateRead,
    new_file_id,
)
from durable_edits.credits import credits_for
from durable_edits.errors import EditIdTaken, StepGivenUp
from durable_edits.runs import cancel_run
from durable_edits.settings import Settings
from durable_edits.storage.blobs import Blobs, edit_folder, template_folder
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.documents import Documents, refuse_all_but_pdf
from durable_edits.storage.fetch import Fetcher
from durable_edits.storage.links import Links
from durable_edits.storage.records import started_record

Answer = TypeVar("Answer")

# One is worked on while the next is read or stored; each may be EDITS_MAX_DOCUMENT_MB large.
DOCUMENTS_PER_SLOT = 4


class EditActivities:
    def __init__(
        self, settings: Settings, catalog: Catalog, blobs: Blobs, fetcher: Fetcher, children: Children
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._blobs = blobs
        links = Links(catalog, blobs, settings.link_lifetime)
        self._documents = Documents(catalog, blobs, links, settings.max_document_bytes, settings.max_stored_bytes)
        self._fetcher = fetcher
        self._children = children
        self._in_memory = Turns(settings.pdf_slots * DOCUMENTS_PER_SLOT)
        self.models = ModelActivities(settings, catalog, blobs)
        self.drafts = DraftActivities(settings, blobs, self._documents, fetcher, children, self._in_memory)

    @activity.defn(name=PLAN_EDIT)
    @as_failures
    async def plan_edit(self, job: PlanJob) -> Planned:
        """Fetch the document, read its form and work out a value for each field; store document and plan."""
        async with heartbeats():
            record = await self._catalog.begin_edit(started_record(job.edit_id, job.edit, job.created_at), job.run_id)
            if record.run_id != job.run_id:
                raise _taken(job.edit_id)
            if record.outcome is not None:
                await self._clear(record.outcome)
                await _agree(record.outcome)
                return Planned(outcome=record.outcome)
            refuse_too_late(job.created_at, self._settings.longest_edit)
            info = activity.info()
            if info.attempt == 1:
                metrics.QUEUE_WAIT.record((info.started_time - job.created_at).total_seconds())
            file = await self._documents.stored(job.edit.document, record.organization, record.file_id, self._fetcher)
            async with self._in_memory.place(record.organization):
                planned = await self._planned(file.blob, job.edit, record.instructions or "")
            plan, question = await unbroken(self._store_plan(job.edit_id, planned))
            return Planned(document=file.blob, plan=plan, pages=planned.pages, values=planned.values, question=question)

    @activity.defn(name=FILL_DOCUMENT)
    @as_failures
    async def fill_document(self, job: FillJob) -> Outcome:
        """Fill the document by its plan, store it, and commit `completed`; returns the outcome that stands."""
        async with heartbeats():
            record = await self._catalog.edit(job.edit_id)
            if record is not None and record.outcome is not None:
                await self._clear(record.outcome, job.plan)
                await _agree(record.outcome)
                return record.outcome
            if job.created_at is not None:
                refuse_too_late(job.created_at, self._settings.longest_edit)
            async with self._in_memory.place(record.organization if record is not None else ""):
                document, plan = await asyncio.gather(self._blobs.get(job.document), self._blobs.get(job.plan))
                template = await self._blobs.get(job.template) if job.template is not None else None
                filled = await self._children.run(
                    fill_planned, document, plan, job.color, self._settings.max_pages, template
                )
                return await unbroken(self._publish(job, filled))

    @activity.defn(name=CLOSE_EDIT)
    @as_failures
    async def close_edit(self, job: CloseJob) -> Outcome:
        """Commit `cancelled` or `failed` unless an outcome stands, and remove what a lost edit has stored."""
        record = await self._catalog.adopt_edit(started_record(job.edit_id, job.edit, job.created_at))
        if record.run_id not in {None, job.run_id}:
            taken = _taken(job.edit_id)
            return Outcome(
                edit_id=job.edit_id, status=Status.FAILED, problem=Problem(code=taken.code, message=taken.message)
            )
        outcome = await self._catalog.close_edit(Outcome(edit_id=job.edit_id, status=job.status, problem=job.problem))
        await self._clear(outcome)
        if job.status is not Status.CANCELLED:
            await _agree(outcome)
        return outcome

    @activity.defn(name=READ_TEMPLATE)
    @as_failures
    async def read_template(self, job: TemplateJob) -> TemplateRead:
        """Fetch a template's document and read its form, once for all edits that will be made from it."""
        async with heartbeats():
            file = await self._documents.stored(job.document, job.organization, job.file_id, self._fetcher)
            async with self._in_memory.place(job.organization):
                data = await self._blobs.get(file.blob)
                refuse_all_but_pdf(file.mime_type, data)
                form = await self._children.run(read_template_form, data, self._settings.max_pages)
            compiled = await self._blobs.put(template_folder(job.template_id), "form.json", form)
            return TemplateRead(file_id=file.id, filename=file.filename, mime_type=file.mime_type, compiled=compiled)

    async def _planned(self, document: BlobRef, edit: EditInput, instructions: str) -> PlannedForm:
        for_model = self._settings.models[edit.model] is not None
        if edit.template is not None:
            template = await self._blobs.get(edit.template)
            if edit.plan is not None:
                return await self._children.run(take_template_plan, template, await self._blobs.get(edit.plan))
            return await self._children.run(plan_template, template, instructions, for_model)
        data = await self._blobs.get(document)
        if edit.plan is not None:
            given = await self._blobs.get(edit.plan)
            return await self._children.run(take_plan, data, given, self._settings.max_pages)
        return await self._children.run(plan_form, data, instructions, self._settings.max_pages, for_model)

    async def _store_plan(self, edit_id: str, planned: PlannedForm) -> tuple[BlobRef, BlobRef | None]:
        question = None
        if planned.question is not None:
            question = await store_for(edit_id, "question.json", planned.question, self._blobs, self._catalog)
        return await store_for(edit_id, "plan.json", planned.plan, self._blobs, self._catalog), question

    async def _clear(self, outcome: Outcome, plan: BlobRef | None = None) -> None:
        """Remove what an edit has stored and its outcome does not name; of a completed one, with its plan known."""
        if outcome.filled is None:
            await self._blobs.delete_folder(edit_folder(outcome.edit_id))
        elif plan is not None and activity.info().attempt > 1:  # or nobody else has stored anything
            kept = [ref for ref in (outcome.filled, outcome.result, plan) if ref is not None]
            await self._blobs.delete_folder(edit_folder(outcome.edit_id), keep=kept)

    async def _publish(self, job: FillJob, filled: FilledForm) -> Outcome:
        folder = edit_folder(job.edit_id)
        document, result = await _all(
            self._blobs.put(folder, "filled.pdf", filled.document),
            self._blobs.put(folder, "result.json", filled.result),
        )
        if await is_given_up():
            # What was stored stays: under the same keys it may be what the other worker is about to commit, and whoever
            # ends the edit otherwise removes it.
            raise StepGivenUp("Temporal waits for this step no more: its run was ended, or another worker has it.")
        outcome = await self._catalog.close_edit(
            Outcome(
                edit_id=job.edit_id,
                status=Status.COMPLETED,
                filled=document,
                filled_id=new_file_id(),
                result=result,
                credits=credits_for(job.model, filled.pages),
            ),
            filled.pages,
        )
        lost = [ref for ref in (document, result) if ref not in {outcome.filled, outcome.result}]
        await self._blobs.delete(*lost)
        await self._clear(outcome, job.plan)
        await _agree(outcome)
        return outcome


async def _agree(outcome: Outcome) -> None:
    """A record can say `cancelled` of a run that nobody asked to end; only a run that was asked shows as Canceled."""
    if outcome.status is Status.CANCELLED:
        info = activity.info()
        await cancel_run(activity.client(), outcome.edit_id, info.workflow_run_id)


async def _all(*work: Coroutine[Any, Any, Answer]) -> list[Answer]:
    """At once, and no error before the last has ended: what lands after its edit was closed is never removed."""
    tasks = [asyncio.create_task(each) for each in work]
    await asyncio.gather(*tasks, return_exceptions=True)
    return await asyncio.gather(*tasks)


def _taken(edit_id: str) -> EditIdTaken:
    return EditIdTaken(f"The id {edit_id[:80]} belongs to an earlier edit; start this one under another workflow id.")

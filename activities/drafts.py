"""A draft: the plan of an edit that nobody has made, worked out as an edit's is. Nothing but the draft is stored."""

from __future__ import annotations

from temporalio import activity

from activities.children.pool import Children
from activities.failures import as_failures
from activities.heartbeat import heartbeats
from activities.jobs import PlannedForm, draft_form, draft_template, plan_form, plan_template
from activities.turns import Turns
from durable_edits.contracts import MAKE_DRAFT, BlobRef, DraftJob
from durable_edits.form import Plan
from durable_edits.models.provider import Provider
from durable_edits.models.question import Question
from durable_edits.models.reply import with_reply
from durable_edits.settings import Settings
from durable_edits.storage.blobs import Blobs, draft_folder
from durable_edits.storage.documents import Documents
from durable_edits.storage.fetch import Fetcher


class DraftActivities:
    """`in_memory` bounds the documents that this worker holds at once, those of edits included."""

    def __init__(
        self,
        settings: Settings,
        blobs: Blobs,
        documents: Documents,
        fetcher: Fetcher,
        children: Children,
        in_memory: Turns,
    ) -> None:
        self._settings = settings
        self._blobs = blobs
        self._documents = documents
        self._fetcher = fetcher
        self._children = children
        self._in_memory = in_memory

    @activity.defn(name=MAKE_DRAFT)
    @as_failures
    async def make_draft(self, job: DraftJob) -> BlobRef:
        """Read the form, plan, and store what the form would say."""
        async with heartbeats(), self._in_memory.place(job.organization):
            instructions = (await self._blobs.get(job.instructions)).decode()
            if job.template is not None:
                draft = await self._of_template(await self._blobs.get(job.template), instructions, job.model)
            else:
                draft = await self._of_document(await self._document(job), instructions, job.model)
            return await self._blobs.put(draft_folder(job.draft_id), "draft.json", draft)

    async def _document(self, job: DraftJob) -> bytes:
        if job.inline is not None:
            return await self._blobs.get(job.inline)
        return await self._documents.read(job.document, job.organization, self._fetcher)

    async def _of_document(self, document: bytes, instructions: str, model: str) -> bytes:
        pages, for_model = self._settings.max_pages, self._settings.models[model] is not None
        planned = await self._children.run(plan_form, document, instructions, pages, for_model)
        return await self._children.run(draft_form, document, await self._asked(planned, model), pages)

    async def _of_template(self, template: bytes, instructions: str, model: str) -> bytes:
        for_model = self._settings.models[model] is not None
        planned = await self._children.run(plan_template, template, instructions, for_model)
        return await self._children.run(draft_template, template, await self._asked(planned, model))

    async def _asked(self, planned: PlannedForm, model: str) -> bytes:
        """The plan, with what a model adds to it where one is to be asked."""
        name = self._settings.models[model]
        if planned.question is None or name is None:
            return planned.plan
        question = Question.model_validate_json(planned.question)
        plan = Plan.model_validate_json(planned.plan)
        return with_reply(plan, question, await Provider(name).ask(question)).model_dump_json().encode()

"""The step between the two, where an operator has named a model: ask it about what the rules left open.

Paid once: what it answers is stored before the step ends, and a step that is tried again finds it there.
"""

from __future__ import annotations

import hashlib

from temporalio import activity

from activities.failures import as_failures
from activities.heartbeat import heartbeats
from activities.late import refuse_too_late, store_for
from activities.unbroken import unbroken
from durable_edits import metrics
from durable_edits.contracts import ASK_MODEL, Asked, AskJob
from durable_edits.errors import ModelUnknown, NothingToFill
from durable_edits.form import Plan
from durable_edits.models.names import ModelName
from durable_edits.models.provider import Provider
from durable_edits.models.question import Question
from durable_edits.models.reply import Reply, with_reply
from durable_edits.settings import Settings
from durable_edits.storage.blobs import Blobs, answer_folder, edit_folder
from durable_edits.storage.catalog import Catalog

# Changes whenever the same question may be answered otherwise: its wording, the schema, what is believed.
VERSION = "1"
REPLY = "reply.json"


class ModelActivities:
    def __init__(self, settings: Settings, catalog: Catalog, blobs: Blobs) -> None:
        self._settings = settings
        self._catalog = catalog
        self._blobs = blobs

    @activity.defn(name=ASK_MODEL)
    @as_failures
    async def ask_model(self, job: AskJob) -> Asked:
        """Ask, believe what the instructions hold, and store the plan with it."""
        async with heartbeats():
            record = await self._catalog.edit(job.edit_id)
            if record is not None and record.outcome is not None:
                if record.outcome.filled is None:
                    await self._blobs.delete_folder(edit_folder(job.edit_id))
                return Asked(outcome=record.outcome)
            refuse_too_late(job.created_at, self._settings.longest_edit)
            question = Question.model_validate_json(await self._blobs.get(job.question))
            plan = Plan.model_validate_json(await self._blobs.get(job.plan))
            plan = with_reply(plan, question, await self._reply(job, question))
            if not plan.values:
                raise NothingToFill("Neither the rules nor the model found a value for a field of the form.")
            data = plan.model_dump_json().encode()
            ref = await unbroken(store_for(job.edit_id, "plan.json", data, self._blobs, self._catalog))
            return Asked(plan=ref, values=len(plan.values))

    async def _reply(self, job: AskJob, question: Question) -> Reply:
        name = self._settings.models[job.model]
        if name is None:
            raise ModelUnknown(f"This worker has no model {job.model[:80]!r}; give all workers the same EDITS_MODELS.")
        if (known := await self._blobs.find(edit_folder(job.edit_id), REPLY)) is not None:
            return Reply.model_validate_json(known)
        answers = answer_folder(_hash(job.organization, name, question))
        if not job.bust_cache and (known := await self._blobs.find(answers, REPLY)) is not None:
            return Reply.model_validate_json(known)
        reply = await Provider(name).ask(question)
        metrics.MODEL_TOKENS.add(str(name), "input", by=reply.usage.input_tokens)
        metrics.MODEL_TOKENS.add(str(name), "output", by=reply.usage.output_tokens)
        await unbroken(self._keep(job.edit_id, answers, reply.model_dump_json().encode()))
        return reply

    async def _keep(self, edit_id: str, answers: str, reply: bytes) -> None:
        """First for this edit, which has paid; then for whoever asks the same."""
        await self._blobs.put(edit_folder(edit_id), REPLY, reply)
        await self._blobs.delete_folder(answers)
        await self._blobs.put(answers, REPLY, reply)


def _hash(organization: str, name: ModelName, question: Question) -> str:
    asked = "\0".join([VERSION, organization, str(name), question.model_dump_json()])
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()

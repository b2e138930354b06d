"""One edit: plan, fill; and what a cancel and a failure mean.

The record decides how an edit ends, not the order in which events reach this code: a step that commits `completed`
while a cancel is on its way has won, and the run then completes; a cancel that was committed first makes the step's
work void. So every ending reads the outcome that stands, and ends the run the same way.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, FailureError
from temporalio.workflow import ActivityCancellationType, ActivityConfig

with workflow.unsafe.imports_passed_through():
    from pydantic import BaseModel, ValidationError

    from durable_edits.contracts import (
        ASK_MODEL,
        CLOSE_EDIT,
        EDIT_WORKFLOW,
        FILL_DOCUMENT,
        PLAN_EDIT,
        Asked,
        AskJob,
        BlobRef,
        CloseJob,
        EditInput,
        FillJob,
        Outcome,
        PlanJob,
        Planned,
        Problem,
        Status,
    )
    from durable_edits.search_attributes import STATUS

Answer = TypeVar("Answer", bound=BaseModel)

# Shown while a step is under way; a timer to say more would be three events.
WAITING = "If this takes long, the pending activity's last failure says why, and when it is tried again."
WANTED = '{"document": {"filename", "url"}, "instructions"}'
# Bytes. Temporal terminates a run at a payload of 2 MiB, and the first step's is the run's own and a little more.
INPUT_LIMIT = 2_000_000
OUTAGE_TRIES = 20  # of a step while a store or a host is away: about eight minutes at these intervals
RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30), maximum_attempts=OUTAGE_TRIES
)
# No summaries: an activity's name says what it does, and each would be a payload more to encode, send and store.
# The worker's own limits end a step long before start-to-close does; a dead worker is noticed by its heartbeats.
STEP: ActivityConfig = {
    "start_to_close_timeout": timedelta(minutes=30),
    "heartbeat_timeout": timedelta(seconds=5),
    "retry_policy": RETRIES,
    # Wait until the child is dead: nothing may write after the run says "cancelled".
    "cancellation_type": ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
}
# A provider that is away parks the edit: in progress, with the reason at its step, until it answers or the edit's
# deadline has come, which the step itself sees.
ASK: ActivityConfig = {
    **STEP,
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=2)),
}
# Tried until it lands: an edit always ends.
CLOSE: ActivityConfig = {
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30)),
}


# An input that does not fit must fail the run, not its workflow tasks for ever: so it is taken as plain JSON, in any
# number, and what cannot even be decoded (KeyError: an unknown encoding, ValueError: no JSON) fails it too.
@workflow.defn(name=EDIT_WORKFLOW, failure_exception_types=[KeyError, ValueError])
class EditWorkflow:
    @workflow.run
    async def run(self, *given: Any) -> Outcome:
        wanted = _input(given)
        try:
            outcome = await self._edit(wanted)
        except (FailureError, asyncio.CancelledError) as error:
            outcome = await self._close(wanted, error)
        return _end(outcome)

    async def _edit(self, edit: EditInput) -> Outcome:
        _told(Status.IN_PROGRESS, f"Step 1 of 2: reading the form and planning its values. {WAITING}")
        planned = await _step(PLAN_EDIT, _plan_job(edit), Planned, STEP)
        if planned.outcome is not None:
            return planned.outcome
        if workflow.cancellation_reason() is not None:
            raise asyncio.CancelledError  # a step that ends in time swallows the cancel
        if planned.question is not None:
            asked = await self._ask(edit, planned, planned.question)
            if asked.outcome is not None:
                return asked.outcome
            planned = planned.model_copy(update={"plan": asked.plan, "values": asked.values})
        what = f"Step 2 of 2: filling {planned.values} values into {planned.pages} pages, and storing the result."
        workflow.set_current_details(f"{what} {WAITING}")
        return await _step(FILL_DOCUMENT, _fill_job(edit, planned), Outcome, STEP)

    async def _ask(self, edit: EditInput, planned: Planned, question: BlobRef) -> Asked:
        workflow.set_current_details(
            f"Between the steps: asking the model {edit.model} about what the rules left open. {WAITING}"
        )
        asked = await _step(ASK_MODEL, _ask_job(edit, planned, question), Asked, ASK)
        if workflow.cancellation_reason() is not None:
            raise asyncio.CancelledError
        return asked

    async def _close(self, edit: EditInput, error: BaseException) -> Outcome:
        job = _close_job(edit, error)
        why = f": {job.problem.code}: {job.problem.message}" if job.problem else ""
        workflow.set_current_details(f"Writing the record, until the catalog takes it: {job.status}{why}")
        closing = asyncio.ensure_future(_step(CLOSE_EDIT, job, Outcome, CLOSE))
        while not closing.done():
            try:
                await asyncio.shield(closing)
            except asyncio.CancelledError:
                continue  # a cancel that arrives while a failure is written; the record decides
            except FailureError:
                break
        return closing.result()


async def _step(name: str, job: BaseModel, answer: type[Answer], config: ActivityConfig) -> Answer:
    """Its result is decoded here: where the SDK does it, one that cannot be ends the run with the record open."""
    raw: RawValue = await workflow.execute_activity(name, job, result_type=RawValue, **config)
    try:
        [decoded] = workflow.payload_converter().from_payloads([raw.payload], [answer])
    except (KeyError, ValueError):
        message = f"The result of {name} cannot be read by this worker; see that all workers are of one release."
        raise ApplicationError(message, type="internal_error", non_retryable=True) from None
    return decoded  # type: ignore[no-any-return]


def _input(given: tuple[Any, ...]) -> EditInput:
    if len(given) > 1:
        raise _refused("invalid_request", f"{len(given)} inputs were given; send one, {WANTED}.")
    try:
        edit = EditInput.model_validate(given[0] if given else None)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the input"
        raise _refused("invalid_request", f"{where}: {first['msg']}. Send {WANTED}.") from None
    if len(edit.model_dump_json().encode()) > INPUT_LIMIT:
        message = (
            "The input is too large to go through Temporal; start the edit over HTTP, or give the document's https URL."
        )
        raise _refused("document_too_large", message)
    return edit


def _refused(code: str, message: str) -> ApplicationError:
    return ApplicationError(message, type=code, non_retryable=True, category=ApplicationErrorCategory.BENIGN)


def _plan_job(edit: EditInput) -> PlanJob:
    info = workflow.info()
    return PlanJob(edit_id=info.workflow_id, run_id=_run_id(), created_at=info.workflow_start_time, edit=edit)


def _ask_job(edit: EditInput, planned: Planned, question: BlobRef) -> AskJob:
    if planned.plan is None:
        raise ApplicationError("plan_edit gave no plan.", type="internal_error", non_retryable=True)
    return AskJob(
        edit_id=workflow.info().workflow_id,
        created_at=workflow.info().workflow_start_time,
        organization=edit.organization,
        model=edit.model,
        question=question,
        plan=planned.plan,
        bust_cache=edit.bust_cache,
    )


def _fill_job(edit: EditInput, planned: Planned) -> FillJob:
    if planned.document is None or planned.plan is None:
        raise ApplicationError("plan_edit gave no plan.", type="internal_error", non_retryable=True)
    return FillJob(
        edit_id=workflow.info().workflow_id,
        document=planned.document,
        plan=planned.plan,
        color=edit.color,
        model=edit.model,
        template=edit.template,
        created_at=workflow.info().workflow_start_time,
    )


def _close_job(edit: EditInput, error: BaseException) -> CloseJob:
    info = workflow.info()
    # Whatever the step says: one whose cancel was asked for is not tried again, so an outage then looks like its end.
    cancelled = workflow.cancellation_reason() is not None
    return CloseJob(
        edit_id=info.workflow_id,
        run_id=_run_id(),
        created_at=info.workflow_start_time,
        edit=edit,
        status=Status.CANCELLED if cancelled else Status.FAILED,
        problem=None if cancelled else _problem(error),
    )


def _run_id() -> str:
    """The first run's id: a run that an operator resets goes on with the same edit."""
    return workflow.info().first_execution_run_id


def _problem(error: BaseException) -> Problem:
    cause = error.__cause__ or error
    if isinstance(cause, ApplicationError) and cause.type:
        details = cause.details[0] if cause.details and isinstance(cause.details[0], dict) else None
        return Problem(code=cause.type, message=cause.message, details=details)
    return Problem(code="step_timed_out", message=f"A step did not end in time: {cause}"[:500])


def _told(status: Status, details: str) -> None:
    """Where the run can be searched by its status, that too; the start says whether it can."""
    workflow.set_current_details(details)
    if workflow.info().typed_search_attributes.get(STATUS) is not None:
        workflow.upsert_search_attributes([STATUS.value_set(status.value)])


def _end(outcome: Outcome) -> Outcome:
    why = f": {outcome.problem.code}: {outcome.problem.message}" if outcome.problem else ""
    _told(outcome.status, f"Ended as {outcome.status}{why}\n\nGET /v1/edits/{outcome.edit_id} has the record.")
    if outcome.status is Status.COMPLETED:
        return outcome
    if outcome.status is Status.CANCELLED and workflow.cancellation_reason() is not None:
        raise asyncio.CancelledError
    problem = outcome.problem or Problem(code=outcome.status.value, message="The edit was cancelled.")
    raise ApplicationError(
        problem.message,
        problem.details,
        type=problem.code,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )

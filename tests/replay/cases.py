"""The lives of an edit whose histories are kept: each brings one about, for real, and names the edit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

from durable_edits.contracts import EDIT_WORKFLOW, Status
from tests.forms import many_fields_form, many_values, text_form
from tests.model_server import entries
from tests.workflow.bench import CANCEL_ASKED, HEARTBEAT, STEP_ENDED, Bench, Gate, document

Case = Callable[[Bench], Awaitable[str]]

FORM, INSTRUCTIONS = text_form(["town"]), "town: Bern"
MODEL, ASKED = "asked", "As for that place, it would be Bern."
ANSWER = entries(town=("Bern", ASKED))
LONG = 3_000  # fields: a fill that a cancel meets at work
NOT_A_FORM = b"%PDF-1.7 no objects"


async def finished(bench: Bench) -> str:
    async with bench.worker():
        edit = await bench.create(FORM, INSTRUCTIONS)
        await bench.edits.wait(edit.id)
    return edit.id


async def finished_with_a_model(bench: Bench) -> str:
    async with bench.worker():
        edit = await bench.edits.create(document(FORM), ASKED, model=MODEL)
        await bench.edits.wait(edit.id)
    return edit.id


async def adopted(bench: Bench) -> str:
    """Started by somebody who knows nothing but Temporal."""
    async with bench.worker():
        handle = await bench.start_bare("adopted", FORM, INSTRUCTIONS)
        await handle.result()
    return handle.id


async def cancelled_before_any_worker_looked(bench: Bench) -> str:
    edit = await bench.create(FORM, INSTRUCTIONS)
    await bench.run(edit.id).cancel()
    return await _left_to_a_worker(bench, edit.id)


async def cancelled_queued(bench: Bench) -> str:
    edit = await bench.create(FORM, INSTRUCTIONS)
    async with bench.workflow_worker():
        await bench.asked_for(edit.id, "plan_edit")
    await bench.run(edit.id).cancel()
    return await _left_to_a_worker(bench, edit.id)


async def cancelled_in_plan(bench: Bench) -> str:
    bench.catalog.after_begin = gate = Gate()
    async with bench.worker():
        edit = await bench.create(FORM, INSTRUCTIONS)
        await gate.reached.wait()
        await bench.edits.cancel(edit.id)
        await bench.edits.runs.wait(edit.id)
    return edit.id


async def cancelled_after_plan(bench: Bench) -> str:
    bench.catalog.after_begin = gate = Gate()
    edit = await bench.create(FORM, INSTRUCTIONS)
    async with bench.step_worker():
        async with bench.workflow_worker():
            await gate.reached.wait()
        await bench.run(edit.id).cancel()
        gate.open()
        await bench.unseen(edit.id, CANCEL_ASKED, STEP_ENDED)
    return await _left_to_a_worker(bench, edit.id)


async def cancelled_in_fill(bench: Bench) -> str:
    async with bench.worker():
        edit = await bench.create(many_fields_form(LONG), many_values(LONG))
        await bench.asked_for(edit.id, "fill_document")
        await asyncio.sleep(HEARTBEAT)
        await bench.edits.cancel(edit.id)
        await bench.edits.runs.wait(edit.id)
    return edit.id


async def cancelled_just_before_the_commit(bench: Bench) -> str:
    """The cancel was answered while the fill was about to commit: the record says cancelled."""
    bench.catalog.before[Status.COMPLETED] = gate = Gate()
    async with bench.worker():
        edit = await bench.create(FORM, INSTRUCTIONS)
        await gate.reached.wait()
        await bench.edits.cancel(edit.id)
        gate.open()
        await bench.edits.runs.wait(edit.id)
    return edit.id


async def cancelled_just_after_the_commit(bench: Bench) -> str:
    """The record says completed."""
    bench.catalog.after[Status.COMPLETED] = gate = Gate()
    async with bench.worker():
        edit = await bench.create(FORM, INSTRUCTIONS)
        await gate.reached.wait()
        await bench.run(edit.id).cancel()
        await asyncio.sleep(HEARTBEAT)
        gate.open()
        await bench.edits.runs.wait(edit.id)
    return edit.id


async def cancelled_after_the_fill(bench: Bench) -> str:
    """End of the last step and cancel in one workflow task; the record says completed."""
    bench.catalog.before[Status.COMPLETED] = gate = Gate()
    edit = await bench.create(FORM, INSTRUCTIONS)
    async with bench.step_worker():
        async with bench.workflow_worker():
            await gate.reached.wait()
        gate.open()
        await bench.unseen(edit.id, STEP_ENDED)
        await bench.run(edit.id).cancel()
    return await _left_to_a_worker(bench, edit.id)


async def cancelled_while_a_failure_is_written(bench: Bench) -> str:
    """The record says failed."""
    bench.catalog.before[Status.FAILED] = gate = Gate()
    async with bench.worker():
        edit = await bench.create(NOT_A_FORM, INSTRUCTIONS)
        await gate.reached.wait()
        await bench.run(edit.id).cancel()
        await asyncio.sleep(HEARTBEAT)
        gate.open()
        await bench.edits.runs.wait(edit.id)
    return edit.id


async def failed_for_its_document(bench: Bench) -> str:
    async with bench.worker():
        edit = await bench.create(NOT_A_FORM, INSTRUCTIONS)
        await bench.edits.wait(edit.id)
    return edit.id


async def failed_for_its_instructions(bench: Bench) -> str:
    async with bench.worker():
        edit = await bench.create(FORM, "shoe size: 38")
        await bench.edits.wait(edit.id)
    return edit.id


async def failed_for_its_input(bench: Bench) -> str:
    async with bench.worker():
        handle = await bench.temporal.start_workflow(
            EDIT_WORKFLOW, {"document": "form.pdf"}, id="no-input", task_queue=bench.settings.task_queue
        )
        await bench.edits.runs.wait(handle.id)
    return handle.id


async def failed_for_its_id(bench: Bench) -> str:
    """The second run of a workflow id."""
    async with bench.worker():
        for _ in range(2):
            handle = await bench.start_bare("used-twice", FORM, INSTRUCTIONS)
            await bench.edits.runs.wait(handle.id)
    return handle.id


async def closed_before_it_began(bench: Bench) -> str:
    """Its record was closed and hidden when the start call was given up; the run was there all the same."""
    edit = await bench.create(FORM, INSTRUCTIONS)
    await bench.edits.catalog.delete_edit(edit.id)
    return await _left_to_a_worker(bench, edit.id)


async def reset_when_completed(bench: Bench) -> str:
    """By an operator, from its first workflow task: it finds its edit done."""
    async with bench.worker():
        edit = await bench.create(FORM, INSTRUCTIONS)
        await bench.edits.wait(edit.id)
        request = ResetWorkflowExecutionRequest(
            namespace=bench.temporal.namespace,
            workflow_execution=WorkflowExecution(workflow_id=edit.id),
            workflow_task_finish_event_id=4,
            request_id=str(uuid4()),
            reason="by an operator",
        )
        await bench.temporal.workflow_service.reset_workflow_execution(request)
        await bench.edits.runs.wait(edit.id)
    return edit.id


async def _left_to_a_worker(bench: Bench, edit_id: str) -> str:
    async with bench.worker():
        await bench.edits.runs.wait(edit_id)
    return edit_id


CASES: dict[str, Case] = {
    case.__name__: case
    for case in (
        finished,
        finished_with_a_model,
        adopted,
        cancelled_before_any_worker_looked,
        cancelled_queued,
        cancelled_in_plan,
        cancelled_after_plan,
        cancelled_in_fill,
        cancelled_just_before_the_commit,
        cancelled_just_after_the_commit,
        cancelled_after_the_fill,
        cancelled_while_a_failure_is_written,
        failed_for_its_document,
        failed_for_its_instructions,
        failed_for_its_input,
        failed_for_its_id,
        closed_before_it_began,
        reset_when_completed,
    )
}

"""Cancel against completion: one commit point decides, and record, run and stored bytes agree with it."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import WorkflowExecutionStatus

from durable_edits.contracts import Status
from durable_edits.errors import NotFound
from tests.forms import many_fields_form, many_values
from tests.workflow.bench import COMPLETED, HEARTBEAT, Bench, Gate


async def test_a_cancel_before_any_worker_looked_is_final(bench: Bench) -> None:
    edit = await bench.create()

    cancelled = await bench.edits.cancel(edit.id)
    async with bench.worker():
        status = await bench.temporal_status(edit.id)

    assert cancelled.status is Status.CANCELLED
    assert status is WorkflowExecutionStatus.CANCELED
    assert (await bench.edits.get(edit.id)) == cancelled
    assert await bench.stored(edit.id) == []


async def test_a_cancel_before_the_first_step_of_an_edit_from_temporal_alone_is_on_record(bench: Bench) -> None:
    handle = await bench.start_bare(f"bare-{bench.settings.task_queue}")
    async with bench.workflow_worker():
        await bench.asked_for(handle.id, "plan_edit")
        await handle.cancel()
        await bench.asked_for(handle.id, "close_edit")  # so nobody takes the plan up any more
    async with bench.worker():
        await bench.edits.runs.wait(handle.id)

    record = await bench.catalog.edit(handle.id)
    assert record is not None
    assert record.outcome is not None
    assert record.outcome.status is Status.CANCELLED


async def test_a_cancel_while_the_document_is_worked_on_kills_the_work(working: Bench) -> None:
    edit = await working.create(many_fields_form(2_000), many_values(2_000))
    while (await working.edits.get(edit.id)).status is not Status.IN_PROGRESS:
        await asyncio.sleep(0.02)

    cancelled = await working.edits.cancel(edit.id)

    assert cancelled.status is Status.CANCELLED
    assert await working.temporal_status(edit.id) is WorkflowExecutionStatus.CANCELED
    assert await working.stored(edit.id) == []


async def test_a_cancel_that_commits_just_before_the_fill_wins(working: Bench) -> None:
    gate = working.catalog.before[Status.COMPLETED] = Gate()
    edit = await working.create()
    await gate.reached.wait()

    cancelled = await working.edits.cancel(edit.id)
    gate.open()

    assert cancelled.status is Status.CANCELLED
    assert await working.temporal_status(edit.id) is WorkflowExecutionStatus.CANCELED
    assert (await working.edits.get(edit.id)) == cancelled
    assert await working.stored(edit.id) == []


async def test_a_cancel_just_after_the_commit_returns_the_completed_edit(working: Bench) -> None:
    gate = working.catalog.after[Status.COMPLETED] = Gate()
    edit = await working.create()
    await gate.reached.wait()

    answer = await working.edits.cancel(edit.id)
    gate.open()

    assert answer.status is Status.COMPLETED
    assert await working.temporal_status(edit.id) is WorkflowExecutionStatus.COMPLETED
    assert (await working.edits.get(edit.id)) == answer
    assert await working.edits.output(answer) is not None


async def test_a_cancel_from_the_temporal_ui_just_after_the_commit_leaves_the_edit_completed(working: Bench) -> None:
    gate = working.catalog.after[Status.COMPLETED] = Gate()
    edit = await working.create()
    await gate.reached.wait()

    await working.run(edit.id).cancel()
    await asyncio.sleep(HEARTBEAT)
    gate.open()

    assert await working.temporal_status(edit.id) is WorkflowExecutionStatus.COMPLETED
    assert (await working.edits.get(edit.id)).status is Status.COMPLETED


async def test_no_run_is_closed_while_its_step_may_still_write(working: Bench) -> None:
    gate = working.catalog.before[Status.COMPLETED] = Gate()
    edit = await working.create()
    await gate.reached.wait()

    await working.run(edit.id).cancel()
    await asyncio.sleep(2 * HEARTBEAT)
    during = (await working.run(edit.id).describe()).status
    gate.open()

    assert during is WorkflowExecutionStatus.RUNNING
    assert await working.end(edit.id) == COMPLETED


async def test_concurrent_cancels_agree(working: Bench) -> None:
    edit = await working.create(many_fields_form(1_500), many_values(1_500))

    answers = await asyncio.gather(*(working.edits.cancel(edit.id) for _ in range(8)))

    assert {answer.status for answer in answers} == {(await working.edits.get(edit.id)).status}


async def test_a_second_cancel_returns_the_first_answer(bench: Bench) -> None:
    edit = await bench.create()

    first = await bench.edits.cancel(edit.id)
    assert await bench.edits.cancel(edit.id) == first


async def test_cancel_of_a_finished_edit_sends_nothing_to_temporal(working: Bench) -> None:
    """A closed run takes no notice of a cancel; an open one of the same id would show that one was sent."""
    edit = await working.create()
    finished = await working.edits.wait(edit.id)
    namesake = await working.temporal.start_workflow("EditWorkflow", {}, id=edit.id, task_queue="nobody")

    assert await working.edits.cancel(edit.id) == finished
    assert (await namesake.describe()).history_length == 2


@pytest.mark.parametrize("moment", ["before the plan", "while the plan is stored", "before the commit"])
async def test_deleting_an_edit_in_flight_stops_it_and_leaves_nothing(working: Bench, moment: str) -> None:
    gate = Gate()
    match moment:
        case "before the plan":
            working.catalog.after_begin = gate
        case "while the plan is stored":
            working.catalog.before_read = gate
        case _:
            working.catalog.before[Status.COMPLETED] = gate
    edit = await working.create()
    await gate.reached.wait()

    await working.edits.delete(edit.id)
    gate.open()

    assert await working.temporal_status(edit.id) is WorkflowExecutionStatus.CANCELED
    assert await working.stored(edit.id) == []
    with pytest.raises(NotFound):
        await working.edits.get(edit.id)

"""What an operator does to a run from outside: terminate it, reset it, delete its history."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import WorkflowExecutionStatus

from durable_edits.contracts import Status
from tests.temporal_cli import TemporalCli
from tests.workflow.bench import CANCELLED, COMPLETED, FAILED, HEARTBEAT, Bench, End, Gate

TERMINATED = End(Status.FAILED, WorkflowExecutionStatus.TERMINATED, kept=False)

FROM_THE_START = ("--type", "FirstWorkflowTask")
FROM_THE_FILL = ("--event-id", "10")  # the workflow task that asked for it; the first asked for the plan
FROM_THE_END = ("--type", "LastWorkflowTask")


async def reset(cli: TemporalCli, edit_id: str, *to: str) -> None:
    await asyncio.to_thread(cli.workflow, "reset", "--workflow-id", edit_id, "--reason", "by an operator", *to)


async def test_a_termination_during_the_fill_leaves_nothing_behind(working: Bench) -> None:
    gate = working.catalog.before[Status.COMPLETED] = Gate()
    edit = await working.create()
    await gate.reached.wait()

    await working.run(edit.id).terminate("by an operator")
    ended = await working.edits.get(edit.id)
    gate.open()
    await asyncio.sleep(HEARTBEAT)  # for the step that nobody waits for any more

    assert await working.end(edit.id) == TERMINATED
    assert await working.edits.get(edit.id) == ended


async def test_a_fill_that_ends_after_its_run_was_terminated_commits_nothing(working: Bench) -> None:
    """Nobody has read the edit since: its record is still open when the worker comes to the commit."""
    planning = working.catalog.before_read = Gate()
    edit = await working.create()
    await planning.reached.wait()
    gate = working.catalog.before_read = Gate()
    planning.open()
    await gate.reached.wait()
    await asyncio.sleep(HEARTBEAT)

    await working.run(edit.id).terminate("by an operator")
    gate.open()
    await asyncio.sleep(HEARTBEAT)

    assert await working.end(edit.id) == TERMINATED


async def test_a_cancel_of_a_terminated_run_answers_what_became_of_it(bench: Bench) -> None:
    edit = await bench.create()
    await bench.run(edit.id).terminate("by an operator")

    answer = await bench.edits.cancel(edit.id)

    assert answer.outcome is not None
    assert answer.outcome.problem is not None
    assert (answer.status, answer.outcome.problem.code) == (Status.FAILED, "terminated")


async def test_a_termination_while_a_cancel_waits_for_a_worker_is_the_answer(bench: Bench) -> None:
    edit = await bench.create()
    cancelling = asyncio.create_task(bench.edits.cancel(edit.id))
    await asyncio.sleep(HEARTBEAT)

    await bench.run(edit.id).terminate("by an operator")

    assert (await cancelling).status is Status.FAILED
    assert await bench.end(edit.id) == TERMINATED


async def test_a_run_whose_history_is_gone_reads_as_failed_with_its_own_code(working: Bench, cli: TemporalCli) -> None:
    gate = working.catalog.after_begin = Gate()
    edit = await working.create()
    await gate.reached.wait()

    await asyncio.to_thread(cli.workflow, "delete", "--workflow-id", edit.id)
    while (ended := await working.edits.get(edit.id)).outcome is None:
        await asyncio.sleep(0.05)
    gate.open()

    assert ended.outcome is not None
    assert ended.outcome.problem is not None
    assert (ended.status, ended.outcome.problem.code) == (Status.FAILED, "run_lost")


async def test_a_workflow_id_that_is_used_again_does_not_reopen_a_lost_edit(working: Bench) -> None:
    gate = working.catalog.after_begin = Gate()
    first = await working.start_bare(f"again-{working.settings.task_queue}")
    await gate.reached.wait()
    await first.terminate("by an operator")
    await working.temporal.start_workflow("EditWorkflow", {}, id=first.id, task_queue="nobody")

    ended = await working.edits.get(first.id)
    gate.open()

    assert ended.outcome is not None
    assert ended.outcome.problem is not None
    assert (ended.status, ended.outcome.problem.code) == (Status.FAILED, "run_lost")


@pytest.mark.parametrize("to", [FROM_THE_START, FROM_THE_FILL, FROM_THE_END], ids=["start", "fill", "end"])
async def test_a_reset_of_a_completed_edit_does_no_work_twice(
    working: Bench, cli: TemporalCli, to: tuple[str, str]
) -> None:
    """Each step finds the edit done: there is no plan any more that a fill could be made from."""
    edit = await working.create()
    finished = await working.edits.wait(edit.id)
    first_run = (await working.run(edit.id).describe()).run_id
    [plan] = (working.settings.home / "blobs").glob("edits/*/plan-*")
    plan.unlink()

    await reset(cli, edit.id, *to)

    assert await working.end(edit.id) == COMPLETED
    assert await working.steps_of(edit.id) == ["plan_edit", "fill_document"][: 1 if to is FROM_THE_START else 2]
    assert await working.edits.get(edit.id) == finished
    assert (await working.run(edit.id).describe()).run_id != first_run


@pytest.mark.parametrize("to", [FROM_THE_START, FROM_THE_END], ids=["start", "end"])
async def test_a_reset_of_a_failed_edit_fails_again_the_same_way(
    working: Bench, cli: TemporalCli, to: tuple[str, str]
) -> None:
    edit = await working.create(b"%PDF-1.7 no objects")
    ended = await working.edits.wait(edit.id)

    await reset(cli, edit.id, *to)

    assert await working.end(edit.id) == FAILED
    assert await working.edits.get(edit.id) == ended


async def test_a_reset_of_an_edit_in_flight_goes_on_with_the_same_edit(working: Bench, cli: TemporalCli) -> None:
    gate = working.catalog.before[Status.COMPLETED] = Gate()
    edit = await working.create()
    await gate.reached.wait()
    waiting = asyncio.create_task(working.edits.wait(edit.id))

    await reset(cli, edit.id, *FROM_THE_START)
    await asyncio.sleep(HEARTBEAT)
    assert not waiting.done()
    gate.open()

    assert await working.end(edit.id) == COMPLETED
    assert await waiting == await working.edits.get(edit.id)


async def test_a_reset_does_not_bring_a_cancelled_edit_back(working: Bench, cli: TemporalCli) -> None:
    gate = working.catalog.after_begin = Gate()
    edit = await working.create()
    await gate.reached.wait()
    answer = await working.edits.cancel(edit.id)
    gate.open()
    await working.temporal_status(edit.id)

    await reset(cli, edit.id, *FROM_THE_START)

    assert await working.end(edit.id) == CANCELLED
    assert await working.edits.get(edit.id) == answer

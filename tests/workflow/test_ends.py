"""However a run ends, the record and Temporal say the same, with a code of its own."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.common import RawValue

from durable_edits.contracts import EDIT_WORKFLOW, Status
from durable_edits.errors import NotFound
from durable_edits.storage.document_urls import encode_data_url
from tests.forms import every_kind, text_form
from tests.workflow.bench import Bench


async def test_a_good_edit_has_a_short_and_small_history(working: Bench) -> None:
    form = text_form(["name"], pages=200)
    edit = await working.create(form, "name: " + "long " * 10_000)
    await working.edits.wait(edit.id)

    description = await working.run(edit.id).describe()
    assert description.status is WorkflowExecutionStatus.COMPLETED
    assert description.history_length < 20
    assert description.raw_description.workflow_execution_info.history_size_bytes < 10_000


async def test_a_failed_edit_is_failed_in_temporal_with_the_same_code(working: Bench) -> None:
    edit = await working.create(b"%PDF-1.7 no objects")

    ended = await working.edits.wait(edit.id)
    with pytest.raises(WorkflowFailureError) as failure:
        await working.run(edit.id).result()

    assert ended.outcome is not None
    assert ended.outcome.problem is not None
    assert (ended.status, ended.outcome.problem.code) == (Status.FAILED, "invalid_document")
    assert getattr(failure.value.cause, "type", None) == "invalid_document"


async def test_a_terminated_run_reads_as_failed_with_its_own_code(bench: Bench) -> None:
    edit = await bench.create()
    await bench.run(edit.id).terminate("by an operator")

    ended = await bench.edits.get(edit.id)
    assert ended.outcome is not None
    assert ended.outcome.problem is not None
    assert (ended.status, ended.outcome.problem.code) == (Status.FAILED, "terminated")


async def test_a_worker_that_comes_after_a_termination_writes_nothing(bench: Bench) -> None:
    edit = await bench.create()
    await bench.run(edit.id).terminate("by an operator")
    ended = await bench.edits.get(edit.id)

    async with bench.worker():
        await asyncio.sleep(1)
    assert await bench.edits.get(edit.id) == ended
    assert await bench.stored(edit.id) == []


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {},
        "text",
        {"document": "form.pdf", "instructions": "x"},
        {"document": {"filename": "a", "url": "b"}, "instructions": 5},
        {"document": {"filename": "a", "url": "b"}, "instructions": "x", "color": "red"},
    ],
)
async def test_an_input_that_does_not_fit_fails_the_run_at_once(working: Bench, wrong: object) -> None:
    handle = await working.temporal.start_workflow(
        EDIT_WORKFLOW, wrong, id=f"wrong-{working.settings.task_queue}", task_queue=working.settings.task_queue
    )

    with pytest.raises(WorkflowFailureError) as failure:
        await asyncio.wait_for(handle.result(), 10)
    assert getattr(failure.value.cause, "type", None) == "invalid_request"


async def test_two_inputs_fail_the_run_at_once(working: Bench) -> None:
    queue = working.settings.task_queue
    handle = await working.temporal.start_workflow(EDIT_WORKFLOW, args=[{}, {}], id=f"two-{queue}", task_queue=queue)

    with pytest.raises(WorkflowFailureError) as failure:
        await asyncio.wait_for(handle.result(), 10)
    assert getattr(failure.value.cause, "type", None) == "invalid_request"


@pytest.mark.parametrize(
    "payload",
    [
        Payload(metadata={"encoding": b"binary/of-another-service"}, data=b"x"),
        Payload(metadata={"encoding": b"json/plain"}, data=b"{"),
        Payload(data=b"{}"),
    ],
    ids=["encoding", "json", "no-encoding"],
)
async def test_an_input_that_cannot_be_decoded_fails_the_run_at_once_and_is_no_edit(
    working: Bench, payload: Payload
) -> None:
    queue = working.settings.task_queue
    handle = await working.temporal.start_workflow(
        EDIT_WORKFLOW, RawValue(payload), id=f"odd-{queue}", task_queue=queue
    )

    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(handle.result(), 10)
    with pytest.raises(NotFound):
        await working.edits.get(handle.id)


async def test_an_input_just_under_temporals_limit_fails_with_a_reason(working: Bench) -> None:
    queue = working.settings.task_queue
    document = {"filename": "form.pdf", "url": "data:application/pdf;base64," + "A" * 2_096_900}
    handle = await working.temporal.start_workflow(
        EDIT_WORKFLOW, {"document": document, "instructions": "name: Ada"}, id=f"large-{queue}", task_queue=queue
    )

    with pytest.raises(WorkflowFailureError) as failure:
        await asyncio.wait_for(handle.result(), 20)
    assert getattr(failure.value.cause, "type", None) == "document_too_large"


async def test_a_workflow_id_that_is_used_again_does_not_touch_the_first_edit(working: Bench) -> None:
    document = {"filename": "form.pdf", "url": encode_data_url("application/pdf", text_form(["name"]))}
    name = f"again-{working.settings.task_queue}"
    first = await working.temporal.start_workflow(
        EDIT_WORKFLOW,
        {"document": document, "instructions": "name: Ada"},
        id=name,
        task_queue=working.settings.task_queue,
    )
    await first.result()
    finished = await working.edits.get(name)

    second = await working.temporal.start_workflow(
        EDIT_WORKFLOW,
        {"document": document, "instructions": "name: Bo"},
        id=name,
        task_queue=working.settings.task_queue,
    )
    with pytest.raises(WorkflowFailureError) as failure:
        await second.result()

    assert getattr(failure.value.cause, "type", None) == "edit_id_taken"
    assert await working.edits.get(name) == finished


async def test_a_plan_and_a_fill_are_the_only_steps_of_a_good_edit(working: Bench) -> None:
    edit = await working.create(every_kind(), "Full name: Ada")
    await working.edits.wait(edit.id)

    assert await working.steps_of(edit.id) == ["plan_edit", "fill_document"]

"""close_edit: an edit that did not end well ends all the same, once, and nothing of it stays."""

from __future__ import annotations

import itertools

import pytest
from temporalio.exceptions import ApplicationError

from durable_edits.contracts import Outcome, Problem, Status
from tests.activities.bench import CREATED, FORM, Bench

ENDS = [Status.CANCELLED, Status.FAILED]
PROBLEM = Problem(code="invalid_document", message="The document is not a PDF; send a PDF form.", details={"n": 1})


@pytest.mark.parametrize(("status", "problem"), [(Status.CANCELLED, None), (Status.FAILED, PROBLEM)])
async def test_an_open_edit_is_closed_as_asked_and_its_plan_removed(
    bench: Bench, status: Status, problem: Problem | None
) -> None:
    planned = await bench.plan()

    outcome = await bench.close(bench.closing(status, problem))

    assert outcome == Outcome(edit_id=bench.edit_id, status=status, problem=problem)
    assert (await bench.record()).outcome == outcome
    assert await bench.stored() == []
    assert planned.document is not None
    assert await bench.blobs.get(planned.document) == FORM  # a file of its own, which the record still names


@pytest.mark.parametrize(("first", "then"), list(itertools.product(ENDS, repeat=2)), ids=lambda status: status.value)
async def test_a_close_never_changes_an_outcome(bench: Bench, first: Status, then: Status) -> None:
    await bench.plan()
    closed = await bench.close(bench.closing(first, PROBLEM if first is Status.FAILED else None))
    record = await bench.record()

    assert await bench.close(bench.closing(then, Problem(code="other", message="another problem"))) == closed
    assert await bench.record() == record


@pytest.mark.parametrize("status", ENDS)
async def test_a_close_of_a_completed_edit_takes_nothing_away(bench: Bench, status: Status) -> None:
    completed = await bench.fill(bench.filling(await bench.plan()))
    record, keys = await bench.record(), await bench.blobs.keys()

    assert await bench.close(bench.closing(status)) == completed
    assert await bench.record() == record
    assert sorted(await bench.blobs.keys()) == sorted(keys)
    assert completed.filled_id is not None
    assert await bench.catalog.file(completed.filled_id, "default") is not None


async def test_an_edit_whose_plan_never_ran_gets_a_record_that_says_how_it_ended(bench: Bench) -> None:
    outcome = await bench.close(bench.closing(Status.CANCELLED))

    record = await bench.record()
    assert record.outcome == outcome == Outcome(edit_id=bench.edit_id, status=Status.CANCELLED)
    assert (record.created_at, record.filename, record.organization) == (CREATED, "form.pdf", "default")
    assert record.started_at is None


@pytest.mark.parametrize("ended", [False, True], ids=["open", "completed"])
async def test_a_close_by_another_run_does_not_touch_the_edit(bench: Bench, ended: bool) -> None:
    planned = await bench.plan()
    if ended:
        await bench.fill(bench.filling(planned))
    record, keys = await bench.record(), await bench.blobs.keys()

    outcome = await bench.close(bench.closing(Status.CANCELLED, run="run-2"))

    assert outcome.status is Status.FAILED
    assert outcome.problem is not None
    assert outcome.problem.code == "edit_id_taken"
    assert "start this one under another workflow id" in outcome.problem.message
    assert await bench.record() == record
    assert sorted(await bench.blobs.keys()) == sorted(keys)


@pytest.mark.parametrize("ended", [False, True], ids=["open", "completed"])
async def test_a_close_of_a_deleted_edit_brings_nothing_back(bench: Bench, ended: bool) -> None:
    planned = await bench.plan()
    if ended:
        await bench.fill(bench.filling(planned))
    await bench.delete()
    record = await bench.record()

    await bench.close(bench.closing(Status.FAILED, PROBLEM))

    assert await bench.record() == record
    assert await bench.stored() == []


async def test_a_close_that_could_not_remove_does_so_on_the_next_try(bench: Bench) -> None:
    await bench.plan()
    bench.lose_blobs()
    with pytest.raises(ApplicationError) as caught:
        await bench.close(bench.closing(Status.CANCELLED))
    assert caught.value.type == "blobs_unavailable"
    assert not caught.value.non_retryable

    bench.find_blobs()

    assert (await bench.close(bench.closing(Status.CANCELLED))).status is Status.CANCELLED
    assert await bench.stored() == []


async def test_a_close_that_could_not_commit_removes_nothing(bench: Bench) -> None:
    """Not before the record says so: the edit may have been completed meanwhile."""
    await bench.plan()
    await bench.lose_catalog()
    with pytest.raises(ApplicationError) as caught:
        await bench.close(bench.closing(Status.CANCELLED))
    assert caught.value.type == "catalog_unavailable"

    assert await bench.stored() == ["plan"]

"""fill_document: the filled document stored and committed together, once, or not at all."""

from __future__ import annotations

import asyncio
import time

import pytest
from temporalio.exceptions import ApplicationError

from durable_edits.contracts import FillJob, Outcome, Status
from durable_edits.form import FieldStatus, Filled
from durable_edits.pdf import read_form
from durable_edits.storage.blobs import edit_folder
from tests.activities.bench import FORM, LONG_FORM, LONG_VALUES, Bench, begun
from tests.activities.waiting import gone
from tests.forms import text_form
from tests.pdf_view import page_image
from tests.workflow.bench import Gate

ALL = ["filled", "plan", "result"]


async def planned(bench: Bench) -> FillJob:
    return bench.filling(await bench.plan())


async def test_a_fill_stores_the_filled_form_its_report_and_its_price(bench: Bench) -> None:
    job = bench.filling(await bench.plan(bench.planning(text_form(["name"], pages=3), "name: Ada\nplanet: Mars")))

    outcome = await bench.fill(job)

    assert outcome.status is Status.COMPLETED
    assert outcome.filled is not None
    assert outcome.result is not None
    result = Filled.model_validate_json(await bench.blobs.get(outcome.result))
    held = read_form(await bench.blobs.get(outcome.filled))
    assert [field.value for field in held.fields] == ["Ada"] == [field.value for field in result.form.fields]
    assert [(entry.key, entry.status) for entry in result.report] == [("name", FieldStatus.FILLED)]
    assert [unused.label for unused in result.unused] == ["planet"]
    assert outcome.credits == 9.0


async def test_a_fill_makes_the_filled_document_a_file_of_the_organization(bench: Bench) -> None:
    outcome = await bench.fill(await planned(bench))

    assert outcome.filled_id is not None
    file = await bench.catalog.file(outcome.filled_id, "default")
    assert file is not None
    assert (file.filename, file.blob) == ("form_filled.pdf", outcome.filled)


async def test_a_fill_writes_in_the_colour_asked_for(bench: Bench) -> None:
    outcome = await bench.fill(bench.filling(await bench.plan(), color="#ff0000"))

    assert outcome.filled is not None
    seen = page_image(await bench.blobs.get(outcome.filled)).getcolors(1 << 24) or []
    assert (255, 0, 0) in {color for _, color in seen}


async def test_the_outcome_of_a_fill_is_the_records(bench: Bench) -> None:
    outcome = await bench.fill(await planned(bench))

    assert (await bench.record()).outcome == outcome


async def test_a_fill_done_twice_is_one_output_and_one_outcome(bench: Bench) -> None:
    job = await planned(bench)
    first = await bench.fill(job)
    keys = await bench.blobs.keys()

    assert await bench.fill(job) == first
    assert await bench.blobs.keys() == keys


async def test_two_fills_at_once_are_one_output_and_one_outcome(bench: Bench) -> None:
    """A worker lost its connection, worked on, and another one was given the step."""
    job = await planned(bench)
    gate = bench.catalog.before[Status.COMPLETED] = Gate()
    both = asyncio.gather(bench.fill(job), bench.fill(job))
    await gate.reached.wait()
    gate.open()

    first, second = await both
    assert first == second
    assert await bench.stored() == ALL


async def test_of_two_different_fills_the_later_takes_its_own_output_away(bench: Bench) -> None:
    job = await planned(bench)
    gate = bench.catalog.before[Status.COMPLETED] = Gate()
    late = begun(bench.fill(job.model_copy(update={"color": "#ff0000"})))
    await gate.reached.wait()
    bench.catalog.before.clear()

    first = await bench.fill(job)
    gate.open()

    assert await late == first
    assert await bench.stored() == ALL
    assert first.filled is not None
    assert (await bench.blobs.get(first.filled)).startswith(FORM)


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.FAILED])
async def test_a_fill_of_a_closed_edit_is_its_outcome_without_any_work(bench: Bench, status: Status) -> None:
    job = await planned(bench)
    closed = await bench.close(bench.closing(status))  # its plan is gone: any work would fail

    assert await bench.fill(job) == closed
    assert await bench.stored() == []


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.FAILED])
async def test_a_fill_that_comes_after_its_edit_was_closed_removes_what_it_stored(bench: Bench, status: Status) -> None:
    gate = bench.catalog.before[Status.COMPLETED] = Gate()
    filling = begun(bench.fill(await planned(bench)))
    await gate.reached.wait()

    closed = await bench.close(bench.closing(status))
    gate.open()

    assert await filling == closed
    assert (await bench.record()).outcome == closed
    assert await bench.stored() == []


@pytest.mark.parametrize("place", ["filled.pdf", "result.json"])
async def test_a_worker_frozen_while_it_stored_leaves_nothing_of_a_cancelled_edit(bench: Bench, place: str) -> None:
    gate = bench.blobs.before[place] = Gate()
    filling = begun(bench.fill(await planned(bench)))
    await gate.reached.wait()

    closed = await bench.close(bench.closing(Status.CANCELLED))
    gate.open()

    assert await filling == closed
    assert await bench.stored() == []


async def test_a_deleted_edit_leaves_nothing_behind(bench: Bench) -> None:
    job = await planned(bench)
    gate = bench.catalog.before[Status.COMPLETED] = Gate()
    filling = begun(bench.fill(job))
    await gate.reached.wait()

    await bench.delete()
    gate.open()
    outcome = await filling

    assert outcome == Outcome(edit_id=bench.edit_id, status=Status.CANCELLED)
    assert (await bench.plan()).outcome == await bench.fill(job) == outcome
    assert await bench.close(bench.closing(Status.CANCELLED)) == outcome
    assert await bench.stored() == []
    assert (await bench.record()).deleted


async def test_an_edit_deleted_after_its_end_stays_deleted_when_steps_run_again(bench: Bench) -> None:
    job = await planned(bench)
    done = await bench.fill(job)

    await bench.delete()
    again = await bench.fill(job)
    await bench.plan()
    await bench.close(bench.closing(Status.FAILED))

    assert (again.status, again.filled, again.result) == (Status.COMPLETED, None, None)
    assert await bench.stored() == []
    assert done.filled_id is not None
    assert await bench.catalog.file(done.filled_id, "default") is None


# Cancels


async def test_a_cancel_ends_the_child_and_stores_nothing(bench: Bench) -> None:
    job = bench.filling(await bench.plan(bench.planning(LONG_FORM, LONG_VALUES)))
    child, env = await bench.child(), bench.attempt(1)
    filling = begun(bench.fill(job, env))
    await child.at_work()

    began = time.monotonic()
    env.cancel()
    await asyncio.wait({filling})
    took = time.monotonic() - began

    assert filling.cancelled()
    assert gone(child.pid)
    assert took < 0.5
    assert await bench.stored() == ["plan"]
    assert (await bench.record()).outcome is None


@pytest.mark.parametrize("place", ["filled.pdf", "result.json", "before the commit", "after the commit"])
async def test_a_cancel_in_the_middle_of_storing_does_not_tear_it(bench: Bench, place: str) -> None:
    gate, env = Gate(), bench.attempt(1)
    job = await planned(bench)
    gates = {"before the commit": bench.catalog.before, "after the commit": bench.catalog.after}
    if place in gates:
        gates[place][Status.COMPLETED] = gate
    else:
        bench.blobs.before[place] = gate
    filling = begun(bench.fill(job, env))
    await gate.reached.wait()

    env.cancel()
    for _ in range(3):
        filling.cancel()  # a worker that shuts down meanwhile
        await asyncio.sleep(0.02)
    gate.open()
    await asyncio.wait({filling})
    await asyncio.sleep(0.1)

    outcome = (await bench.record()).outcome
    assert outcome is not None
    assert outcome.status is Status.COMPLETED
    assert await bench.stored() == ALL


async def test_a_cancel_that_meets_the_commit_is_answered_with_the_outcome(bench: Bench) -> None:
    gate, env = Gate(), bench.attempt(1)
    bench.catalog.after[Status.COMPLETED] = gate
    filling = begun(bench.fill(await planned(bench), env))
    await gate.reached.wait()

    env.cancel()
    await asyncio.sleep(0.05)
    gate.open()

    assert await filling == (await bench.record()).outcome


async def test_an_outage_in_the_middle_of_storing_is_raised_even_when_a_cancel_came(bench: Bench) -> None:
    gate, env = Gate(), bench.attempt(1)
    job = await planned(bench)
    bench.blobs.before |= {"filled.pdf": gate, "result.json": gate}
    filling = begun(bench.fill(job, env))
    await gate.reached.wait()

    env.cancel()
    await asyncio.sleep(0.05)
    bench.lose_blobs()
    gate.open()

    with pytest.raises(ApplicationError) as caught:
        await filling
    assert caught.value.type == "blobs_unavailable"


# Outages


async def test_a_put_that_outlasts_the_other_leaves_nothing_of_a_failed_edit(bench: Bench) -> None:
    """One of the two objects could not be stored; the other one is still on its way."""
    slow, failing = Gate(), Gate()
    job = await planned(bench)
    bench.blobs.before |= {"filled.pdf": slow, "result.json": failing}
    filling = begun(bench.fill(job))
    await failing.reached.wait()
    bench.lose_blobs()
    failing.open()
    await asyncio.wait({filling}, timeout=0.3)
    bench.find_blobs()

    async def give_up() -> None:
        await asyncio.wait({filling})
        await bench.close(bench.closing(Status.FAILED))

    closing = begun(give_up())
    await asyncio.wait({closing}, timeout=0.3)
    slow.open()
    await closing
    await asyncio.sleep(0.1)

    assert isinstance(filling.exception(), ApplicationError)
    assert await bench.stored() == []


async def test_a_fill_that_could_not_commit_is_completed_by_the_next_try(bench: Bench) -> None:
    gate = bench.catalog.before[Status.COMPLETED] = Gate()
    job = await planned(bench)
    filling = begun(bench.fill(job))
    await gate.reached.wait()
    await bench.lose_catalog()
    gate.open()
    with pytest.raises(ApplicationError) as caught:
        await filling
    assert caught.value.type == "catalog_unavailable"
    assert not caught.value.non_retryable

    await bench.find_catalog()

    assert (await bench.fill(job)).status is Status.COMPLETED
    assert await bench.stored() == ALL


async def test_a_document_that_is_gone_says_to_send_the_edit_again(bench: Bench) -> None:
    job = await planned(bench)
    await bench.blobs.delete(job.document)

    with pytest.raises(ApplicationError, match="gone from the object store; send the edit again") as caught:
        await bench.fill(job)
    assert caught.value.type == "blob_missing"


async def test_a_fill_that_is_tried_again_removes_what_the_first_try_left(bench: Bench) -> None:
    """A worker that is killed between storing and committing leaves a document that nothing names."""
    planned = await bench.plan()
    for left in ("filled.pdf", "result.json", "plan.json"):
        await bench.blobs.put(edit_folder(bench.edit_id), left, b"of a worker that was killed")

    outcome = await bench.fill(bench.filling(planned), bench.attempt(2))

    assert await bench.stored() == ["filled", "plan", "result"]
    assert outcome.filled is not None
    assert planned.plan is not None
    assert await bench.blobs.get(outcome.filled)
    assert await bench.blobs.get(planned.plan)


async def test_a_fill_that_finds_its_edit_completed_removes_what_other_tries_left(bench: Bench) -> None:
    planned = await bench.plan()
    outcome = await bench.fill(bench.filling(planned))
    await bench.blobs.put(edit_folder(bench.edit_id), "filled.pdf", b"of a worker that was killed")

    assert await bench.fill(bench.filling(planned), bench.attempt(3)) == outcome

    assert await bench.stored() == ["filled", "plan", "result"]

"""plan_edit: the document stored, its form read, a value for each field; and the same again, however often it runs."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from durable_edits.contracts import BlobRef, Outcome, SourceDocument, Status
from durable_edits.form import Plan
from durable_edits.storage.document_urls import stored_url
from durable_edits.storage.records import FileRecord, started_record
from tests.activities.bench import CREATED, FORM, LONG_FORM, LONG_VALUES, RUN, Bench, begun
from tests.activities.waiting import gone
from tests.workflow.bench import Gate

REFUSED = SourceDocument(filename="form.pdf", url="https://127.0.0.1/form.pdf")  # would fail if it were opened


async def plan_of(bench: Bench, ref: BlobRef | None) -> Plan:
    assert ref is not None
    return Plan.model_validate_json(await bench.blobs.get(ref))


async def test_a_plan_holds_a_value_for_each_field_named_and_what_was_left_over(bench: Bench) -> None:
    planned = await bench.plan(bench.planning(instructions="name: Ada\nplanet: Mars"))

    plan = await plan_of(bench, planned.plan)
    assert plan.values == {"name": "Ada"}
    assert [(each.label, each.value) for each in plan.unused] == [("planet", "Mars")]
    assert (planned.pages, planned.values, planned.outcome) == (1, 1, None)


async def test_the_document_is_kept_as_the_file_the_record_names(bench: Bench) -> None:
    planned = await bench.plan()

    record = await bench.record()
    file = await bench.catalog.file(record.file_id, record.organization)
    assert file is not None
    assert planned.document == file.blob
    assert await bench.blobs.get(file.blob) == FORM
    assert (file.filename, file.mime_type) == ("form.pdf", "application/pdf")


async def test_an_edit_started_straight_through_temporal_gets_its_record(bench: Bench) -> None:
    await bench.plan()

    record = await bench.record()
    assert (record.created_at, record.run_id, record.filename) == (CREATED, RUN, "form.pdf")
    assert record.instructions == "name: Ada"
    assert record.started_at is not None
    assert record.outcome is None


async def test_the_records_instructions_count_where_the_input_has_none(bench: Bench) -> None:
    job = bench.planning(instructions=None)
    record = replace(started_record(bench.edit_id, job.edit, CREATED), instructions="city: Łódź")
    await bench.catalog.create_edit(record, None)

    planned = await bench.plan(job)
    assert (await plan_of(bench, planned.plan)).values == {"city": "Łódź"}


async def test_a_stored_document_is_read_where_it_lies(bench: Bench) -> None:
    blob = await bench.blobs.put("files/upload", "document.bin", FORM)
    file = FileRecord("file_upload", "default", "form.pdf", "application/pdf", blob, CREATED)
    await bench.catalog.store_file(file)
    url = stored_url("default", file.id, file.filename)

    planned = await bench.plan(bench.planning(SourceDocument(filename="form.pdf", url=url)))

    assert planned.document == blob
    assert (await bench.record()).file_id == file.id
    assert len(await bench.blobs.keys("files")) == 1


async def test_a_plan_made_twice_is_the_same_plan_once(bench: Bench) -> None:
    first = await bench.plan()
    record, keys = await bench.record(), await bench.blobs.keys()

    assert await bench.plan() == first
    assert await bench.record() == record
    assert sorted(await bench.blobs.keys()) == sorted(keys)


async def test_plans_made_at_once_are_the_same_plan(bench: Bench) -> None:
    gate = bench.blobs.before["plan.json"] = Gate()
    both = asyncio.gather(bench.plan(), bench.plan())
    await gate.reached.wait()
    gate.open()

    first, second = await both
    assert first == second
    assert await bench.stored() == ["plan"]


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.FAILED, Status.COMPLETED])
async def test_the_plan_of_a_closed_edit_is_its_outcome_without_any_work(bench: Bench, status: Status) -> None:
    job = bench.planning(REFUSED)
    await bench.catalog.adopt_edit(started_record(bench.edit_id, job.edit, CREATED))
    outcome = await bench.catalog.close_edit(Outcome(edit_id=bench.edit_id, status=status))

    planned = await bench.plan(job)

    assert planned.outcome == outcome
    assert (planned.document, planned.plan) == (None, None)
    assert await bench.blobs.keys() == []


async def test_the_plan_of_another_runs_edit_is_refused_and_changes_nothing(bench: Bench) -> None:
    await bench.plan()
    record, keys = await bench.record(), await bench.blobs.keys()

    with pytest.raises(ApplicationError, match="belongs to an earlier edit; start this one under another") as caught:
        await bench.plan(bench.planning(instructions="name: Bo", run="run-2"))

    assert caught.value.type == "edit_id_taken"
    assert caught.value.non_retryable
    assert caught.value.category is ApplicationErrorCategory.BENIGN
    assert await bench.record() == record
    assert await bench.blobs.keys() == keys


async def test_another_run_learns_nothing_of_a_closed_edit(bench: Bench) -> None:
    await bench.fill(bench.filling(await bench.plan()))

    with pytest.raises(ApplicationError) as caught:
        await bench.plan(bench.planning(run="run-2"))
    assert caught.value.type == "edit_id_taken"


async def test_any_workflow_id_will_do_for_an_edit(bench: Bench) -> None:
    bench.edit_id = "../Zoë's form /etc\n" + "x" * 900

    planned = await bench.plan()

    assert planned.plan is not None
    assert planned.plan.key.startswith("edits/x")
    assert (await bench.record()).id == bench.edit_id


# Cancels, and workers that were away


async def test_a_cancel_ends_the_child_and_leaves_no_plan(bench: Bench) -> None:
    child, env = await bench.child(), bench.attempt(1)
    planning = begun(bench.plan(bench.planning(LONG_FORM, LONG_VALUES), env))
    await child.at_work()

    began = time.monotonic()
    env.cancel()
    await asyncio.wait({planning})
    took = time.monotonic() - began

    assert planning.cancelled()
    assert gone(child.pid)
    assert took < 0.5
    assert await bench.stored() == []


async def test_a_cancel_while_the_plan_is_stored_does_not_tear_it(bench: Bench) -> None:
    gate, env = Gate(), bench.attempt(1)
    bench.blobs.before["plan.json"] = gate
    planning = begun(bench.plan(env=env))
    await gate.reached.wait()

    env.cancel()
    await asyncio.sleep(0.05)
    gate.open()

    planned = await planning
    assert (await plan_of(bench, planned.plan)).values == {"name": "Ada"}


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.FAILED])
async def test_a_plan_that_comes_after_its_edit_was_closed_is_removed(bench: Bench, status: Status) -> None:
    gate = bench.blobs.before["plan.json"] = Gate()
    planning = begun(bench.plan())
    await gate.reached.wait()

    await bench.close(bench.closing(status))
    gate.open()
    await planning

    assert await bench.stored() == []


async def test_a_plan_that_comes_after_its_edit_was_deleted_is_removed(bench: Bench) -> None:
    gate = bench.blobs.before["plan.json"] = Gate()
    planning = begun(bench.plan())
    await gate.reached.wait()

    await bench.delete()
    gate.open()
    await planning

    assert await bench.stored() == []


async def test_a_plan_that_comes_after_its_edit_was_completed_takes_nothing_away(bench: Bench) -> None:
    filling = bench.filling(await bench.plan())
    gate = bench.blobs.before["plan.json"] = Gate()
    late = begun(bench.plan())
    await gate.reached.wait()

    await bench.fill(filling)
    gate.open()
    await late

    assert await bench.stored() == ["filled", "plan", "result"]

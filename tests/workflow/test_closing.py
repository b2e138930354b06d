"""Closing an edit that did not end well: tried until it lands, whatever happens to its workers meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from durable_edits.contracts import PLAN_EDIT, CloseJob, EditInput, Status
from tests.workflow.bench import CANCELLED, COMPLETED, FAILED, HEARTBEAT, Bench, Gate, document

DAYS_LATER = 10_000  # attempts, at one every thirty seconds


async def test_an_outage_never_makes_closing_give_up(bench: Bench) -> None:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=DAYS_LATER)
    edit = EditInput(document=document())
    job = CloseJob(edit_id="edt_1", run_id="run", created_at=datetime.now(UTC), edit=edit, status=Status.CANCELLED)
    (bench.settings.home / "catalog.db").unlink()

    with pytest.raises(ApplicationError) as failure:
        await environment.run(bench.steps.close_edit, job)

    assert (failure.value.type, failure.value.non_retryable) == ("catalog_unavailable", False)


async def test_a_run_that_leaves_the_cache_while_it_closes_ends_all_the_same(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    gate = bench.catalog.before[Status.FAILED] = Gate()
    async with bench.step_worker(), bench.workflow_worker(max_cached_workflows=1):
        closing = await bench.create(b"%PDF-1.7 no objects")
        await gate.reached.wait()
        other = await bench.create()
        assert await bench.end(other.id) == COMPLETED
        gate.open()

        assert await bench.end(closing.id) == FAILED
    assert "viction" not in caplog.text


async def test_a_step_whose_result_cannot_be_read_leaves_no_edit_open(bench: Bench) -> None:
    """As after a deploy of a worker that says something the others do not know."""

    @activity.defn(name=PLAN_EDIT)
    async def plan_of_another_release(_job: dict[str, Any]) -> str:
        return "no plan"

    edit = await bench.create()
    newer = Worker(bench.temporal, task_queue=bench.settings.task_queue, activities=[plan_of_another_release])
    async with bench.workflow_worker():
        async with newer:
            await bench.asked_for(edit.id, "close_edit")
        async with bench.step_worker():
            assert await bench.end(edit.id) == FAILED
    ended = await bench.edits.get(edit.id)
    assert ended.outcome is not None
    assert ended.outcome.problem is not None
    assert ended.outcome.problem.code == "internal_error"


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
async def test_a_worker_that_stops_while_it_closes_leaves_the_rest_to_the_next(bench: Bench, status: Status) -> None:
    gate = bench.catalog.before[status] = Gate()
    begun = bench.catalog.after_begin = Gate()
    async with bench.worker():
        edit = await bench.create(b"%PDF-1.7 no objects")
        await begun.reached.wait()
        if status is Status.CANCELLED:
            await bench.run(edit.id).cancel()
            await asyncio.sleep(HEARTBEAT)
        begun.open()
        await gate.reached.wait()
    gate.open()
    async with bench.worker():
        assert await bench.end(edit.id) == (FAILED if status is Status.FAILED else CANCELLED)

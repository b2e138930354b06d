"""A cancel that meets the end of a step: just before it, just after it, or together with a failure.

The run's decisions and its steps have workers of their own here, so that a test can choose what they see together.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest

from durable_edits.contracts import Status
from tests.workflow.bench import CANCEL_ASKED, CANCELLED, COMPLETED, FAILED, HEARTBEAT, STEP_ENDED, Bench, Gate


async def test_a_cancel_after_the_plan_stops_the_fill(bench: Bench) -> None:
    edit = await bench.create()
    async with bench.workflow_worker():
        await bench.asked_for(edit.id, "plan_edit")
    async with bench.step_worker():
        await bench.unseen(edit.id, STEP_ENDED)
        await bench.run(edit.id).cancel()
        await bench.unseen(edit.id, STEP_ENDED, CANCEL_ASKED)
        async with bench.workflow_worker():
            assert await bench.end(edit.id) == CANCELLED
    assert await bench.steps_of(edit.id) == ["plan_edit", "close_edit"]


async def test_a_cancel_while_the_plan_ends_stops_the_fill(bench: Bench) -> None:
    gate = bench.catalog.after_begin = Gate()
    edit = await bench.create()
    async with bench.workflow_worker():
        await bench.asked_for(edit.id, "plan_edit")
    async with bench.step_worker():
        await gate.reached.wait()
        await bench.run(edit.id).cancel()
        gate.open()
        await bench.unseen(edit.id, CANCEL_ASKED, STEP_ENDED)
        async with bench.workflow_worker():
            assert await bench.end(edit.id) == CANCELLED
    assert await bench.steps_of(edit.id) == ["plan_edit", "close_edit"]


async def test_a_cancel_while_the_plan_is_stored_stops_the_fill(bench: Bench) -> None:
    """The step knows of the cancel and ends all the same: storing is not torn."""
    gate = bench.catalog.before_read = Gate()
    async with bench.worker():
        edit = await bench.create()
        await gate.reached.wait()
        await bench.run(edit.id).cancel()
        await asyncio.sleep(HEARTBEAT)
        gate.open()
        assert await bench.end(edit.id) == CANCELLED
    assert await bench.steps_of(edit.id) == ["plan_edit", "close_edit"]


async def test_a_cancel_after_the_fill_comes_too_late(bench: Bench) -> None:
    gate = bench.catalog.before[Status.COMPLETED] = Gate()
    edit = await bench.create()
    async with bench.step_worker():
        async with bench.workflow_worker():
            await gate.reached.wait()
        gate.open()
        await bench.unseen(edit.id, STEP_ENDED)
        await bench.run(edit.id).cancel()
        await bench.unseen(edit.id, STEP_ENDED, CANCEL_ASKED)
        async with bench.workflow_worker():
            assert await bench.end(edit.id) == COMPLETED


async def test_a_cancel_while_the_fill_commits_comes_too_late(bench: Bench) -> None:
    gate = bench.catalog.before[Status.COMPLETED] = Gate()
    edit = await bench.create()
    async with bench.step_worker():
        async with bench.workflow_worker():
            await gate.reached.wait()
        await bench.run(edit.id).cancel()
        gate.open()
        await bench.unseen(edit.id, CANCEL_ASKED, STEP_ENDED)
        async with bench.workflow_worker():
            assert await bench.end(edit.id) == COMPLETED


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_cancel_while_a_failure_is_written_leaves_the_edit_failed(bench: Bench, moment: str) -> None:
    gates = bench.catalog.before if moment == "before" else bench.catalog.after
    gate = gates[Status.FAILED] = Gate()
    async with bench.worker():
        edit = await bench.create(b"%PDF-1.7 no objects")
        await gate.reached.wait()
        await bench.run(edit.id).cancel()
        await asyncio.sleep(HEARTBEAT)
        gate.open()
        assert await bench.end(edit.id) == FAILED


async def test_a_cancel_that_is_answered_while_a_failure_is_written_stays_the_answer(bench: Bench) -> None:
    gate = bench.catalog.before[Status.FAILED] = Gate()
    async with bench.worker():
        edit = await bench.create(b"%PDF-1.7 no objects")
        await gate.reached.wait()
        answer = await bench.edits.cancel(edit.id)
        gate.open()
        assert await bench.end(edit.id) == CANCELLED
    assert await bench.edits.get(edit.id) == answer


async def test_a_cancel_that_keeps_an_outage_from_being_retried_ends_the_edit_as_cancelled(bench: Bench) -> None:
    """Temporal retries no step whose cancel was asked for: the outage is not why the edit ended."""
    gate = bench.catalog.before[Status.COMPLETED] = Gate()
    async with bench.worker():
        edit = await bench.create()
        await gate.reached.wait()
        await bench.run(edit.id).cancel()
        await asyncio.sleep(HEARTBEAT)
        with closing(sqlite3.connect(bench.settings.home / "catalog.db")) as catalog:
            catalog.execute("ALTER TABLE edits RENAME TO away")
            gate.open()
            await asyncio.sleep(1)
            catalog.execute("ALTER TABLE away RENAME TO edits")
        assert await bench.end(edit.id) == CANCELLED

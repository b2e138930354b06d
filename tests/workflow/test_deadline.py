"""EDITS_DEADLINE: an edit ends in time, also where no worker comes, and by the Temporal server's clock alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from durable_edits.contracts import Status
from durable_edits.listing import list_edits
from durable_edits.paging import Cursors
from durable_edits.settling import Edit
from durable_edits.storage.records import EditFilter
from tests.workflow.bench import FAILED, Bench, End, Gate, open_bench

DEADLINE = 1.0  # seconds
PAST = 1.5 * DEADLINE
TIMED_OUT = End(Status.FAILED, WorkflowExecutionStatus.TIMED_OUT, kept=False)


@pytest.fixture
async def hurried(temporal: Client, bench: Bench) -> AsyncIterator[Bench]:
    settings = bench.settings.model_copy(update={"deadline": DEADLINE})
    async with open_bench(temporal, settings) as hurried:
        yield hurried


def code(edit: Edit) -> str | None:
    return edit.outcome.problem.code if edit.outcome is not None and edit.outcome.problem is not None else None


async def test_an_edit_that_no_worker_comes_for_ends_as_deadline_exceeded(hurried: Bench) -> None:
    edit = await hurried.create()

    ended = await asyncio.wait_for(hurried.edits.wait(edit), 10)

    assert (ended.status, code(ended)) == (Status.FAILED, "deadline_exceeded")
    assert await hurried.end(edit.id) == TIMED_OUT


async def test_a_list_shows_an_edit_that_no_worker_came_for_as_failed(hurried: Bench) -> None:
    edit = await hurried.create()
    await asyncio.sleep(PAST)

    page = await list_edits(hurried.edits, EditFilter(organizations=("default",)), Cursors())

    assert [(row.id, row.status, code(row)) for row in page.rows] == [(edit.id, Status.FAILED, "deadline_exceeded")]


async def test_a_worker_that_comes_too_late_does_nothing_more(hurried: Bench) -> None:
    """Started straight through Temporal, the run itself has no limit."""
    handle = await hurried.start_bare(f"late-{hurried.settings.task_queue}")
    await asyncio.sleep(PAST)

    async with hurried.worker():
        assert await hurried.end(handle.id) == FAILED

    assert code(await hurried.edits.get(handle.id)) == "deadline_exceeded"
    assert await hurried.steps_of(handle.id) == ["plan_edit", "close_edit"]


async def test_a_fill_that_is_taken_up_too_late_is_not_done(hurried: Bench) -> None:
    gate = hurried.catalog.after_begin = Gate()
    handle = await hurried.start_bare(f"slow-{hurried.settings.task_queue}")
    async with hurried.worker():
        await gate.reached.wait()
        await asyncio.sleep(PAST)
        gate.open()
        assert await hurried.end(handle.id) == FAILED

    assert code(await hurried.edits.get(handle.id)) == "deadline_exceeded"


async def test_the_clock_of_whoever_wrote_the_record_has_no_say(hurried: Bench) -> None:
    """As a gateway whose clock is a year behind writes it."""
    edit = await hurried.create()
    old = replace(edit.record, id=f"{edit.id}-old", created_at=edit.record.created_at - timedelta(days=365))
    await hurried.catalog.adopt_edit(old)

    await hurried.start_bare(old.id)
    async with hurried.worker():
        assert (await hurried.end(old.id)).record is Status.COMPLETED

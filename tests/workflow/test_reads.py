"""What a caller reads while the record and the run move on between its two looks."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from temporalio.client import WorkflowExecutionStatus

from durable_edits.contracts import Status
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.records import EditRecord
from tests.workflow.bench import STEP_ENDED, Bench, Gate


class HeldReads(Catalog):
    """The real catalog of a reader that can be stopped between reading the record and asking Temporal."""

    after_read: Gate | None = None

    async def edit(self, edit_id: str) -> EditRecord | None:
        record = await super().edit(edit_id)
        if gate := self.after_read:
            self.after_read = None
            await gate.pass_through()
        return record


async def test_a_status_never_goes_backwards_when_a_step_begins_and_ends_between_two_looks(bench: Bench) -> None:
    begin = bench.catalog.before_begin = Gate()
    slow = HeldReads(bench.settings.catalog)
    reader = replace(bench.edits, catalog=slow)
    edit = await bench.create()
    async with bench.step_worker():
        async with bench.workflow_worker():
            await begin.reached.wait()
        seen = [(await reader.get(edit.id)).status]

        look = slow.after_read = Gate()
        second = asyncio.create_task(reader.get(edit.id))
        await look.reached.wait()
        begin.open()
        await bench.unseen(edit.id, STEP_ENDED)
        look.open()
        seen.append((await second).status)
    await slow.close()

    assert seen == [Status.IN_PROGRESS, Status.IN_PROGRESS]


class HeldDelete(Catalog):
    """The real catalog of a caller that is stopped right after it has hidden an edit."""

    hidden = Gate()

    async def delete_edit(self, edit_id: str) -> bool:
        deleted = await super().delete_edit(edit_id)
        await self.hidden.pass_through()
        return deleted


async def test_a_run_that_finds_its_edit_deleted_ends_as_cancelled(bench: Bench) -> None:
    """Temporal is told first: a run that finds its record closed, and no cancel, would have to call itself failed."""
    slow = HeldDelete(bench.settings.catalog)
    edit = await bench.create()
    deleting = asyncio.create_task(replace(bench.edits, catalog=slow).delete(edit.id))
    await slow.hidden.reached.wait()

    async with bench.worker():
        status = await bench.temporal_status(edit.id)
    slow.hidden.open()
    await deleting
    await slow.close()

    assert status is WorkflowExecutionStatus.CANCELED

"""What is away for a while: nobody waits without an end, nothing is decided by it, nothing is left behind."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace

import pytest
from temporalio.client import Client

from durable_edits import settling
from durable_edits.client import EditsClient
from durable_edits.contracts import Chore, Status
from durable_edits.errors import InfrastructureError, NotFound, TemporalUnavailable
from durable_edits.housekeeping.house import House
from durable_edits.runs import Runs
from tests.workflow.bench import Bench

MOMENT = 0.3  # seconds: for a call to be under way
SOON = 5.0


async def test_waiting_ends_with_a_cancel_that_no_worker_heard(bench: Bench) -> None:
    edit = await bench.create()
    waiting = asyncio.create_task(bench.edits.wait(edit))
    await asyncio.sleep(MOMENT)

    await bench.edits.cancel(edit.id)

    assert (await asyncio.wait_for(waiting, SOON)).status is Status.CANCELLED


async def test_waiting_ends_with_a_delete_that_no_worker_heard(bench: Bench) -> None:
    edit = await bench.create()
    waiting = asyncio.create_task(bench.edits.wait(edit.id))
    await asyncio.sleep(MOMENT)

    await bench.edits.delete(edit.id)

    with pytest.raises(NotFound):
        await asyncio.wait_for(waiting, SOON)


@pytest.fixture
async def astray(bench: Bench, temporal_address: str, monkeypatch: pytest.MonkeyPatch) -> EditsClient:
    """On the same catalog, and in a namespace that its Temporal does not have; no start is under way any more."""
    monkeypatch.setattr(settling, "START_GRACE", settling.START_GRACE * 0)
    temporal = await Client.connect(temporal_address, namespace="nowhere", lazy=True)
    return replace(bench.edits, runs=Runs(temporal, bench.settings.task_queue, bench.settings.longest_edit))


async def test_a_namespace_that_is_not_there_decides_nothing(bench: Bench, astray: EditsClient) -> None:
    edit = await bench.create()

    for call in (astray.get, astray.cancel, astray.delete):
        with pytest.raises(TemporalUnavailable, match="TEMPORAL_NAMESPACE"):
            await call(edit.id)

    record = await bench.catalog.edit(edit.id)
    assert record is not None
    assert (record.outcome, record.deleted) == (None, False)


async def test_without_its_namespace_a_gateway_is_not_ready(astray: EditsClient) -> None:
    with pytest.raises(InfrastructureError):
        await astray.ping()


async def test_a_delete_during_an_outage_of_the_store_says_that_bytes_are_left_and_housekeeping_erases_them(
    working: Bench,
) -> None:
    edit = await working.edits.wait(await working.create())
    store, aside = working.settings.home / "blobs", working.settings.home / "aside"
    store.rename(aside)
    store.write_text("no directory")
    erased = await working.edits.delete(edit.id)
    store.unlink()
    shutil.move(aside, store)
    with pytest.raises(NotFound):
        await working.edits.get(edit.id)
    left = await working.stored(edit.id)

    await House(working.catalog, working.edits.blobs, working.edits.runs).sweep(Chore.DELETED)

    assert (erased, len(left)) == (False, 3)
    assert await working.stored(edit.id) == []


async def test_a_delete_says_that_the_bytes_are_gone(working: Bench) -> None:
    edit = await working.edits.wait(await working.create())

    erased = await working.edits.delete(edit.id)

    assert erased
    assert await working.stored(edit.id) == []

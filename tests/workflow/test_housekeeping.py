"""The workflow of housekeeping: one small history, however much there is; and a chore that fails keeps no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from durable_edits.contracts import HOUSEKEEPING_WORKFLOW, Chore, Housekeeping, Swept
from durable_edits.errors import BadRequest
from durable_edits.housekeeping.house import House
from durable_edits.storage.records import to_microseconds
from durable_edits.storage.schema import edits
from tests.workflow.bench import Bench

EVENTS = 60  # eleven for the run itself, six for each chore


async def made_old(bench: Bench, days: float) -> None:
    past = to_microseconds(datetime.now(UTC) - timedelta(days=days))
    await bench.catalog.write(
        lambda connection: connection.execute(update(edits).values(created_at=past, closed_at=past))
    )


async def cleaned(bench: Bench, retention_days: float | None) -> list[Swept]:
    swept: list[Swept] = await bench.temporal.execute_workflow(
        HOUSEKEEPING_WORKFLOW,
        Housekeeping(retention_days=retention_days),
        id=f"housekeeping-{bench.settings.task_queue}",
        task_queue=bench.settings.task_queue,
        result_type=list[Swept],
    )
    return swept


async def test_a_run_does_every_chore_and_says_what_it_took_out(working: Bench) -> None:
    edit = await working.edits.wait(await working.create())
    await made_old(working, 2)

    swept = await cleaned(working, 1)

    assert [each.chore for each in swept] == list(Chore)
    assert {each.chore: each.things for each in swept}[Chore.EDITS] == 1
    assert await working.stored(edit.id) == []


async def test_its_history_is_as_small_whatever_there_is_to_do(working: Bench) -> None:
    await working.edits.wait(await working.create())
    many = """
        INSERT INTO edits (id, organization, created_at, file_id, filename, filename_folded, mime_type, model, color,
            status, closed_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
        SELECT 'edt_' || i, 'acme', i, 'file_' || i, '', '', '', '', '', 'failed', i FROM n
    """
    await working.catalog.write(lambda connection: connection.exec_driver_sql(many))

    swept = await cleaned(working, 1)

    history = await working.run(f"housekeeping-{working.settings.task_queue}").fetch_history()
    assert {each.chore: each.things for each in swept}[Chore.EDITS] == 2000
    assert len(history.events) < EVENTS


async def test_a_chore_that_cannot_be_done_keeps_no_other_from_being_done_and_is_named(
    working: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_house: House, _swept: Swept) -> None:
        raise BadRequest("nothing to be tried again")

    monkeypatch.setattr(House, "_deleted", broken)
    edit = await working.edits.wait(await working.create())
    await made_old(working, 2)

    with pytest.raises(WorkflowFailureError) as failed:
        await cleaned(working, 1)

    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.message.startswith("Not done to the end: deleted;")
    assert await working.stored(edit.id) == []


async def test_a_chore_that_was_interrupted_is_gone_on_with(working: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[Chore] = []

    async def interrupted(_house: House, chore: Chore) -> Swept:
        swept.append(chore)
        return Swept(chore=chore, things=1, more=swept.count(chore) < 3)

    monkeypatch.setattr(House, "sweep", interrupted)

    done = await cleaned(working, None)

    assert done == [Swept(chore=chore, things=3) for chore in Chore]

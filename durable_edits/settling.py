"""An edit's status: what its record says, and else what Temporal knows of its run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from durable_edits.contracts import Outcome, Status
from durable_edits.errors import NotStarted, RunLost
from durable_edits.run_status import failed
from durable_edits.runs import Runs
from durable_edits.storage.blobs import Blobs, edit_folder
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.records import EditRecord

START_GRACE = timedelta(seconds=30)  # a start call may be under way this long (its own time-out is 10 s)


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit at one moment; it changes no more once `outcome` is set."""

    record: EditRecord
    status: Status

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def outcome(self) -> Outcome | None:
        return self.record.outcome


async def settle(record: EditRecord, runs: Runs, catalog: Catalog, blobs: Blobs) -> Edit:
    """Give a record its status; where its run has ended without an outcome in the record, write that outcome."""
    if record.outcome is not None:
        return Edit(record, record.outcome.status)
    run = await runs.describe(record.id, begun=record.started_at is not None)
    if run is None or record.run_id not in {None, run.first_run_id}:
        if record.run_id is None and datetime.now(UTC) - record.created_at < START_GRACE:
            return Edit(record, Status.PENDING)
        missing = _missing(record)
    elif run.outcome is None:
        return Edit(record, await _not_before(catalog, record, run.status))
    else:
        missing = run.outcome
    outcome = await catalog.close_edit(missing)
    if outcome.filled is None:  # nobody else removes what a terminated run has stored
        await blobs.delete_folder(edit_folder(record.id))
    return Edit(replace(record, outcome=outcome), outcome.status)


async def _not_before(catalog: Catalog, record: EditRecord, status: Status) -> Status:
    """The first step may have begun, and ended, since the record was read; somebody may have been told so."""
    if status is not Status.QUEUED:
        return status
    now = await catalog.edit(record.id)
    return Status.IN_PROGRESS if now is not None and now.started_at is not None else status


def _missing(record: EditRecord) -> Outcome:
    if record.run_id is None:
        return failed(record.id, NotStarted("The edit's run was never started; send the edit again."))
    return failed(record.id, RunLost("Temporal no longer knows the edit's run; send the edit again."))

"""The step of housekeeping: one chore, in batches, until it is done or its worker is about to stop."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity

from activities.failures import as_failures
from activities.heartbeat import heartbeats
from durable_edits.contracts import SWEEP, SweepJob, Swept
from durable_edits.housekeeping.house import House
from durable_edits.runs import Runs
from durable_edits.storage.blobs import Blobs
from durable_edits.storage.catalog import Catalog

REST = 1.0  # half of the time is the edits' own
HEARTBEAT = 5.0  # seconds: nobody waits for a cancel of it, and it may run for hours


class HousekeepingActivities:
    def __init__(self, catalog: Catalog, blobs: Blobs, runs: Runs) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._runs = runs

    @activity.defn(name=SWEEP)
    @as_failures
    async def sweep(self, job: SweepJob) -> Swept:
        """Take out what a chore finds. A worker that drains hands the rest over at the end of a batch."""
        retention = timedelta(days=job.retention_days) if job.retention_days is not None else None
        stopped = activity.is_worker_shutdown
        house = House(self._catalog, self._blobs, self._runs, retention, rest=REST, stopped=stopped)
        async with heartbeats(HEARTBEAT):
            return await house.sweep(job.chore)

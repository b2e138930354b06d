"""The worker: a deployed process that runs edits until it is told to stop.

Configured by the environment alone (durable_edits/settings.py, TEMPORAL_*); any number may run side by side. SIGTERM or
SIGINT lets running steps end for up to EDITS_GRACE seconds, then exits 0.
"""

from __future__ import annotations

# Imported before the signal handlers stand: keep it light here.
import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.worker import Worker, WorkerDeploymentConfig

    from activities.edits import EditActivities
    from activities.housekeeping import HousekeepingActivities
    from durable_edits.settings import Settings

Result = TypeVar("Result")

log = logging.getLogger("worker")

# How fast a cancel reaches a running step: it rides on the answer to a heartbeat (measured: 20-310 ms at 100 ms).
HEARTBEAT_THROTTLE = timedelta(milliseconds=150)
# How long a killed worker's runs wait for it before another worker takes them (default 10 s).
STICKY_TIMEOUT = timedelta(seconds=1)
# Beside those for its slots a worker holds steps that wait for other people's servers or close an edit: no slow
# document URL must keep the rest waiting. Many more would be taken from other workers.
STEPS_PER_SLOT, STEPS_WAITING = 4, 24


def steps_held(slots: int) -> int:
    return slots * STEPS_PER_SLOT + STEPS_WAITING


def build_worker(client: Client, steps: EditActivities, chores: HousekeepingActivities, settings: Settings) -> Worker:
    """One queue for everything: steps can be eager there, and child processes, not queues, keep cores to themselves."""
    from temporalio.worker import UnsandboxedWorkflowRunner, Worker

    from workflows.draft import DraftWorkflow
    from workflows.edit import EditWorkflow
    from workflows.housekeeping import HousekeepingWorkflow
    from workflows.template import TemplateWorkflow

    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[EditWorkflow, TemplateWorkflow, DraftWorkflow, HousekeepingWorkflow],
        # The sandbox is for who writes workflows: the recorded lives replay in it (tests/replay). Here it would cost a
        # tenth of an edit's CPU, as it imports the workflow for each run and is entered for each payload.
        workflow_runner=UnsandboxedWorkflowRunner(),
        activities=[
            steps.plan_edit,
            steps.fill_document,
            steps.close_edit,
            steps.read_template,
            steps.drafts.make_draft,
            steps.models.ask_model,
            chores.sweep,
        ],
        max_concurrent_activities=steps_held(settings.pdf_slots),
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        graceful_shutdown_timeout=timedelta(seconds=settings.grace),
        deployment_config=_deployment(settings),
    )


def _deployment(settings: Settings) -> WorkerDeploymentConfig | None:
    """Under which version the worker takes work, where the server is to tell versions apart (docs/upgrades.md)."""
    from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
    from temporalio.worker import WorkerDeploymentConfig

    if settings.deployment is None or settings.build_id is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(settings.deployment, settings.build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior[settings.versioning.upper()],
    )


@contextlib.asynccontextmanager
async def open_steps(settings: Settings) -> AsyncIterator[EditActivities]:
    """The activities on their stores, with every child process warm."""
    from activities.children.pool import open_children
    from activities.edits import EditActivities
    from durable_edits.storage.blobs import Blobs
    from durable_edits.storage.catalog import Catalog
    from durable_edits.storage.fetch import Fetcher
    from durable_edits.storage.migrate import migrate

    catalog = Catalog(settings.catalog)
    fetcher = Fetcher(settings.fetch_hosts, settings.max_document_bytes)
    try:
        await migrate(catalog)
        async with open_children(settings.pdf_slots, settings.fill_timeout, settings.child_memory_mb) as children:
            yield EditActivities(settings, catalog, Blobs(settings.blobs), fetcher, children)
    finally:
        await fetcher.close()
        await catalog.close()


@contextlib.asynccontextmanager
async def open_chores(client: Client, settings: Settings) -> AsyncIterator[HousekeepingActivities]:
    """Housekeeping, on connections of its own: it takes none from edits."""
    from activities.housekeeping import HousekeepingActivities
    from durable_edits.runs import Runs
    from durable_edits.storage.blobs import Blobs
    from durable_edits.storage.catalog import Catalog

    catalog = Catalog(settings.catalog)
    try:
        yield HousekeepingActivities(
            catalog, Blobs(settings.blobs), Runs(client, settings.task_queue, settings.longest_edit)
        )
    finally:
        await catalog.close()


async def main() -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    from durable_edits.errors import InfrastructureError
    from durable_edits.logs import configure_logs
    from durable_edits.settings import read_settings

    settings = read_settings()
    configure_logs(settings.log_level, settings.log_format)
    async with contextlib.AsyncExitStack() as stores:
        try:
            worker = await _unless(stop, _start(settings, stores))
        except InfrastructureError as error:
            log.critical("%s %s", error.message, error.details)
            return 1
        if worker is None:
            log.info("stopped before it was ready")
            return 0
        log.info("worker ready: queue %s, %d PDF slots, %s", settings.task_queue, settings.pdf_slots, settings)
        return await run(worker, settings, stop)


async def _start(settings: Settings, stores: contextlib.AsyncExitStack) -> Worker:
    from durable_edits.housekeeping.schedule import keep_schedule
    from durable_edits.metrics_endpoint import metrics_runtime
    from durable_edits.runs import connect
    from durable_edits.tracing import interceptors, open_tracing

    tracer = await stores.enter_async_context(open_tracing("durable-edits-worker"))
    client = await connect(settings.encryption, metrics_runtime(settings.metrics), interceptors(tracer))
    steps = await stores.enter_async_context(open_steps(settings))
    chores = await stores.enter_async_context(open_chores(client, settings))
    await keep_schedule(client, settings)
    return build_worker(client, steps, chores, settings)


async def run(worker: Worker, settings: Settings, stop: asyncio.Event) -> int:
    working, stopping = asyncio.create_task(worker.run()), asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():  # a poller's fatal error: let the orchestrator start us anew
        log.error("The worker stopped polling", exc_info=working.exception())
        return 1
    log.info("draining for up to %g s", settings.grace)
    await worker.shutdown()
    await working
    log.info("drained")
    return 0


async def _unless(stop: asyncio.Event, work: Awaitable[Result]) -> Result | None:
    """What `work` gives, or None once it is cancelled because of `stop`."""
    working, stopping = asyncio.ensure_future(work), asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        return working.result()
    working.cancel()
    await asyncio.wait({working})
    return None


if __name__ == "__main__":
    import uvloop

    code = uvloop.run(main())
    logging.shutdown()
    sys.stdout.flush()
    # Drained: skip the interpreter's teardown, which aborted in 5-11 of 40 short runs with Temporal's threads alive.
    os._exit(code)

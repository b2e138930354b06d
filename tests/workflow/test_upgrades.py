"""A new release of the workflow while edits run: changed with a patch, and by versions of a worker deployment."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from durable_edits.contracts import Status
from tests.replay.changed import TimerAdded, TimerAddedToNewRuns
from tests.workflow.bench import Bench, Gate
from worker import STICKY_TIMEOUT

TIMER = EventType.EVENT_TYPE_TIMER_STARTED
TASK_FAILED = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
SOON = 20.0


def release(bench: Bench, workflow: type) -> Worker:
    """A worker of another release: it decides, and leaves the steps to those that are there."""
    return Worker(
        bench.temporal,
        task_queue=bench.settings.task_queue,
        workflows=[workflow],
        workflow_runner=UnsandboxedWorkflowRunner(),
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
    )


async def events(bench: Bench, edit_id: str) -> list[EventType.ValueType]:
    return [event.event_type async for event in bench.run(edit_id).fetch_history_events()]


async def test_a_run_that_began_on_the_old_code_ends_on_the_new_and_new_runs_take_the_new_way(bench: Bench) -> None:
    bench.catalog.after_begin = gate = Gate()
    old = await bench.create()
    async with bench.step_worker():
        async with bench.workflow_worker():
            await gate.reached.wait()
        gate.open()
        async with release(bench, TimerAddedToNewRuns):
            status = await bench.temporal_status(old.id)
            new = await bench.edits.wait(await bench.create())

    of_old, of_new = await events(bench, old.id), await events(bench, new.id)
    assert (status, new.status) == (WorkflowExecutionStatus.COMPLETED, Status.COMPLETED)
    assert (TIMER in of_old, TIMER in of_new) == (False, True)
    assert TASK_FAILED not in of_old


async def test_without_the_patch_such_a_run_is_stuck_until_the_old_code_is_back(bench: Bench) -> None:
    """What the patch is for; nothing of the edit is lost meanwhile."""
    bench.catalog.after_begin = gate = Gate()
    edit = await bench.create()
    async with bench.step_worker():
        async with bench.workflow_worker():
            await gate.reached.wait()
        gate.open()
        async with release(bench, TimerAdded), asyncio.timeout(SOON):
            while TASK_FAILED not in await events(bench, edit.id):
                await asyncio.sleep(0.05)
        stuck = (await bench.edits.get(edit.id)).status
        async with bench.workflow_worker():
            status = await bench.temporal_status(edit.id)

    assert (stuck, status) == (Status.IN_PROGRESS, WorkflowExecutionStatus.COMPLETED)


# Versions of a worker deployment


def version(bench: Bench, build_id: str) -> Bench:
    deployment = bench.settings.task_queue[-60:]
    return replace(bench, settings=bench.settings.model_copy(update={"deployment": deployment, "build_id": build_id}))


async def make_current(bench: Bench) -> None:
    """As `temporal worker deployment set-current-version` does, once a worker of the version has come."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=bench.temporal.namespace,
        deployment_name=bench.settings.deployment or "",
        build_id=bench.settings.build_id or "",
        version=f"{bench.settings.deployment}.{bench.settings.build_id}",
    )
    async with asyncio.timeout(SOON):
        while True:
            try:
                await bench.temporal.workflow_service.set_worker_deployment_current_version(request)
            except RPCError:
                await asyncio.sleep(0.1)
            else:
                return


async def build_of(bench: Bench, edit_id: str) -> str:
    found = await bench.run(edit_id).describe()
    info = found.raw_description.workflow_execution_info.versioning_info
    return info.deployment_version.build_id or info.version.rpartition(".")[2]


async def test_with_versions_an_edit_ends_on_the_version_it_began_under_and_new_ones_go_to_the_current(
    bench: Bench,
) -> None:
    first, second = version(bench, "1"), version(bench, "2")
    async with first.worker(), second.worker():
        await make_current(first)
        bench.catalog.after_begin = gate = Gate()
        old = await bench.create()
        await gate.reached.wait()
        await make_current(second)
        bench.catalog.after_begin = None
        new = await bench.edits.wait(await bench.create())
        gate.open()
        ended = await bench.edits.wait(old)

    assert (ended.status, new.status) == (Status.COMPLETED, Status.COMPLETED)
    assert [await build_of(bench, edit.id) for edit in (old, new)] == ["1", "2"]


async def test_versions_are_off_unless_both_names_are_set(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_DEPLOYMENT_NAME", "edits")
    settings = type(bench.settings)(home=bench.settings.home)

    assert (settings.deployment, settings.build_id) == ("edits", None)
    assert replace(bench, settings=settings).worker().config().get("deployment_config") is None

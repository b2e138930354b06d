"""The Temporal Schedule by which housekeeping is done: one for each task queue, as the settings want it.

Every worker looks at it when it starts, and writes only where it finds something else. Of workers with different
settings the one that started last has its way.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from pydantic import ValidationError
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleDescription,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from durable_edits.contracts import HOUSEKEEPING_WORKFLOW, Housekeeping
from durable_edits.runs import RPC_TIMEOUT
from durable_edits.settings import HOUSEKEEPING_OFF, Settings

log = logging.getLogger(__name__)

LONGEST = timedelta(days=3)  # none begins while another one is open: one that is stuck must end


def schedule_id(queue: str) -> str:
    return f"housekeeping-{queue}"


async def keep_schedule(temporal: Client, settings: Settings) -> None:
    """Make it, change it or remove it. A server that does not let us is no reason not to work on edits."""
    try:
        if settings.housekeeping == HOUSEKEEPING_OFF:
            await _remove(temporal, settings)
        else:
            await _make_or_change(temporal, settings)
    except RPCError as error:
        reason = f"{error.status.name}: {error.message}"[:200]
        log.warning("the schedule %s could not be looked after: %s", schedule_id(settings.task_queue), reason)


async def _remove(temporal: Client, settings: Settings) -> None:
    try:
        await temporal.get_schedule_handle(schedule_id(settings.task_queue)).delete(rpc_timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


async def _make_or_change(temporal: Client, settings: Settings) -> None:
    wanted, name = _schedule(settings), schedule_id(settings.task_queue)
    handle = temporal.get_schedule_handle(name)
    try:
        await handle.update(lambda found: _changed(temporal, found, wanted), rpc_timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        try:
            await temporal.create_schedule(name, wanted, rpc_timeout=RPC_TIMEOUT)
        except ScheduleAlreadyRunningError:  # another worker was first
            await handle.update(lambda found: _changed(temporal, found, wanted), rpc_timeout=RPC_TIMEOUT)


async def _changed(temporal: Client, found: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate | None:
    """None where it is as it should be. One that an operator has paused stays paused."""
    if await _input(temporal, found.description) == _action(wanted).args[0]:
        return None
    wanted.state = found.description.schedule.state
    return ScheduleUpdate(schedule=wanted)


async def _input(temporal: Client, found: ScheduleDescription) -> Housekeeping | None:
    try:
        [given] = await temporal.data_converter.decode(list(_action(found.schedule).args))
        return Housekeeping.model_validate(given)
    except (ValidationError, ValueError, RuntimeError):  # another release's, or encrypted with a key that is gone
        return None


def _action(schedule: Schedule) -> ScheduleActionStartWorkflow:
    assert isinstance(schedule.action, ScheduleActionStartWorkflow)  # noqa: S101 - Temporal has no other kind
    return schedule.action


def _schedule(settings: Settings) -> Schedule:
    wanted = Housekeeping(retention_days=settings.retention_days, schedule=settings.housekeeping)
    kept = "for ever" if settings.retention_days is None else f"for {settings.retention_days:g} days"
    return Schedule(
        action=ScheduleActionStartWorkflow(
            HOUSEKEEPING_WORKFLOW,
            wanted,
            id=schedule_id(settings.task_queue),
            task_queue=settings.task_queue,
            execution_timeout=LONGEST,
            static_summary=f"Erase what is no longer needed; edits are kept {kept}",
        ),
        spec=ScheduleSpec(cron_expressions=[settings.housekeeping]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )

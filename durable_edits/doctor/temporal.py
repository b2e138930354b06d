"""The Temporal server: whether it answers, has the namespace, and workers poll the queue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    GetSystemInfoRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from durable_edits.doctor.finding import Finding, fault, ok, warning
from durable_edits.doctor.stores import SKEW, reason
from durable_edits.errors import TemporalUnavailable
from durable_edits.housekeeping.schedule import schedule_id
from durable_edits.runs import connect
from durable_edits.settings import HOUSEKEEPING_OFF, Settings

CALL = timedelta(seconds=5)
POLLING = timedelta(seconds=90)  # a poll lasts a minute; a worker that is gone is shown for five
BACKLOG = 1_000  # tasks that wait: more than any number of workers has in its hands
QUEUES = {
    "workflow": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "step": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


async def temporal(settings: Settings) -> list[Finding]:
    try:
        client = await connect(settings.encryption)
    except TemporalUnavailable as error:
        return [fault("Temporal", reason(error), error.message)]
    what = f"Temporal ({client.service_client.config.target_host})"
    try:
        system = await client.workflow_service.get_system_info(GetSystemInfoRequest(), timeout=CALL)
        findings = [ok(what, f"answers, version {system.server_version}"), await _namespace(client)]
        queues = {kind: await _queue(client, settings.task_queue, number) for kind, number in QUEUES.items()}
    except RPCError as error:
        return [fault(what, f"{error.status.name}: {error.message[:200]}", _rpc_step(error))]
    findings += [workers_at(kind, settings.task_queue, found) for kind, found in queues.items()]
    pollers = [poller for found in queues.values() for poller in found.pollers]
    return [*findings, *releases_of(pollers), *clock_of(pollers), await _housekeeping(client, settings)]


async def _housekeeping(client: Client, settings: Settings) -> Finding:
    """Whether somebody erases what is no longer needed."""
    if settings.housekeeping == HOUSEKEEPING_OFF:
        return ok("housekeeping", "is off: nothing is erased but what is deleted")
    name = schedule_id(settings.task_queue)
    try:
        found = await client.get_schedule_handle(name).describe(rpc_timeout=CALL)
    except RPCError as error:
        step = f"a worker makes the schedule {name} when it starts; its log says why it could not."
        return warning("housekeeping", f"{error.status.name}: {error.message[:200]}", step)
    kept = "for ever" if settings.retention_days is None else f"for {settings.retention_days:g} days"
    if found.schedule.state.paused:
        step = f"`temporal schedule toggle --unpause -s {name}` lets it run again."
        seen = f"the schedule {name} is paused: {found.schedule.state.note or 'no reason given'}"
        return warning("housekeeping", seen, step)
    return ok("housekeeping", f"the schedule {name} stands ({settings.housekeeping}); edits are kept {kept}")


def _rpc_step(error: RPCError) -> str:
    if error.status in {RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.PERMISSION_DENIED}:
        return "check TEMPORAL_API_KEY or the certificate, and that it may use this namespace."
    if error.status is RPCStatusCode.NOT_FOUND:
        return "check TEMPORAL_NAMESPACE; `temporal operator namespace create -n NAME` makes one."
    return "look at the server's own log and its database."


async def _namespace(client: Client) -> Finding:
    asked = DescribeNamespaceRequest(namespace=client.namespace)
    found = await client.workflow_service.describe_namespace(asked, timeout=CALL)
    kept = timedelta(seconds=found.config.workflow_execution_retention_ttl.seconds)
    return ok("namespace", f"{client.namespace}, which keeps runs for {kept.total_seconds() / 86_400:g} days")


async def _queue(client: Client, queue: str, kind: TaskQueueType.ValueType) -> DescribeTaskQueueResponse:
    asked = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind, report_stats=True
    )
    return await client.workflow_service.describe_task_queue(asked, timeout=CALL)


def workers_at(kind: str, queue: str, found: DescribeTaskQueueResponse) -> Finding:
    what, waiting = f"{kind} workers", found.stats.approximate_backlog_count
    polling = {poller.identity for poller in found.pollers if _age(poller) < POLLING}
    backlog = f"{waiting} tasks wait"
    if not polling:
        step = "start python worker.py with the same TEMPORAL_* and EDITS_TASK_QUEUE; if it runs, read its log."
        return fault(what, f"none polls the queue {queue}; {backlog}", step)
    seen = f"{len(polling)} on the queue {queue} ({', '.join(sorted(polling)[:5])}); {backlog}"
    if waiting > BACKLOG:
        return warning(what, seen, "start more workers, or see what holds them up (EDITS_PDF_SLOTS, the stores).")
    return ok(what, seen)


def releases_of(pollers: Iterable[PollerInfo]) -> list[Finding]:
    builds = {poller.worker_version_capabilities.build_id for poller in pollers if _age(poller) < POLLING} - {""}
    if len(builds) < 2:
        return []
    seen = f"{len(builds)} releases of the code poll side by side"
    return [warning("worker releases", seen, "all well during a roll-out; otherwise restart the workers left behind.")]


def clock_of(pollers: Iterable[PollerInfo]) -> list[Finding]:
    """The server stamps each poll: none can be in our future."""
    ahead = max((-_age(poller) for poller in pollers), default=timedelta())
    if ahead <= SKEW:
        return []
    seen = f"is {ahead.total_seconds():.0f} s ahead of this machine's"
    return [warning("clock of Temporal", seen, "set both by NTP.")]


def _age(poller: PollerInfo) -> timedelta:
    return datetime.now(UTC) - poller.last_access_time.ToDatetime(tzinfo=UTC)

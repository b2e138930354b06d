"""What Temporal knows of an edit: its run, started by name, described, cancelled, waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel
from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, Interceptor, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.common import TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ActivityError, TimeoutError, WorkflowAlreadyStartedError
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from durable_edits import metrics
from durable_edits.contracts import (
    DRAFT_WORKFLOW,
    EDIT_WORKFLOW,
    TEMPLATE_WORKFLOW,
    BlobRef,
    DraftJob,
    EditInput,
    Outcome,
    Status,
    TemplateJob,
    TemplateRead,
)
from durable_edits.errors import Conflict, EditsError, InternalError, TemporalUnavailable, TimedOut, from_code
from durable_edits.fairness import fair_share
from durable_edits.payload_keys import PayloadKey
from durable_edits.payloads import data_converter
from durable_edits.run_status import ended, running_status
from durable_edits.search_attributes import SearchAttributes

Answer = TypeVar("Answer", bound=BaseModel)

DEFAULT_ADDRESS = "localhost:7233"
RPC_TIMEOUT = timedelta(seconds=10)  # the SDK retries inside it; a server restart takes about a second
PING_TIMEOUT = timedelta(seconds=2)
ANSWER_TIMEOUT = timedelta(minutes=3)  # fetch and reading have two at most; nobody waits longer for a worker
# Of an edit's deadline, until Temporal ends a run that no worker did: what was begun in time then has ended by itself,
# and a worker that is there says why in the record.
AND_A_TENTH = 1.1


async def connect(
    keys: Sequence[PayloadKey], runtime: Runtime | None = None, interceptors: Sequence[Interceptor] = ()
) -> Client:
    """A client from the standard TEMPORAL_* variables and profile file; raises TemporalUnavailable.

    `keys`: what crosses Temporal is encrypted with (Settings.encryption).
    """
    try:
        config = ClientConfig.load_client_connect_config()
    except (OSError, ValueError, RuntimeError) as error:  # no such file, contradictions, no such profile
        raise _not_connected("Temporal's settings cannot be used; correct TEMPORAL_* or the profile.", error) from error
    config.setdefault("target_host", DEFAULT_ADDRESS)
    try:
        return await Client.connect(
            **config, data_converter=data_converter(keys), runtime=runtime, interceptors=interceptors
        )
    except (RuntimeError, ValueError) as error:  # what the SDK raises when nobody answers, or for no address at all
        raise _not_connected(
            f"Temporal does not answer at {config['target_host']}; check TEMPORAL_ADDRESS, TEMPORAL_TLS…, "
            "TEMPORAL_API_KEY, and that the server runs.",
            error,
        ) from error


def _not_connected(message: str, error: Exception) -> TemporalUnavailable:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return TemporalUnavailable(message, reason=reason[:200])


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it was at one moment. `outcome` is set when it is closed."""

    first_run_id: str
    status: Status
    outcome: Outcome | None


class Runs:
    def __init__(self, temporal: Client, queue: str, deadline: timedelta) -> None:
        self._temporal = temporal
        self._queue = queue
        self._execution_timeout = deadline * AND_A_TENTH
        self._search_attributes = SearchAttributes(temporal)

    async def ping(self) -> None:
        """Raises TemporalUnavailable unless the server answers and has the namespace."""
        asked = DescribeNamespaceRequest(namespace=self._temporal.namespace)
        try:
            await self._temporal.workflow_service.describe_namespace(asked, timeout=PING_TIMEOUT)
        except RPCError as error:
            raise _unavailable(error) from error

    async def retention(self) -> timedelta:
        """For how long the server remembers a run that has ended."""
        asked = DescribeNamespaceRequest(namespace=self._temporal.namespace)
        try:
            answer = await self._temporal.workflow_service.describe_namespace(asked, timeout=RPC_TIMEOUT)
        except RPCError as error:
            raise _unavailable(error) from error
        return answer.config.workflow_execution_retention_ttl.ToTimedelta()

    async def start(self, edit_id: str, edit: EditInput) -> None:
        """Raises Conflict for a used id, TemporalUnavailable when nobody knows whether it started."""
        found_by = await self._search_attributes.of(edit)
        try:
            await self._start(edit_id, edit, found_by)
        except RPCError as error:
            if error.status is not RPCStatusCode.INVALID_ARGUMENT or not len(found_by):
                raise _unavailable(error) from error
            self._search_attributes.forget()
            await self.start(edit_id, edit)

    async def _start(self, edit_id: str, edit: EditInput, found_by: TypedSearchAttributes) -> None:
        try:
            await self._temporal.start_workflow(
                EDIT_WORKFLOW,
                edit,
                id=edit_id,
                task_queue=self._queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                execution_timeout=self._execution_timeout,
                priority=fair_share(edit.organization),
                static_summary=f"Fill {edit.document.filename[:100]} for {edit.organization[:50]}",
                search_attributes=found_by,
                rpc_timeout=RPC_TIMEOUT,
            )
        except WorkflowAlreadyStartedError as error:
            raise Conflict(f"An edit with the id {edit_id} is there already.") from error

    async def read_template(self, job: TemplateJob) -> TemplateRead:
        """Have a worker read a template's form; raises whatever that raises, and TimedOut where none is at work."""
        summary = f"Read {job.document.filename[:100]}"
        return await self._answer(TEMPLATE_WORKFLOW, job.template_id, job, TemplateRead, summary)

    async def make_draft(self, job: DraftJob) -> BlobRef:
        """Have a worker plan an edit that is not made: a durable_edits.form.Draft as JSON. Raises as the above."""
        summary = f"Plan {job.document.filename[:100]}"
        return await self._answer(DRAFT_WORKFLOW, job.draft_id, job, BlobRef, summary)

    async def _answer(self, workflow: str, run_id: str, job: BaseModel, result: type[Answer], summary: str) -> Answer:
        """What a run gives that somebody waits for."""
        try:
            answer: Answer = await self._temporal.execute_workflow(
                workflow,
                job,
                id=run_id,
                task_queue=self._queue,
                result_type=result,
                execution_timeout=ANSWER_TIMEOUT,
                static_summary=summary,
                rpc_timeout=RPC_TIMEOUT,
            )
        except WorkflowFailureError as error:
            raise _problem(run_id, error) from error
        except RPCError as error:
            raise _unavailable(error) from error
        return answer

    async def cancel(self, edit_id: str) -> None:
        """Ask the run to end. No error where none is running: the answer says nothing about its state."""
        await cancel_run(self._temporal, edit_id)

    async def wait(self, edit_id: str, run_id: str | None = None) -> Outcome:
        """How the run ended, as soon as it has; without `run_id`, the latest of this id."""
        handle = self._temporal.get_workflow_handle(edit_id, run_id=run_id, result_type=Outcome)
        try:
            outcome: Outcome = await handle.result()
        except WorkflowFailureError as error:
            return ended(edit_id, error.cause)
        except RPCError as error:
            raise _unavailable(error) from error
        return outcome

    async def describe(self, edit_id: str, *, begun: bool) -> Run | None:
        """The latest run of this id; None where Temporal has no edit of that id. `begun`: see `running_status`."""
        try:
            description = await self._temporal.get_workflow_handle(edit_id).describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            unknown = error.status in {RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT}
            if unknown and not _namespace_is_missing(error):
                return None
            raise _unavailable(error) from error
        if description.workflow_type != EDIT_WORKFLOW:
            return None
        first_run_id = description.raw_description.workflow_execution_info.first_run_id or description.run_id
        if description.status is WorkflowExecutionStatus.RUNNING:
            return Run(first_run_id, running_status(description, begun=begun), None)
        outcome = await self.wait(edit_id, description.run_id)  # of this one: a later run may have begun meanwhile
        return Run(first_run_id, outcome.status, outcome)

    async def input(self, edit_id: str) -> tuple[EditInput, datetime] | None:
        """A run's input and start time, from its first event; None where it is no edit's input."""
        events = self._temporal.get_workflow_handle(edit_id).fetch_history_events(page_size=1, rpc_timeout=RPC_TIMEOUT)
        try:
            first = await anext(events)
            payloads = first.workflow_execution_started_event_attributes.input.payloads
            values = await self._temporal.data_converter.decode(payloads)
            edit = EditInput.model_validate(values[0] if values else None)
        except RPCError as error:
            raise _unavailable(error) from error
        except (ValueError, KeyError, RuntimeError):  # what no validation, no converter or no codec takes
            return None
        return edit, first.event_time.ToDatetime(tzinfo=UTC)


async def cancel_run(temporal: Client, edit_id: str, run_id: str | None = None) -> None:
    """Without `run_id`, the latest of this id. No error where none is running."""
    try:
        await temporal.get_workflow_handle(edit_id, run_id=run_id).cancel(rpc_timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND or _namespace_is_missing(error):
            raise _unavailable(error) from error


def _problem(run_id: str, error: WorkflowFailureError) -> EditsError:
    cause = error.cause.cause if isinstance(error.cause, ActivityError) else error.cause
    if isinstance(cause, TimeoutError):
        return TimedOut("No worker answered in time; see that workers run, then send it again.")
    problem = ended(run_id, cause).problem
    if problem is None:
        return InternalError("The run was cancelled from outside; send it again.")
    return from_code(problem.code, problem.message, problem.details)


def _namespace_is_missing(error: RPCError) -> bool:
    """Then NOT_FOUND says nothing of any edit, and must never become one's outcome."""
    details = error.grpc_status.details if error.grpc_status is not None else []
    return any(detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in details)


def _unavailable(error: RPCError) -> TemporalUnavailable:
    metrics.STORE_ERRORS.add("temporal")
    if _namespace_is_missing(error):
        return TemporalUnavailable(
            "Temporal has no such namespace; check TEMPORAL_NAMESPACE.", reason=error.message[:200]
        )
    return TemporalUnavailable(
        "Temporal did not answer the call; try again, and check that its server runs.",
        reason=f"{error.status.name}: {error.message}"[:200],
    )

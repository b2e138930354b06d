"""What a run's description and its end mean for the edit."""

from __future__ import annotations

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecutionDescription
from temporalio.exceptions import ApplicationError, CancelledError, TerminatedError, TimeoutError

from durable_edits.contracts import PLAN_EDIT, Outcome, Problem, Status
from durable_edits.errors import DeadlineExceeded, EditsError, RunLost, Terminated

_WORKING = {
    PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
    PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED,
}


def running_status(description: WorkflowExecutionDescription, *, begun: bool) -> Status:
    """The status of an open run: pending, queued or in progress, never backwards over the life of a run.

    `begun`: the record says that the first step has begun. Temporal alone cannot tell a run between two steps from
    one whose first workflow task is being retried.
    """
    if begun:
        return Status.IN_PROGRESS
    raw = description.raw_description
    for step in raw.pending_activities:
        waiting = step.state not in _WORKING and step.attempt <= 1 and step.activity_type.name == PLAN_EDIT
        return Status.QUEUED if waiting else Status.IN_PROGRESS
    # Two events before a worker has looked at the run, four after; a cancel request is one more. A longer history
    # without a step means that the step is gone again (cancelled), or that the first workflow task is being retried.
    looked_at = 5 + int(raw.workflow_extended_info.cancel_requested)
    return Status.PENDING if description.history_length < looked_at else Status.QUEUED


def ended(edit_id: str, cause: BaseException | None) -> Outcome:
    """The outcome of a run that did not complete, from the failure it closed with."""
    match cause:
        case CancelledError():
            return Outcome(edit_id=edit_id, status=Status.CANCELLED)
        case ApplicationError(type=str() as code):
            details = cause.details[0] if cause.details and isinstance(cause.details[0], dict) else None
            problem = Problem(code=code, message=cause.message, details=details)
            return Outcome(edit_id=edit_id, status=Status.FAILED, problem=problem)
        case TerminatedError():
            return failed(edit_id, Terminated("The edit's run was terminated from outside; send the edit again."))
        case TimeoutError():
            return failed(edit_id, deadline_exceeded())
        case _:
            return failed(edit_id, RunLost("The edit's run ended without an outcome; send the edit again."))


def deadline_exceeded() -> DeadlineExceeded:
    return DeadlineExceeded("The edit did not end within EDITS_DEADLINE; see that workers run, then send it again.")


def failed(edit_id: str, error: EditsError) -> Outcome:
    problem = Problem(code=error.code, message=error.message, details=error.details or None)
    return Outcome(edit_id=edit_id, status=Status.FAILED, problem=problem)

"""A run's description as a status, over every life a run can have; and the outcome of every end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from temporalio.api.common.v1 import ActivityType
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo, WorkflowExecutionExtendedInfo, WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import WorkflowExecutionDescription
from temporalio.converter import DataConverter
from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    TerminatedError,
    TimeoutError,
    TimeoutType,
)

from durable_edits.contracts import CLOSE_EDIT, FILL_DOCUMENT, PLAN_EDIT, Outcome, Problem, Status
from durable_edits.errors import FillTimedOut
from durable_edits.run_status import ended, failed, running_status

SCHEDULED = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
CANCEL_REQUESTED = PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED

PENDING, QUEUED, IN_PROGRESS = Status.PENDING, Status.QUEUED, Status.IN_PROGRESS
ORDER = [PENDING, QUEUED, IN_PROGRESS]


@dataclass(frozen=True)
class Moment:
    """What Temporal and the record say at one time."""

    events: int
    step: str = ""
    state: PendingActivityState.ValueType = SCHEDULED
    attempt: int = 1
    begun: bool = False
    cancelled: bool = False

    async def status(self) -> Status:
        steps = [
            PendingActivityInfo(activity_type=ActivityType(name=self.step), state=self.state, attempt=self.attempt)
        ]
        response = DescribeWorkflowExecutionResponse(
            workflow_execution_info=WorkflowExecutionInfo(history_length=self.events),
            workflow_extended_info=WorkflowExecutionExtendedInfo(cancel_requested=self.cancelled),
            pending_activities=steps if self.step else [],
        )
        description = await WorkflowExecutionDescription._from_raw_description(
            response, namespace="default", converter=DataConverter.default
        )
        return running_status(description, begun=self.begun)


LIVES: dict[str, list[tuple[Moment, Status]]] = {
    "all goes well": [
        (Moment(2), PENDING),
        (Moment(3), PENDING),
        (Moment(5, PLAN_EDIT), QUEUED),
        (Moment(5, PLAN_EDIT, STARTED), IN_PROGRESS),
        (Moment(5, PLAN_EDIT, STARTED, begun=True), IN_PROGRESS),
        (Moment(8, begun=True), IN_PROGRESS),
        (Moment(11, FILL_DOCUMENT, begun=True), IN_PROGRESS),
        (Moment(11, FILL_DOCUMENT, STARTED, begun=True), IN_PROGRESS),
        (Moment(14, begun=True), IN_PROGRESS),
    ],
    "the first workflow task fails and is tried again": [
        (Moment(2), PENDING),
        (Moment(4), PENDING),
        (Moment(5), QUEUED),
        (Moment(6), QUEUED),
        (Moment(9, PLAN_EDIT), QUEUED),
        (Moment(9, PLAN_EDIT, STARTED), IN_PROGRESS),
    ],
    "the worker dies in the first step": [
        (Moment(5, PLAN_EDIT), QUEUED),
        (Moment(5, PLAN_EDIT, STARTED), IN_PROGRESS),
        (Moment(5, PLAN_EDIT, SCHEDULED, attempt=2), IN_PROGRESS),
        (Moment(5, PLAN_EDIT, STARTED, attempt=2), IN_PROGRESS),
    ],
    "the worker dies in the second step": [
        (Moment(11, FILL_DOCUMENT, STARTED), IN_PROGRESS),
        (Moment(11, FILL_DOCUMENT, SCHEDULED, attempt=2), IN_PROGRESS),
    ],
    "it is cancelled while a step works": [
        (Moment(5, PLAN_EDIT, STARTED, begun=True), IN_PROGRESS),
        (Moment(9, PLAN_EDIT, CANCEL_REQUESTED, begun=True), IN_PROGRESS),
        (Moment(12, CLOSE_EDIT, begun=True), IN_PROGRESS),
        (Moment(12, CLOSE_EDIT, STARTED, begun=True), IN_PROGRESS),
    ],
    "it is cancelled between a step's start and its record": [
        (Moment(5, PLAN_EDIT, STARTED), IN_PROGRESS),
        (Moment(9, PLAN_EDIT, CANCEL_REQUESTED), IN_PROGRESS),
        (Moment(12, CLOSE_EDIT), IN_PROGRESS),
    ],
    "it is cancelled before a step has begun": [
        (Moment(2), PENDING),
        (Moment(5, PLAN_EDIT), QUEUED),
        (Moment(9), QUEUED),
        (Moment(11, CLOSE_EDIT), IN_PROGRESS),
        (Moment(11, CLOSE_EDIT, STARTED), IN_PROGRESS),
    ],
}


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES.keys())
async def test_each_moment_of_a_life_has_its_status(life: list[tuple[Moment, Status]]) -> None:
    statuses = [await moment.status() for moment, _ in life]

    assert statuses == [expected for _, expected in life]


@pytest.mark.parametrize("cancel_at", range(9))
@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES.keys())
async def test_a_status_never_goes_backwards_also_when_a_cancel_is_asked_for(
    life: list[tuple[Moment, Status]], cancel_at: int
) -> None:
    moments = [moment for moment, _ in life]
    asked = [replace(moment, events=moment.events + 1, cancelled=True) for moment in moments]

    ranks = [ORDER.index(await moment.status()) for moment in moments[:cancel_at] + asked[cancel_at:]]

    assert all(earlier <= later for earlier, later in pairwise(ranks))


async def test_asking_for_a_cancel_is_no_progress() -> None:
    moments = [Moment(events=2), Moment(events=3, cancelled=True), Moment(events=5, cancelled=True)]

    assert [await moment.status() for moment in moments] == [PENDING] * 3


async def test_a_step_that_the_record_knows_of_is_progress_whatever_the_history_says() -> None:
    assert await Moment(events=2, begun=True).status() is IN_PROGRESS


# Ends


def test_a_cancelled_run_is_a_cancelled_edit() -> None:
    assert ended("edt_1", CancelledError("stopped")) == Outcome(edit_id="edt_1", status=Status.CANCELLED)


def test_a_failure_keeps_its_code_message_and_details() -> None:
    cause = ApplicationError("Not a PDF.", {"pages": 0}, type="invalid_document")

    problem = Problem(code="invalid_document", message="Not a PDF.", details={"pages": 0})
    assert ended("edt_1", cause) == Outcome(edit_id="edt_1", status=Status.FAILED, problem=problem)


@pytest.mark.parametrize("details", [(), ("text",), (None,)])
def test_details_that_are_no_names_and_values_are_left_out(details: tuple[object, ...]) -> None:
    outcome = ended("edt_1", ApplicationError("Not a PDF.", *details, type="invalid_document"))

    assert outcome.problem == Problem(code="invalid_document", message="Not a PDF.")


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (TerminatedError("by an operator"), "terminated"),
        (TimeoutError("late", type=TimeoutType.START_TO_CLOSE, last_heartbeat_details=[]), "deadline_exceeded"),
        (ApplicationError("without a type"), "run_lost"),
        (RuntimeError("anything"), "run_lost"),
        (None, "run_lost"),
    ],
    ids=["terminated", "timed out", "untyped", "foreign", "nothing"],
)
def test_every_other_end_is_a_failure_with_a_code_of_its_own(cause: BaseException | None, code: str) -> None:
    outcome = ended("edt_1", cause)

    assert (outcome.status, outcome.problem and outcome.problem.code) == (Status.FAILED, code)


def test_every_such_failure_says_what_to_do() -> None:
    causes = [TerminatedError(""), TimeoutError("", type=None, last_heartbeat_details=[]), None]
    messages = [(problem := ended("edt_1", cause).problem) and problem.message for cause in causes]

    assert ["again" in (message or "") for message in messages] == [True] * 3


def test_an_error_without_details_has_none_on_the_wire() -> None:
    outcome = failed("edt_1", FillTimedOut("Too slow."))

    assert outcome.problem == Problem(code="fill_timed_out", message="Too slow.", details=None)

"""The workflow of careless releases, under which runs that began before would break; and of a careful one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from durable_edits.contracts import EDIT_WORKFLOW, Outcome
from workflows.edit import EditWorkflow

LIMIT = timedelta(seconds=30)
PAUSE = timedelta(milliseconds=10)


@workflow.defn(name=EDIT_WORKFLOW)
class FirstStepAdded(EditWorkflow):
    @workflow.run
    async def run(self, *given: Any) -> Outcome:
        await workflow.execute_activity("audit_edit", args=given, start_to_close_timeout=LIMIT)
        return await super().run(*given)


@workflow.defn(name=EDIT_WORKFLOW)
class LastStepAdded(EditWorkflow):
    @workflow.run
    async def run(self, *given: Any) -> Outcome:
        outcome = await super().run(*given)
        await workflow.execute_activity("notify", outcome, start_to_close_timeout=LIMIT)
        return outcome


@workflow.defn(name=EDIT_WORKFLOW)
class TimerAdded(EditWorkflow):
    @workflow.run
    async def run(self, *given: Any) -> Outcome:
        await workflow.sleep(1)
        return await super().run(*given)


@workflow.defn(name=EDIT_WORKFLOW, failure_exception_types=[KeyError, ValueError])
class TimerAddedToNewRuns(EditWorkflow):
    """The same of a careful release: runs that are past this place already go on as they began."""

    @workflow.run
    async def run(self, *given: Any) -> Outcome:
        if workflow.patched("timer-first"):
            await workflow.sleep(PAUSE)
        return await super().run(*given)

"""The workflow of a careless release: runs that began before it would break."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from durable_edits.contracts import EDIT_WORKFLOW, Outcome
from workflows.edit import EditWorkflow

LIMIT = timedelta(seconds=30)


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

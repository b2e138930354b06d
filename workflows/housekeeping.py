"""Housekeeping: one step a chore, however many rows and objects it finds, so that a history stays small.

A chore that fails to the end does not keep the others from being done; the run then ends as failed, and names it.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception
from temporalio.workflow import ActivityConfig

with workflow.unsafe.imports_passed_through():
    from activities.housekeeping import HousekeepingActivities
    from durable_edits.contracts import HOUSEKEEPING_WORKFLOW, Chore, Housekeeping, SweepJob, Swept

STEP: ActivityConfig = {
    # Listing a store of many millions of objects takes hours. A dead worker is noticed by its heartbeats.
    "start_to_close_timeout": timedelta(hours=12),
    "heartbeat_timeout": timedelta(seconds=15),
    # A store that is away for an hour is waited for; for longer, the next night will do.
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=5), maximum_attempts=20
    ),
}


@workflow.defn(name=HOUSEKEEPING_WORKFLOW)
class HousekeepingWorkflow:
    @workflow.run
    async def run(self, wanted: Housekeeping) -> list[Swept]:
        done = list(wanted.done)
        for chore in list(Chore):
            swept = next((each for each in done if each.chore is chore), None)
            if swept is None:
                done.append(swept := Swept(chore=chore, more=True))
            while swept.more:
                if workflow.info().is_continue_as_new_suggested():
                    workflow.continue_as_new(wanted.model_copy(update={"done": done}))
                await self._go_on(swept, wanted)
        workflow.set_current_details("\n".join(f"{each.chore}: {each.things}, {each.bytes} bytes" for each in done))
        if failed := [each.chore.value for each in done if each.failed]:
            raise ApplicationError(f"Not done to the end: {', '.join(failed)}; see the step's failure.", done)
        return done

    async def _go_on(self, swept: Swept, wanted: Housekeeping) -> None:
        workflow.set_current_details(f"At {swept.chore}.")
        job = SweepJob(chore=swept.chore, retention_days=wanted.retention_days)
        try:
            part = await workflow.execute_activity_method(HousekeepingActivities.sweep, job, **STEP)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            swept.more, swept.failed = False, True
            return
        swept.things += part.things
        swept.bytes += part.bytes
        swept.more = part.more

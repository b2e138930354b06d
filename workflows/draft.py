"""One draft: plan an edit that is not made. Whoever asks for it waits."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.drafts import DraftActivities
    from durable_edits.contracts import DRAFT_WORKFLOW, BlobRef, DraftJob

# Somebody holds a connection for it: an outage of more than a few seconds is theirs to try again.
RETRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=3)


@workflow.defn(name=DRAFT_WORKFLOW, failure_exception_types=[KeyError, ValueError])
class DraftWorkflow:
    @workflow.run
    async def run(self, job: DraftJob) -> BlobRef:
        return await workflow.execute_activity_method(
            DraftActivities.make_draft,
            job,
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(seconds=5),
            retry_policy=RETRIES,
        )

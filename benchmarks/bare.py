"""What an edit is measured against: two activities one after the other that do nothing and store nothing."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import BaseModel

STEP = timedelta(minutes=1)


class Job(BaseModel):
    name: str
    number: int


class Done(BaseModel):
    name: str
    pages: int


@activity.defn
async def first(job: Job) -> Done:
    return Done(name=job.name, pages=job.number)


@activity.defn
async def second(done: Done) -> Done:
    return Done(name=done.name, pages=done.pages + 1)


@workflow.defn
class BareWorkflow:
    @workflow.run
    async def run(self, job: Job) -> Done:
        done = await workflow.execute_activity(first, job, start_to_close_timeout=STEP)
        return await workflow.execute_activity(second, done, start_to_close_timeout=STEP)

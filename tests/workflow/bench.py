"""A worker in the test's own process, with gates at the places where races are decided."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.worker import Worker

from activities.children.pool import open_children
from activities.edits import EditActivities
from activities.housekeeping import HousekeepingActivities
from durable_edits.client import EditsClient, open_edits
from durable_edits.contracts import EDIT_WORKFLOW, Outcome, SourceDocument, Status
from durable_edits.settings import Settings
from durable_edits.settling import Edit
from durable_edits.storage.blobs import Blobs, edit_folder
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.document_urls import encode_data_url
from durable_edits.storage.fetch import Fetcher
from durable_edits.storage.records import EditRecord
from tests.forms import text_form
from worker import HEARTBEAT_THROTTLE, STICKY_TIMEOUT, build_worker
from workflows.edit import EditWorkflow

GATE_SECONDS = 20.0  # a test that failed must not hold its worker for ever
HEARTBEAT = 0.5  # seconds: long enough for a heartbeat to bring a cancel to a step

WORKFLOW_TASK_STARTED = EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
STEP_ENDED = EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
CANCEL_ASKED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED


@dataclass
class Gate:
    """Closed until `open()`; `reached` is set by whoever comes to it."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    async def pass_through(self) -> None:
        self.reached.set()
        async with asyncio.timeout(GATE_SECONDS):
            await self._open.wait()

    def open(self) -> None:
        self._open.set()


class GatedCatalog(Catalog):
    """The real catalog, stopped at the gates a test puts up: around a step's begin, its next read, and its commit."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.before_begin: Gate | None = None
        self.after_begin: Gate | None = None
        self.before_read: Gate | None = None
        self.before: dict[Status, Gate] = {}
        self.after: dict[Status, Gate] = {}

    async def begin_edit(self, record: EditRecord, run_id: str) -> EditRecord:
        if self.before_begin:
            await self.before_begin.pass_through()
        begun = await super().begin_edit(record, run_id)
        if self.after_begin:
            await self.after_begin.pass_through()
        return begun

    async def edit(self, edit_id: str) -> EditRecord | None:
        if self.before_read:
            await self.before_read.pass_through()
        return await super().edit(edit_id)

    async def close_edit(self, outcome: Outcome, pages: int | None = None) -> Outcome:
        if gate := self.before.get(outcome.status):
            await gate.pass_through()
        stands = await super().close_edit(outcome, pages)
        if gate := self.after.get(outcome.status):
            await gate.pass_through()
        return stands


@dataclass(frozen=True)
class End:
    """How an edit ended in record, run and object store. `kept`: its output, or anything that should be gone."""

    record: Status
    run: WorkflowExecutionStatus | None
    kept: bool


COMPLETED = End(Status.COMPLETED, WorkflowExecutionStatus.COMPLETED, kept=True)
FAILED = End(Status.FAILED, WorkflowExecutionStatus.FAILED, kept=False)
CANCELLED = End(Status.CANCELLED, WorkflowExecutionStatus.CANCELED, kept=False)


@dataclass
class Bench:
    """An EditsClient, and the parts of the worker that runs its edits."""

    temporal: Client
    edits: EditsClient
    catalog: GatedCatalog
    steps: EditActivities
    chores: HousekeepingActivities
    settings: Settings

    async def create(self, form: bytes | None = None, instructions: str = "name: Ada") -> Edit:
        return await self.edits.create(document(form), instructions)

    async def start_bare(
        self, edit_id: str, form: bytes | None = None, instructions: str = "name: Ada"
    ) -> WorkflowHandle[object, object]:
        """As somebody who knows nothing but Temporal: a type name, a queue and JSON."""
        return await self.temporal.start_workflow(
            EDIT_WORKFLOW,
            {"document": document(form).model_dump(), "instructions": instructions},
            id=edit_id,
            task_queue=self.settings.task_queue,
        )

    def worker(self) -> Worker:
        return build_worker(self.temporal, self.steps, self.chores, self.settings)

    def workflow_worker(self, **options: Any) -> Worker:
        """Decides, but takes no step."""
        return Worker(
            self.temporal,
            task_queue=self.settings.task_queue,
            workflows=[EditWorkflow],
            sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
            **options,
        )

    def step_worker(self) -> Worker:
        """Takes steps, but decides nothing."""
        return Worker(
            self.temporal,
            task_queue=self.settings.task_queue,
            activities=[self.steps.plan_edit, self.steps.fill_document, self.steps.close_edit],
            max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        )

    def run(self, edit_id: str) -> WorkflowHandle[object, object]:
        return self.temporal.get_workflow_handle(edit_id)

    async def temporal_status(self, edit_id: str) -> WorkflowExecutionStatus | None:
        """Once the run is closed."""
        await self.edits.runs.wait(edit_id)
        return (await self.run(edit_id).describe()).status

    async def end(self, edit_id: str) -> End:
        """Once the run is closed."""
        run = await self.temporal_status(edit_id)
        edit = await self.edits.get(edit_id)
        output = await self.edits.output(edit)
        return End(edit.status, run, kept=output is not None or (await self.stored(edit_id) != []))

    async def steps_of(self, edit_id: str) -> list[str]:
        """The steps the run has asked for, in order."""
        return [
            event.activity_task_scheduled_event_attributes.activity_type.name
            async for event in self.run(edit_id).fetch_history_events()
            if event.HasField("activity_task_scheduled_event_attributes")
        ]

    async def asked_for(self, edit_id: str, step: str) -> None:
        """Once the run has asked for this step."""
        while step not in await self.steps_of(edit_id):
            await asyncio.sleep(0.02)

    async def unseen(self, edit_id: str, *wanted: EventType.ValueType) -> None:
        """Once these events, in this order, have come after the last workflow task that a worker looked at."""
        while True:
            seen = [event.event_type async for event in self.run(edit_id).fetch_history_events()]
            last_look = max(place for place, kind in enumerate(seen) if kind == WORKFLOW_TASK_STARTED)
            if [kind for kind in seen[last_look:] if kind in {STEP_ENDED, CANCEL_ASKED}] == list(wanted):
                return
            await asyncio.sleep(0.02)

    async def stored(self, edit_id: str) -> list[str]:
        """What is kept for the edit, its source document apart."""
        return await self.edits.blobs.keys(edit_folder(edit_id))


def document(form: bytes | None = None) -> SourceDocument:
    url = encode_data_url("application/pdf", form or text_form(["name"]))
    return SourceDocument(filename="form.pdf", url=url)


@asynccontextmanager
async def open_bench(temporal: Client, settings: Settings) -> AsyncIterator[Bench]:
    catalog = GatedCatalog(settings.catalog)
    fetcher = Fetcher([], settings.max_document_bytes)
    async with (
        open_children(1, settings.fill_timeout, settings.child_memory_mb) as children,
        open_edits(settings, temporal) as edits,
    ):
        steps = EditActivities(settings, catalog, Blobs(settings.blobs), fetcher, children)
        chores = HousekeepingActivities(catalog, edits.blobs, edits.runs)
        yield Bench(temporal, edits, catalog, steps, chores, settings)
    await fetcher.close()
    await catalog.close()

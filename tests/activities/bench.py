"""The steps on real stores and real children, called as a worker calls them, with gates where races are decided."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
from sqlalchemy import text
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.children.pool import ENGINE, Children, open_children
from activities.edits import EditActivities
from durable_edits.contracts import (
    BlobRef,
    CloseJob,
    EditInput,
    FillJob,
    Outcome,
    PlanJob,
    Planned,
    Problem,
    SourceDocument,
    Status,
    new_edit_id,
)
from durable_edits.settings import Settings
from durable_edits.storage.blobs import Blobs, edit_folder
from durable_edits.storage.document_urls import encode_data_url
from durable_edits.storage.fetch import Fetcher
from durable_edits.storage.migrate import migrate
from durable_edits.storage.records import EditRecord
from tests.activities import jobs
from tests.activities.waiting import eventually
from tests.forms import many_fields_form, many_values, text_form
from tests.workflow.bench import Gate, GatedCatalog

RUN = "run-1"
FORM = text_form(["name", "city"])
LONG = 4_000  # fields: a second of work, and more to fill them
LONG_FORM, LONG_VALUES = many_fields_form(LONG), many_values(LONG // 2)
CREATED = datetime(2026, 1, 31, 12, tzinfo=UTC)


class GatedBlobs(Blobs):
    """The real object store, stopped before or after it stores what a name begins with."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.before: dict[str, Gate] = {}
        self.after: dict[str, Gate] = {}

    async def put(self, folder: str, name: str, data: bytes) -> BlobRef:
        if gate := self.before.get(name):
            await gate.pass_through()
        ref = await super().put(folder, name, data)
        if gate := self.after.get(name):
            await gate.pass_through()
        return ref


class Child:
    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._spent = self._seconds()

    async def at_work(self) -> None:
        """Until it works on what it was given next."""
        await eventually(lambda: self._seconds() > self._spent + 0.1)

    def _seconds(self) -> float:
        return float(psutil.Process(self.pid).cpu_times().user)


@dataclass
class Bench:
    temporal: Client
    settings: Settings
    catalog: GatedCatalog
    blobs: GatedBlobs
    children: Children
    steps: EditActivities
    edit_id: str = field(default_factory=new_edit_id)

    def planning(
        self, document: bytes | SourceDocument = FORM, instructions: str | None = "name: Ada", *, run: str = RUN
    ) -> PlanJob:
        source = document if isinstance(document, SourceDocument) else inline(document)
        edit = EditInput(document=source, instructions=instructions)
        return PlanJob(edit_id=self.edit_id, run_id=run, created_at=CREATED, edit=edit)

    def filling(self, planned: Planned, *, color: str = "#000080") -> FillJob:
        assert planned.document is not None
        assert planned.plan is not None
        return FillJob(
            edit_id=self.edit_id, document=planned.document, plan=planned.plan, color=color, model="retab-small"
        )

    def closing(self, status: Status, problem: Problem | None = None, *, run: str = RUN) -> CloseJob:
        plan = self.planning(run=run)
        return CloseJob(
            edit_id=self.edit_id, run_id=run, created_at=CREATED, edit=plan.edit, status=status, problem=problem
        )

    def closing_failed(self, error: ApplicationError) -> CloseJob:
        """As the workflow closes an edit after a step's last failure."""
        details = error.details[0] if error.details else None
        return self.closing(Status.FAILED, Problem(code=str(error.type), message=error.message, details=details))

    async def plan(self, job: PlanJob | None = None, env: ActivityEnvironment | None = None) -> Planned:
        return await (env or self.attempt(1)).run(self.steps.plan_edit, job or self.planning())

    async def fill(self, job: FillJob, env: ActivityEnvironment | None = None) -> Outcome:
        return await (env or self.attempt(1)).run(self.steps.fill_document, job)

    async def close(self, job: CloseJob) -> Outcome:
        return await self.attempt(1).run(self.steps.close_edit, job)

    def attempt(self, number: int) -> ActivityEnvironment:
        return attempt(number, self.temporal)

    async def delete(self) -> None:
        """As the client does it."""
        await self.catalog.delete_edit(self.edit_id)
        await self.blobs.delete_folder(edit_folder(self.edit_id))

    def lose_blobs(self) -> None:
        """The directory of the object store is gone, and something else in its place."""
        folder = self.settings.home / "blobs"
        folder.rename(folder.with_name("blobs, lost"))
        folder.write_text("not a directory")

    def find_blobs(self) -> None:
        folder = self.settings.home / "blobs"
        folder.unlink()
        folder.with_name("blobs, lost").rename(folder)

    async def forget(self) -> None:
        """The edit's row is gone, as after a database was put back from yesterday."""
        await self._sql("DELETE FROM edits")

    async def lose_catalog(self) -> None:
        await self._sql("ALTER TABLE edits RENAME TO edits_lost")

    async def find_catalog(self) -> None:
        await self._sql("ALTER TABLE edits_lost RENAME TO edits")

    async def _sql(self, statement: str) -> None:
        async with self.catalog.engine.begin() as connection:
            await connection.execute(text(statement))

    async def record(self) -> EditRecord:
        record = await self.catalog.edit(self.edit_id)
        assert record is not None
        return record

    async def child(self) -> Child:
        """The one that will get the next document, with the engine in it."""
        return Child(await self.children.run(jobs.pid))

    async def stored(self) -> list[str]:
        """What is kept for the edit, its source document apart: the kind of each object."""
        keys = await self.blobs.keys(edit_folder(self.edit_id))
        return sorted(Path(key).name.partition("-")[0] for key in keys)


def inline(document: bytes, filename: str = "form.pdf") -> SourceDocument:
    return SourceDocument(filename=filename, url=encode_data_url("application/pdf", document))


def attempt(number: int, temporal: Client | None = None) -> ActivityEnvironment:
    """Of a run that no server knows."""
    env = ActivityEnvironment(client=temporal)
    env.info = replace(env.info, attempt=number, workflow_run_id=str(uuid4()))
    return env


def begun(coroutine: Any) -> asyncio.Task[Any]:
    return asyncio.create_task(coroutine)


@asynccontextmanager
async def open_bench(temporal: Client, home: Path, **changed: Any) -> AsyncIterator[Bench]:
    settings = Settings(home=home, pdf_slots=1, child_memory_mb=1_024, **changed)
    catalog, blobs = GatedCatalog(settings.catalog), GatedBlobs(settings.blobs)
    fetcher = Fetcher(settings.fetch_hosts, settings.max_document_bytes)
    await migrate(catalog)
    modules = (ENGINE, jobs.__name__)
    async with open_children(settings.pdf_slots, settings.fill_timeout, settings.child_memory_mb, modules) as children:
        steps = EditActivities(settings, catalog, blobs, fetcher, children)
        yield Bench(temporal, settings, catalog, blobs, children, steps)
    await fetcher.close()
    await catalog.close()

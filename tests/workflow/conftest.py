"""A worker in the test's own process, with gates at the places where races are decided."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from activities.child import Children
from activities.edits import EditActivities
from durable_edits.client import Edit, EditsClient, open_edits
from durable_edits.contracts import Outcome, SourceDocument, Status
from durable_edits.settings import Settings
from durable_edits.storage.blobs import Blobs, edit_folder
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.document_urls import encode_data_url
from durable_edits.storage.fetch import Fetcher
from tests.forms import text_form
from worker import build_worker


@dataclass
class Gate:
    """Closed until `open()`; `reached` is set by whoever comes to it."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    async def pass_through(self) -> None:
        self.reached.set()
        await self._open.wait()

    def open(self) -> None:
        self._open.set()


class GatedCatalog(Catalog):
    """The real catalog, stopped right before or right after it commits `completed`."""

    before_commit: Gate | None = None
    after_commit: Gate | None = None

    async def close_edit(self, outcome: Outcome) -> Outcome:
        if outcome.status is Status.COMPLETED and self.before_commit:
            await self.before_commit.pass_through()
        stands = await super().close_edit(outcome)
        if outcome.status is Status.COMPLETED and self.after_commit:
            await self.after_commit.pass_through()
        return stands


@dataclass
class Bench:
    """An EditsClient, and the parts of the worker that runs its edits."""

    temporal: Client
    edits: EditsClient
    catalog: GatedCatalog
    steps: EditActivities
    settings: Settings

    async def create(self, form: bytes | None = None, instructions: str = "name: Ada") -> Edit:
        url = encode_data_url("application/pdf", form or text_form(["name"]))
        return await self.edits.create(SourceDocument(filename="form.pdf", url=url), instructions)

    def run(self, edit_id: str) -> WorkflowHandle[object, object]:
        return self.temporal.get_workflow_handle(edit_id)

    async def temporal_status(self, edit_id: str) -> WorkflowExecutionStatus | None:
        """Once the run is closed."""
        await self.edits.runs.wait(edit_id)
        return (await self.run(edit_id).describe()).status

    async def stored(self, edit_id: str) -> list[str]:
        """What is kept for the edit, its source document apart."""
        return await self.edits.blobs.keys(edit_folder(edit_id))


@pytest.fixture
async def bench(temporal: Client, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    settings = Settings(home=tmp_path, task_queue=f"{request.node.name[:150]}-{tmp_path.name}", pdf_slots=1, grace=5)
    catalog = GatedCatalog(settings.catalog)
    fetcher = Fetcher([], settings.max_document_bytes)
    children = Children(1, settings.fill_timeout, settings.child_memory_mb)
    steps = EditActivities(settings, catalog, Blobs(settings.blobs), fetcher, children)
    async with open_edits(settings, temporal) as edits:
        yield Bench(temporal, edits, catalog, steps, settings)
    await fetcher.close()
    await catalog.close()


@pytest.fixture
async def working(bench: Bench) -> AsyncIterator[Bench]:
    """The bench with its worker running."""
    async with build_worker(bench.temporal, bench.steps, bench.settings):
        yield bench

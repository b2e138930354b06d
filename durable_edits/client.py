"""The Python door: start, read, list, cancel and delete edits. The gateway is this, spoken over HTTP.

async with open_edits() as edits:
    edit = await edits.create(SourceDocument(filename="form.pdf", url="https://…"), "Name: Ada Lovelace")
    edit = await edits.wait(edit.id)
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from temporalio.client import Client

from durable_edits import metrics
from durable_edits.contracts import (
    DEFAULT_COLOR,
    DEFAULT_MODEL,
    DEFAULT_ORGANIZATION,
    EditInput,
    Outcome,
    SourceDocument,
    Status,
    new_edit_id,
)
from durable_edits.drafts import Drafts
from durable_edits.edit_input import given_plan, is_stored, new_input, same_input
from durable_edits.ending import record_closed, run_or_record_closed
from durable_edits.errors import (
    BlobsUnavailable,
    CatalogUnavailable,
    Conflict,
    IdempotencyConflict,
    InfrastructureError,
    InstructionsEmpty,
    NotFound,
    NotStarted,
)
from durable_edits.files import Files
from durable_edits.form import Filled
from durable_edits.runs import Runs, connect
from durable_edits.settings import Settings
from durable_edits.settling import Edit, settle
from durable_edits.storage.blobs import Blobs, edit_folder
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.database import storable
from durable_edits.storage.documents import Documents
from durable_edits.storage.files import FileRows
from durable_edits.storage.idempotency import Claim
from durable_edits.storage.links import Links
from durable_edits.storage.migrate import migrate
from durable_edits.storage.records import EditRecord, FileRecord, TemplateRecord, started_record
from durable_edits.storage.templates import TemplateRows
from durable_edits.storage.uploads import UploadRows
from durable_edits.templates import Templates
from durable_edits.uploads import Uploads

log = logging.getLogger(__name__)

PING_SECONDS = 5.0  # a probe of an orchestrator gives up sooner or later than that, but not much
CANCEL_WAIT = 2.0  # seconds a worker gets to end its edit itself; with one running it takes well under a second
LONGEST_ID = 1_000  # characters of a workflow id; a call with one of many thousands breaks, which looks like an outage


@dataclass(frozen=True)
class EditsClient:
    """`organization` owns what is created here; edits of every organization in `sees` are found."""

    runs: Runs
    catalog: Catalog
    blobs: Blobs
    documents: Documents
    links: Links
    upload_limit: int
    organization: str = DEFAULT_ORGANIZATION
    sees: tuple[str, ...] = (DEFAULT_ORGANIZATION,)

    def within(self, organization: str, *also: str) -> EditsClient:
        return replace(self, organization=organization, sees=(organization, *also))

    @property
    def files(self) -> Files:
        return Files(FileRows(self.catalog), self.blobs, self.links, self.sees)

    @property
    def uploads(self) -> Uploads:
        rows, files = UploadRows(self.catalog), FileRows(self.catalog)
        return Uploads(rows, files, self.blobs, self.links, self.upload_limit, self.organization)

    async def ping(self) -> None:
        """Raises an InfrastructureError unless Temporal, catalog and object store all answer, and soon."""
        try:
            async with asyncio.timeout(PING_SECONDS):
                # One after the other: after the first that is away, nothing is under way any more.
                await self.runs.ping()
                await self.catalog.ping()
                await self.blobs.ping()
        except TimeoutError as error:
            message = f"Temporal, catalog or object store did not answer within {PING_SECONDS:g} s; look at each."
            raise InfrastructureError(message) from error

    @property
    def templates(self) -> Templates:
        return Templates(
            TemplateRows(self.catalog), self.catalog, self.runs, self.blobs, self.documents, self.organization
        )

    @property
    def drafts(self) -> Drafts:
        return Drafts(self.runs, self.blobs, self.documents, self.organization)

    async def create(
        self,
        document: SourceDocument | TemplateRecord,
        instructions: str,
        *,
        model: str = DEFAULT_MODEL,
        color: str = DEFAULT_COLOR,
        values: Mapping[str, str] | None = None,
        bust_cache: bool = False,
        claim: Claim | None = None,
    ) -> Edit:
        """Store the document, write the record, start the run. A template's document is stored, and its form known.

        `values` by the form's keys are filled in as they are; the instructions then are only kept.

        Raises InstructionsEmpty, InvalidDataUrl, UnsupportedDocument, DocumentTooLarge, FetchRefused, NotFound (a
        stored file), IdempotencyConflict (the claim is lost) and InfrastructureError; after any there is no edit.
        """
        if not instructions.strip() and not values:
            raise InstructionsEmpty("The instructions are empty; say what goes into which field.")
        edit_id = new_edit_id()
        edit, new_file = await new_input(document, self.documents, self.organization, model, color)
        record = replace(started_record(edit_id, edit, datetime.now(UTC)), instructions=storable(instructions) or None)
        known = document if isinstance(document, TemplateRecord) else new_file
        if known is not None:
            record = replace(record, mime_type=known.mime_type)
        try:
            edit.plan, edit.bust_cache = await given_plan(self.blobs, edit_id, values), bust_cache
            await self.catalog.create_edit(record, new_file, claim, stored=is_stored(edit, new_file))
            await self._start(edit_id, edit)
        except (InfrastructureError, IdempotencyConflict):
            await self._withdraw(record, new_file)
            raise
        metrics.ACCEPTED.add()
        return Edit(record, Status.PENDING)

    async def resume(
        self, edit_id: str, document: SourceDocument | TemplateRecord, values: Mapping[str, str] | None = None
    ) -> bool:
        """Start the run of an edit whose record was written by a request that died; False where it is too late."""
        record = await self.catalog.edit(edit_id)
        if record is None or record.deleted:
            return False
        if record.outcome is not None:
            return record.outcome.problem is None or record.outcome.problem.code != NotStarted.code
        if record.run_id is None:
            await self._start(edit_id, same_input(record, document, await given_plan(self.blobs, edit_id, values)))
        return True

    async def _start(self, edit_id: str, edit: EditInput) -> None:
        with contextlib.suppress(Conflict):  # `resume` on another gateway was first: the run is the same
            await self.runs.start(edit_id, edit)

    async def _withdraw(self, record: EditRecord, new_file: FileRecord | None) -> None:
        """Whether it started or not, nobody was told of it: a closed and hidden record keeps it from completing."""
        try:
            await self.catalog.delete_edit(record.id)
            if new_file is not None:
                await self.catalog.delete_file(new_file.id)
        finally:
            await self.blobs.delete_folder(edit_folder(record.id))
            if new_file is not None:
                await self.blobs.delete(new_file.blob)

    async def get(self, edit_id: str) -> Edit:
        """The edit as it stands now; raises NotFound."""
        record = await self._find(edit_id)
        if record is None:
            raise NotFound(f"Edit {edit_id[:200]} not found")
        return await self.settle(record)

    async def wait(self, edit: Edit | str) -> Edit:
        """The edit once it has ended; by its id, or as `create` gave it. Raises NotFound, also when it is deleted."""
        record = await self._record(edit) if isinstance(edit, str) else edit.record
        while record.outcome is None:  # twice where an operator resets the run: another one then goes on with the edit
            await run_or_record_closed(record.id, self.runs, self.catalog)
            record = (await self.get(record.id)).record
        return await self.settle(record)

    async def output(self, edit: Edit) -> tuple[Filled, bytes] | None:
        """The filled form and the filled PDF; None unless the edit is completed."""
        outcome = edit.outcome
        if outcome is None or outcome.result is None or outcome.filled is None:
            return None
        result, document = await asyncio.gather(self.blobs.get(outcome.result), self.blobs.get(outcome.filled))
        return Filled.model_validate_json(result), document

    async def report(self, edit: Edit) -> Filled | None:
        """What became of each field; None unless the edit is completed."""
        if edit.outcome is None or edit.outcome.result is None:
            return None
        return Filled.model_validate_json(await self.blobs.get(edit.outcome.result))

    async def cancel(self, edit_id: str) -> Edit:
        """End the edit; one that has ended comes back unchanged. The answer is final, with or without a worker."""
        edit = await self.settle(await self._record(edit_id))
        if edit.outcome is not None:
            return edit
        began = time.perf_counter()
        await self.runs.cancel(edit_id)
        by = "worker" if await record_closed(edit_id, self.catalog, CANCEL_WAIT) else "gateway"
        await self.get(edit_id)  # a run that ended without our code (terminated, timed out) has its own outcome
        await self.catalog.close_edit(Outcome(edit_id=edit_id, status=Status.CANCELLED))
        edit = await self.get(edit_id)
        if edit.status is Status.CANCELLED:
            await self.blobs.delete_folder(edit_folder(edit_id))
        metrics.CANCEL.record(time.perf_counter() - began, by)
        return edit

    async def delete(self, edit_id: str) -> bool:
        """Hide the edit for good and stop it if it runs; raises NotFound, the second time too.

        True: its output, plan and report are gone. False: the object store is away, and housekeeping will erase them.
        """
        record = await self._record(edit_id)
        if record.outcome is None:
            # First: a run that finds its record closed, and no cancel, can only call itself failed.
            await self.runs.cancel(edit_id)
            await self.catalog.close_edit(Outcome(edit_id=edit_id, status=Status.CANCELLED))
        # Hidden first, with a note for housekeeping: whatever goes wrong from here on, the bytes go.
        if not await self.catalog.delete_edit(edit_id):
            raise _not_found(edit_id)
        try:
            await self.blobs.delete_folder(edit_folder(edit_id))
        except BlobsUnavailable as error:
            log.warning("%s: the bytes of a deleted edit are left to housekeeping: %s", error.code, error.details)
            return False
        if record.outcome is not None:  # a step that is at it may store once more before it removes that itself
            with contextlib.suppress(CatalogUnavailable):  # then housekeeping looks, and finds nothing
                await self.catalog.edit_is_erased(edit_id)
        return True

    async def settle(self, record: EditRecord) -> Edit:
        """The edit of a record: see `settling`."""
        return await settle(record, self.runs, self.catalog, self.blobs)

    async def _record(self, edit_id: str) -> EditRecord:
        record = await self._find(edit_id)
        if record is None:
            raise _not_found(edit_id)
        return record

    async def _find(self, edit_id: str) -> EditRecord | None:
        record = await self.catalog.edit(edit_id) or await self._adopt(edit_id)
        if record is None or record.deleted or record.organization not in self.sees:
            return None
        return record

    async def _adopt(self, edit_id: str) -> EditRecord | None:
        """The record of an edit that was started straight through Temporal and that no worker has begun yet."""
        if len(edit_id) > LONGEST_ID or await self.runs.describe(edit_id, begun=False) is None:
            return None
        started = await self.runs.input(edit_id)
        if started is None or started[0].organization not in self.sees:
            return None
        return await self.catalog.adopt_edit(started_record(edit_id, *started))


def _not_found(edit_id: str) -> NotFound:
    return NotFound(f"edit '{edit_id[:200]}' not found")


@asynccontextmanager
async def open_edits(settings: Settings | None = None, temporal: Client | None = None) -> AsyncIterator[EditsClient]:
    """An EditsClient on the stores of `settings` (default: the environment) and the Temporal of TEMPORAL_*."""
    settings = settings or Settings()
    catalog, blobs = Catalog(settings.catalog), Blobs(settings.blobs)
    try:
        await migrate(catalog)
        runs = Runs(temporal or await connect(settings.encryption), settings.task_queue, settings.longest_edit)
        links = Links(catalog, blobs, settings.link_lifetime)
        documents = Documents(catalog, blobs, links, settings.max_document_bytes, settings.max_stored_bytes)
        yield EditsClient(runs, catalog, blobs, documents, links, settings.max_upload_bytes)
    finally:
        await catalog.close()

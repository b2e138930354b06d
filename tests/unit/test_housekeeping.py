"""Housekeeping on both databases: what is no longer needed goes with its bytes, and nothing else does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Table, func, select, update
from temporalio.client import Client

from durable_edits.contracts import (
    Chore,
    EditInput,
    Outcome,
    SourceDocument,
    Status,
    Swept,
    new_edit_id,
    new_file_id,
    new_template_id,
)
from durable_edits.errors import BlobsUnavailable, NotFound
from durable_edits.housekeeping.house import House
from durable_edits.runs import Runs
from durable_edits.storage.blobs import Blobs, edit_folder, file_folder, template_folder, upload_key
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.document_urls import stored_url
from durable_edits.storage.expired import Expired
from durable_edits.storage.files import FileRows
from durable_edits.storage.idempotency import KEPT, IdempotencyKey, IdempotencyKeys
from durable_edits.storage.migrate import migrate
from durable_edits.storage.records import (
    EditRecord,
    FileRecord,
    TemplateRecord,
    UploadRecord,
    started_record,
    to_microseconds,
)
from durable_edits.storage.schema import edits, files, idempotency_keys, templates, uploads
from durable_edits.storage.templates import TemplateRows
from durable_edits.storage.uploads import UploadRows
from tests.s3_server import running_s3

DAY = timedelta(days=1)
KEPT_FOR, LONG_AGO, LATELY = 30 * DAY, 40 * DAY, 20 * DAY


@dataclass
class Store:
    """A catalog and an object store of a test's own, whose contents can be made old."""

    catalog: Catalog
    blobs: Blobs
    root: Path
    temporal: Client

    def house(self, retention: timedelta | None = KEPT_FOR, *, dry_run: bool = False) -> House:
        return House(self.catalog, self.blobs, Runs(self.temporal, "nobody", DAY), retention, dry_run=dry_run)

    async def clean(self, retention: timedelta | None = KEPT_FOR, *, dry_run: bool = False) -> dict[Chore, Swept]:
        house = self.house(retention, dry_run=dry_run)
        return {chore: await house.sweep(chore) for chore in Chore}

    async def file(self, organization: str = "acme") -> FileRecord:
        file_id = new_file_id()
        blob = await self.blobs.put(file_folder(file_id), "document.bin", file_id.encode())
        file = FileRecord(file_id, organization, "form.pdf", "application/pdf", blob, datetime.now(UTC))
        await self.catalog.store_file(file)
        return file

    async def edit(self, file: FileRecord, edit_id: str | None = None) -> EditRecord:
        """In flight: with a plan, and without an outcome."""
        source = SourceDocument(filename="form.pdf", url=stored_url(file.organization, file.id, "form.pdf"))
        wanted = EditInput(document=source, organization=file.organization, instructions="Name: Ada")
        record = started_record(edit_id or new_edit_id(), wanted, datetime.now(UTC))
        await self.catalog.create_edit(record, None, stored=True)
        await self.blobs.put(edit_folder(record.id), "plan.json", record.id.encode())
        return record

    async def completed(self, file: FileRecord | None = None, edit_id: str | None = None) -> EditRecord:
        record = await self.edit(file or await self.file(), edit_id)
        folder = edit_folder(record.id)
        outcome = Outcome(
            edit_id=record.id,
            status=Status.COMPLETED,
            filled=await self.blobs.put(folder, "filled.pdf", b"filled " + record.id.encode()),
            filled_id=new_file_id(),
            result=await self.blobs.put(folder, "result.json", b"result " + record.id.encode()),
            credits=3.0,
        )
        await self.catalog.close_edit(outcome)
        return replace(record, outcome=outcome)

    async def template(self, file: FileRecord) -> TemplateRecord:
        template_id, now = new_template_id(), datetime.now(UTC)
        compiled = await self.blobs.put(template_folder(template_id), "form.json", template_id.encode())
        template = TemplateRecord(
            template_id, file.organization, "Form", file.id, "form.pdf", "application/pdf", compiled, 1, now, now
        )
        await TemplateRows(self.catalog).insert(template, 1)
        return template

    async def upload(self) -> UploadRecord:
        """Begun, its bytes sent, and never completed."""
        now = datetime.now(UTC)
        upload = UploadRecord(new_file_id(), "acme", "form.pdf", "application/pdf", 5, None, now, now + DAY / 24)
        await UploadRows(self.catalog).insert(upload)
        blob = await self.blobs.put(file_folder(upload.id), "document.bin", b"bytes")
        await UploadRows(self.catalog).receive(upload.id, blob)
        return upload

    async def age(self, time: timedelta, *only: str) -> None:
        """As if all that is there, or rows with these ids, had happened so long ago."""
        moment, past = to_microseconds(datetime.now(UTC)), time // timedelta(microseconds=1)
        times = {
            edits: ("created_at", "started_at", "closed_at", "deleted_at", "erasing_since"),
            files: ("created_at", "updated_at"),
            uploads: ("created_at", "expires_at", "completed_at"),
            templates: ("created_at", "updated_at", "deleted_at"),
        }

        def older(connection: Connection) -> None:
            for table, columns in times.items():
                rows = table.c.id.in_(only) if only else table.c.created_at > moment - past // 2
                connection.execute(update(table).where(rows).values({name: table.c[name] - past for name in columns}))

        await self.catalog.write(older)
        if not only:
            for path in self.root.rglob("*.*"):
                os.utime(path, (path.stat().st_mtime - time.total_seconds(),) * 2)

    async def count(self, table: Table) -> int:
        counted = select(func.count()).select_from(table)
        return await self.catalog.read(lambda connection: connection.scalar(counted)) or 0

    async def is_there(self, record: EditRecord) -> bool:
        found = await self.catalog.edit(record.id)
        return found is not None and not found.deleted

    async def has(self, file: FileRecord) -> bool:
        """The row and the bytes; a test fails where one is there without the other."""
        row = await FileRows(self.catalog).find(file.id, None) is not None
        assert row is (await self.blobs.keys(file_folder(file.id)) != [])
        return row

    async def keys(self) -> list[str]:
        return sorted(await self.blobs.keys())


@pytest.fixture
async def store(new_database: Callable[[], Awaitable[str]], tmp_path: Path, temporal: Client) -> AsyncIterator[Store]:
    catalog = Catalog(await new_database())
    await migrate(catalog)
    yield Store(catalog, Blobs((tmp_path / "blobs").as_uri()), tmp_path / "blobs", temporal)
    await catalog.close()


# Retention


async def test_an_edit_past_its_retention_is_erased_with_output_plan_and_source(store: Store) -> None:
    edit = await store.completed()
    await store.age(LONG_AGO)

    await store.clean()

    found = await store.catalog.edit(edit.id)
    assert found is not None
    assert (found.deleted, found.instructions, found.filename, found.outcome and found.outcome.filled) == (
        True,
        None,
        "",
        None,
    )
    assert (await store.keys(), await store.count(files)) == ([], 0)


async def test_a_younger_edit_and_one_in_flight_are_not_touched(store: Store) -> None:
    in_flight = await store.edit(await store.file())
    await store.age(LONG_AGO, in_flight.id)
    younger = await store.completed()
    await store.age(LATELY)
    before = await store.keys()

    house = store.house()
    for chore in set(Chore) - {Chore.CLOSE}:  # which closes it: Temporal has no run of it
        await house.sweep(chore)

    assert [await store.is_there(edit) for edit in (in_flight, younger)] == [True, True]
    assert await store.keys() == before


async def test_an_edit_counts_from_its_end(store: Store) -> None:
    edit = await store.completed()
    await store.age(LONG_AGO)
    await store.catalog.write(
        lambda connection: connection.execute(
            update(edits).values(closed_at=to_microseconds(datetime.now(UTC) - LATELY))
        )
    )

    await store.clean()

    assert await store.is_there(edit)


async def test_without_a_retention_ended_edits_and_their_sources_are_kept_for_ever(store: Store) -> None:
    edit = await store.completed()
    await store.age(1000 * DAY)
    before = await store.keys()

    await store.clean(None)

    assert (await store.is_there(edit), await store.keys()) == (True, before)


async def test_a_source_that_a_younger_edit_was_made_from_stays(store: Store) -> None:
    source = await store.file()
    await store.completed(source)
    await store.age(LONG_AGO)
    await store.completed(source)

    await store.clean()
    stays = await store.has(source)
    await store.age(LONG_AGO)
    await store.clean()

    assert (stays, await store.has(source)) == (True, False)


async def test_a_templates_document_stays_as_long_as_the_template(store: Store) -> None:
    source = await store.file()
    template = await store.template(source)
    await store.age(LONG_AGO)

    await store.clean()
    stays = await store.has(source)
    await TemplateRows(store.catalog).delete(template.id)
    await store.clean()

    assert (stays, await store.has(source)) == (True, False)


async def test_an_uploaded_file_that_nothing_was_made_from_goes_after_its_retention(store: Store) -> None:
    old = await store.file()
    await store.age(LONG_AGO)
    new = await store.file()

    await store.clean()

    assert [await store.has(file) for file in (old, new)] == [False, True]


async def test_a_file_that_has_just_come_stays_however_short_the_retention_is(store: Store) -> None:
    file = await store.file()

    await store.clean(timedelta(seconds=0.001))

    assert await store.has(file)


async def test_an_edit_whose_output_another_one_fills_on_stays_with_it(store: Store) -> None:
    first = await store.completed()
    assert first.outcome is not None
    assert first.outcome.filled_id is not None
    await store.age(LONG_AGO)
    output = await FileRows(store.catalog).find(first.outcome.filled_id, None)
    assert output is not None
    second = await store.edit(output)

    await store.clean()

    assert [await store.is_there(edit) for edit in (first, second)] == [True, True]
    assert await store.blobs.get(output.blob)


async def test_every_organization_is_looked_after(store: Store) -> None:
    kept = [await store.completed(await store.file(name)) for name in ("acme", "beta", "acme:test")]
    await store.age(LONG_AGO)

    swept = await store.clean()

    assert [await store.is_there(edit) for edit in kept] == [False] * 3
    assert (swept[Chore.EDITS].things, swept[Chore.FILES].things) == (3, 3)


async def test_more_than_a_batch_goes_too(store: Store) -> None:
    file = await store.file()
    for _ in range(230):
        await store.completed(file)
    await store.age(LONG_AGO)

    swept = await store.clean()

    assert (swept[Chore.EDITS].things, await store.keys()) == (230, [])


async def test_a_second_time_finds_nothing(store: Store) -> None:
    await store.completed()
    await store.upload()
    await store.age(LONG_AGO)
    await store.clean()

    again = await store.clean()

    assert {chore: each.things for chore, each in again.items()} == dict.fromkeys(Chore, 0)


async def test_a_dry_run_tells_what_would_go_and_changes_nothing(store: Store) -> None:
    await store.completed()
    await store.upload()
    await store.age(LONG_AGO)
    before = (await store.keys(), await store.count(uploads))

    told = await store.clean(dry_run=True)

    assert (await store.keys(), await store.count(uploads)) == before
    done = await store.clean()
    assert [(each.things, each.bytes) for each in told.values()] == [
        (each.things, each.bytes) for each in done.values()
    ]
    assert done[Chore.EDITS].bytes > 0


async def test_a_house_that_is_told_to_stop_leaves_the_rest_and_says_so(store: Store) -> None:
    for _ in range(3):
        await store.completed()
    await store.age(LONG_AGO)
    house = store.house()
    house.stopped = lambda: True

    swept = await house.sweep(Chore.EDITS)

    assert (swept.things, swept.more) == (0, True)


# A file that is about to be used


async def test_a_file_that_goes_while_an_edit_is_made_of_it_fails_the_create_and_leaves_no_record(store: Store) -> None:
    source = await store.file()
    await store.age(LONG_AGO)
    await store.clean()

    with pytest.raises(NotFound):
        await store.edit(source)

    assert await store.count(edits) == 0


async def test_of_a_create_and_a_removal_at_once_one_sees_the_other(store: Store) -> None:
    rows = Expired(store.catalog)
    for _ in range(30):
        source = await store.file()
        made, removed = await asyncio.gather(store.edit(source), rows.remove_files([source.id]), return_exceptions=True)

        assert not isinstance(removed, BaseException)
        assert isinstance(made, NotFound) is (removed == [source.id])
        assert isinstance(made, NotFound | EditRecord)


# Deleted edits


async def test_bytes_of_a_deleted_edit_that_could_not_be_erased_are_erased(store: Store) -> None:
    edit = await store.completed()
    await store.catalog.delete_edit(edit.id)
    aside = store.root.rename(store.root.with_name("aside"))
    store.root.write_text("no directory")
    with pytest.raises(BlobsUnavailable):
        await store.house(None).sweep(Chore.DELETED)
    store.root.unlink()
    aside.rename(store.root)

    swept = await store.house(None).sweep(Chore.DELETED)

    assert (swept.things, await store.blobs.keys(edit_folder(edit.id))) == (1, [])


async def test_what_a_step_stores_after_its_edit_was_deleted_is_erased_the_next_time(store: Store) -> None:
    edit = await store.edit(await store.file())
    await store.catalog.delete_edit(edit.id)
    await store.clean(None)
    await store.blobs.put(edit_folder(edit.id), "plan.json", b"late")

    await store.clean(None)

    assert await store.blobs.keys(edit_folder(edit.id)) == []


async def test_an_empty_record_goes_once_temporal_has_forgotten_the_run(store: Store) -> None:
    forgotten, remembered = await store.completed(), await store.completed()
    for edit in (forgotten, remembered):
        await store.catalog.delete_edit(edit.id)
        await store.catalog.edit_is_erased(edit.id)
    queue = f"nobody-{uuid4()}"
    await Runs(store.temporal, queue, DAY).start(
        remembered.id, EditInput(document=SourceDocument(filename="form.pdf", url="https://example.com/form.pdf"))
    )

    await store.clean(None)
    lately = await store.count(edits)
    await store.age(LONG_AGO)
    await store.clean(None)

    assert lately == 2
    assert [await store.catalog.edit(edit.id) is None for edit in (forgotten, remembered)] == [True, False]


async def test_a_record_whose_run_is_gone_is_closed_though_nobody_reads_it(store: Store) -> None:
    edit = await store.edit(await store.file())
    await store.age(2 * DAY)

    await store.clean(None)

    found = await store.catalog.edit(edit.id)
    assert found is not None
    assert found.outcome is not None
    assert found.outcome.status is Status.FAILED


# Uploads and keys


async def test_an_upload_that_was_never_completed_goes_with_its_bytes_a_day_after_it_expired(store: Store) -> None:
    old = await store.upload()
    await store.age(2 * DAY)
    new = await store.upload()

    await store.clean(None)

    assert [await UploadRows(store.catalog).find(each.id) is None for each in (old, new)] == [True, False]
    assert [await store.blobs.keys(file_folder(each.id)) == [] for each in (old, new)] == [True, False]


async def test_what_was_put_into_a_bucket_for_an_upload_that_expired_goes_too(store: Store) -> None:
    upload = await store.upload()
    await store.blobs.put(upload_key(upload.id).rpartition("/")[0], "document.bin", b"by a presigned URL")
    await store.age(2 * DAY)

    await store.clean(None)

    assert await store.keys() == []


async def test_expired_idempotency_keys_go(store: Store) -> None:
    keys = IdempotencyKeys(store.catalog)
    for name in ("old", "new"):
        assert await keys.claim(IdempotencyKey("acme", "POST /v1/edits", name, "0" * 64))
    old = update(idempotency_keys).where(idempotency_keys.c.key == "old")
    old = old.values(created_at=to_microseconds(datetime.now(UTC) - KEPT - DAY))
    await store.catalog.write(lambda connection: connection.execute(old))

    swept = await store.clean(None)

    assert (swept[Chore.KEYS].things, await store.count(idempotency_keys)) == (1, 1)


# Orphans


async def test_in_a_bucket_it_goes_as_in_a_directory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_s3() as bucket:
        for name, value in bucket.settings.items():
            monkeypatch.setenv(name, value)
        in_bucket = replace(store, blobs=Blobs(bucket.settings["EDITS_BLOBS_URL"]))
        kept, old = await in_bucket.completed(), await in_bucket.completed()
        past = to_microseconds(datetime.now(UTC) - LONG_AGO)
        aged = update(edits).where(edits.c.id == old.id).values(created_at=past, closed_at=past)
        await store.catalog.write(lambda connection: connection.execute(aged))
        await in_bucket.blobs.put(edit_folder(new_edit_id()), "plan.json", b"lost")

        swept = await in_bucket.clean()
        left = await in_bucket.keys()

    folders = {edit_folder(kept.id), file_folder(kept.file_id), file_folder(old.file_id)}
    assert {key.rpartition("/")[0] for key in left} == folders
    assert [swept[chore].things for chore in (Chore.EDITS, Chore.ORPHANS)] == [1, 1]


async def test_what_a_lost_race_has_left_goes_and_what_records_refer_to_stays(store: Store) -> None:
    completed = await store.completed()
    cancelled, in_flight = await store.edit(await store.file()), await store.edit(await store.file())
    await store.catalog.close_edit(Outcome(edit_id=cancelled.id, status=Status.CANCELLED))
    referred = set(await store.keys()) - set(await store.blobs.keys(edit_folder(cancelled.id)))
    lost = [
        (await store.blobs.put(folder, name, b"lost")).key
        for folder, name in (
            (edit_folder(completed.id), "filled.pdf"),
            (edit_folder(completed.id), "result.json"),
            (edit_folder(cancelled.id), "filled.pdf"),
            (edit_folder(new_edit_id()), "plan.json"),
            (file_folder(completed.file_id), "document.bin"),
            (file_folder(new_file_id()), "document.bin"),
            (template_folder(new_template_id()), "form.json"),
            ("drafts/x", "instructions.txt"),
            ("answers/x", "reply.json"),
            (edit_folder(completed.id), "reply.json"),
        )
    ]
    await store.blobs.put(edit_folder(in_flight.id), "filled.pdf", b"about to be committed")
    referred |= set(await store.blobs.keys(edit_folder(in_flight.id)))
    for path in store.root.rglob("*.*"):
        os.utime(path, (path.stat().st_mtime - 2 * DAY.total_seconds(),) * 2)

    swept = await store.house(None).sweep(Chore.ORPHANS)

    assert set(await store.keys()) == referred
    assert swept.things == len(lost) + 1  # the cancelled edit's plan


async def test_what_was_written_lately_stays_whether_a_record_refers_to_it_or_not(store: Store) -> None:
    for folder in (edit_folder(new_edit_id()), file_folder(new_file_id()), template_folder(new_template_id())):
        await store.blobs.put(folder, "document.bin", b"its record is about to be written")
    before = await store.keys()

    await store.clean()

    assert await store.keys() == before


async def test_folders_of_ids_that_somebody_else_chose_are_known_by_their_edits(store: Store) -> None:
    ours = [await store.completed(edit_id=name) for name in ("my/edit", "edt_1", "Zoë")]
    stray = await store.blobs.put(edit_folder("nobody's"), "plan.json", b"lost")
    await store.age(2 * DAY)

    await store.clean(None)

    assert stray.key not in await store.keys()
    assert [len(await store.blobs.keys(edit_folder(edit.id))) for edit in ours] == [3, 3, 3]


async def test_other_objects_in_the_same_store_are_nobodys_business(store: Store) -> None:
    await store.blobs.put("invoices/2026", "january.pdf", b"somebody else's")
    await store.age(LONG_AGO)

    await store.clean()

    assert len(await store.keys()) == 1


async def test_a_file_that_a_killed_writer_left_unfinished_goes(store: Store) -> None:
    folder = store.root / file_folder(new_file_id())
    folder.mkdir(parents=True)
    old, new = folder / "document.bin#1", folder / "document.bin#2"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))

    swept = await store.house(None).sweep(Chore.ORPHANS)

    assert (old.exists(), new.exists(), swept.bytes) == (False, True, 4)


async def test_a_deleted_templates_form_goes_once_no_edit_in_flight_was_made_from_it(store: Store) -> None:
    kept, deleted = [await store.template(await store.file()) for _ in range(2)]
    edit = await store.edit(await store.file())
    await store.catalog.write(lambda connection: connection.execute(update(edits).values(template_id=deleted.id)))
    await TemplateRows(store.catalog).delete(deleted.id)
    await store.age(2 * DAY)

    await store.house(None).sweep(Chore.ORPHANS)
    needed = await store.blobs.keys(template_folder(deleted.id))
    await store.catalog.close_edit(Outcome(edit_id=edit.id, status=Status.CANCELLED))
    await store.house(None).sweep(Chore.ORPHANS)

    assert len(needed) == 1
    assert await store.blobs.keys(template_folder(deleted.id)) == []
    assert await store.blobs.get(kept.compiled)

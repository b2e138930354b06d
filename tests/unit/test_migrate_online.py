"""A catalog of 100,000 edits is brought up to date while others read it, and serves two releases at once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from durable_edits.contracts import EditInput, Outcome, SourceDocument, Status, new_edit_id
from durable_edits.errors import CatalogUnavailable
from durable_edits.storage import migrate as migrate_module
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.database import open_engine
from durable_edits.storage.migrate import migrate
from durable_edits.storage.records import EditFilter, from_microseconds, started_record
from tests.live import ROOT
from tests.unit.test_migrate import differences

LONGEST = 1.5  # seconds: a change waits a second for a table in use, and readers wait behind it
FIRST, LAST_BUT_ONE = "0001", "0003"
MIGRATE = """
import asyncio, sys
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.migrate import migrate

async def main():
    print("begins", flush=True)
    await migrate(Catalog(sys.argv[1]))

asyncio.run(main())
"""
FILL = [
    """
    INSERT INTO edits
        (id, organization, created_at, file_id, filename, filename_folded, mime_type, model, color, status)
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
    SELECT 'edt_' || n, 'acme', n, 'file_' || n, 'Form ' || n, 'form ' || n, '', '', '', 'completed' FROM numbers
    """,
    """
    INSERT INTO files (id, organization, filename, mime_type, blob, created_at, updated_at)
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
    SELECT 'file_' || n, 'acme', 'Form ' || n, 'application/pdf', '{}', n, n FROM numbers
    """,
]
READS = [
    "SELECT filename FROM edits WHERE id = 'edt_500'",
    "SELECT id FROM edits WHERE organization = 'acme' AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 10",
    "SELECT filename FROM files WHERE id = 'file_700'",
]


@pytest.fixture
async def url(new_database: Callable[[], Awaitable[str]]) -> str:
    return await new_database()


@pytest.fixture
async def old_catalog(url: str) -> AsyncIterator[Catalog]:
    """As the first revision made it, with 100,000 edits."""
    catalog = Catalog(url)
    await migrate(catalog, FIRST)
    async with catalog.engine.begin() as connection:
        for statement in FILL:
            await connection.execute(text(statement))
    yield catalog
    await catalog.close()


@pytest.fixture
async def catalog(url: str) -> AsyncIterator[Catalog]:
    catalog = Catalog(url)
    yield catalog
    await catalog.close()


@dataclass
class Reader:
    """Reads without a pause, as a gateway of the release before does."""

    engine: AsyncEngine
    seconds: list[float] = field(default_factory=list)
    stopped: bool = False

    async def run(self) -> None:
        while not self.stopped:
            for read in READS:
                began = time.monotonic()
                async with self.engine.connect() as connection:
                    assert (await connection.execute(text(read))).all()
                self.seconds.append(time.monotonic() - began)


def start_to_migrate(url: str) -> subprocess.Popen[bytes]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", MIGRATE, url], env=env, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


async def test_readers_go_on_while_100_000_edits_are_migrated(old_catalog: Catalog, url: str) -> None:
    reader = Reader(open_engine(url))
    reading = asyncio.create_task(reader.run())

    with start_to_migrate(url) as migrating:
        code = await asyncio.to_thread(migrating.wait)
    reader.stopped = True
    await reading
    await reader.engine.dispose()

    assert code == 0
    assert max(reader.seconds) < LONGEST
    assert len(reader.seconds) > 100


async def test_a_migration_that_is_killed_anywhere_is_done_by_the_next_process(old_catalog: Catalog, url: str) -> None:
    ended, moment = False, 0.4
    while not ended:
        with start_to_migrate(url) as migrating:
            await asyncio.sleep(moment)
            ended = migrating.poll() is not None
            migrating.kill()
        moment *= 2

    await migrate(old_catalog)
    async with old_catalog.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_change_of_tables_lets_others_pass_while_it_waits_for_a_long_transaction(
    catalog: Catalog, url: str
) -> None:
    """A backup holds every table for its whole length: a change that queued for one would hold up everybody else."""
    await migrate(catalog, LAST_BUT_ONE)
    if catalog.engine.dialect.name == "sqlite":  # whose readers keep no writer waiting
        return
    backup = create_async_engine(url)
    async with backup.connect() as held:
        await held.execute(text("SELECT count(*) FROM edits"))
        migrating = asyncio.create_task(migrate(catalog))
        reader = Reader(open_engine(url))
        began = time.monotonic()
        while time.monotonic() - began < 4:
            async with asyncio.timeout(5), reader.engine.connect() as connection:
                read_began = time.monotonic()
                await connection.execute(text("SELECT count(*) FROM edits"))
                reader.seconds.append(time.monotonic() - read_began)
        waits = not migrating.done()
    await migrating
    await reader.engine.dispose()
    await backup.dispose()

    assert waits
    assert max(reader.seconds) < LONGEST


async def test_a_change_that_finds_its_tables_in_use_for_ever_says_so(
    catalog: Catalog, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate_module, "TRIES", 2)
    await migrate(catalog, LAST_BUT_ONE)
    if catalog.engine.dialect.name == "sqlite":
        return
    backup = create_async_engine(url)
    async with backup.connect() as held:
        await held.execute(text("SELECT count(*) FROM edits"))
        with pytest.raises(CatalogUnavailable) as refused:
            await migrate(catalog)
    await backup.dispose()

    assert "lock timeout" in refused.value.details["reason"]


# Two releases at once


async def add_what_the_next_release_adds(catalog: Catalog) -> None:
    """A revision that this release does not know, by the rule: a column with a default, an index."""
    async with catalog.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE edits ADD COLUMN priority INTEGER NOT NULL DEFAULT 3"))
        await connection.execute(text("CREATE INDEX edits_by_priority ON edits (priority)"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


async def test_a_process_that_starts_on_the_tables_of_the_next_release_serves_them(catalog: Catalog) -> None:
    await migrate(catalog)
    await add_what_the_next_release_adds(catalog)
    edit = EditInput(document=SourceDocument(filename="form.pdf", url="https://example.com/form.pdf"))
    record = started_record(new_edit_id(), edit, from_microseconds(1_770_000_000_123_456))

    await migrate(catalog)
    await catalog.create_edit(record, None)
    await catalog.close_edit(Outcome(edit_id=record.id, status=Status.CANCELLED))
    [listed] = await catalog.list_edits(EditFilter((record.organization,)), order="desc", limit=10)

    async with catalog.engine.connect() as connection:
        revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    assert (listed.id, listed.outcome and listed.outcome.status, revision) == (record.id, Status.CANCELLED, "9999")


async def test_a_process_that_may_not_change_the_tables_it_would_have_to_says_so(
    catalog: Catalog,
) -> None:
    if catalog.engine.dialect.name == "sqlite":  # whose rights are the file's
        return
    await migrate(catalog, LAST_BUT_ONE)
    async with catalog.engine.begin() as connection:
        await connection.execute(text("DROP ROLE IF EXISTS reads_and_writes"))
        await connection.execute(text("CREATE ROLE reads_and_writes LOGIN"))
        tables = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO reads_and_writes"
        await connection.execute(text(tables))
    less = make_url(catalog.engine.url).set(username="reads_and_writes").render_as_string(hide_password=False)
    poor = Catalog(less)

    with pytest.raises(CatalogUnavailable, match=r"could not be brought up to date; check .* its rights") as refused:
        await migrate(poor)
    await poor.close()

    assert "must be owner of table" in refused.value.details["reason"]

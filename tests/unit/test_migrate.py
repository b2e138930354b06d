"""Migrations make exactly the tables of the schema, however often and by however many processes they run."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from durable_edits.contracts import EditInput, SourceDocument, new_edit_id
from durable_edits.errors import CatalogUnavailable
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.migrate import migrate
from durable_edits.storage.records import from_microseconds, started_record
from durable_edits.storage.schema import metadata

ROOT = Path(__file__).parents[2]
# One interpreter that forks once it has imported everything: all ten begin at the same moment.
TEN_AT_ONCE = """
import asyncio, os, sys
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.migrate import migrate

async def main():
    catalog = Catalog(sys.argv[1])
    await migrate(catalog)
    await catalog.ping()
    await catalog.close()

for _ in range(10):
    if os.fork() == 0:
        asyncio.run(main())
        os._exit(0)
print([os.wait()[1] for _ in range(10)])
"""


@pytest.fixture
async def url(new_database: Callable[[], Awaitable[str]]) -> str:
    return await new_database()


@pytest.fixture
async def catalog(url: str) -> AsyncIterator[Catalog]:
    catalog = Catalog(url)
    yield catalog
    await catalog.close()


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrated_tables_are_those_of_the_schema(catalog: Catalog) -> None:
    await migrate(catalog)

    async with catalog.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_missing_column_would_be_noticed(catalog: Catalog) -> None:
    await migrate(catalog)

    async with catalog.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE files DROP COLUMN page_count"))
        assert len(await connection.run_sync(differences)) == 1


async def test_names_are_ordered_by_their_bytes_whatever_the_database_is_set_to(catalog: Catalog) -> None:
    await migrate(catalog)

    if catalog.engine.dialect.name == "sqlite":  # whose text is, unless told otherwise
        return
    asked = "SELECT collation_name FROM information_schema.columns WHERE column_name = 'filename_folded'"
    async with catalog.engine.connect() as connection:
        assert set(await connection.scalars(text(f"{asked} AND table_name = 'edits'"))) == {"C"}


async def test_migrating_again_keeps_what_is_there(catalog: Catalog) -> None:
    await migrate(catalog)
    edit = EditInput(document=SourceDocument(filename="form.pdf", url="https://example.com/form.pdf"))
    record = started_record(new_edit_id(), edit, from_microseconds(1_770_000_000_123_456))
    await catalog.create_edit(record, None)

    await migrate(catalog)

    assert await catalog.edit(record.id) == record


async def test_ten_processes_may_migrate_at_the_same_moment(catalog: Catalog, url: str) -> None:
    command = [sys.executable, "-c", TEN_AT_ONCE, url]

    ran = await asyncio.to_thread(
        subprocess.run, command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )

    assert (ran.stdout, ran.stderr) == (f"{[0] * 10}\n", "")
    async with catalog.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_sqlite_catalog_makes_its_directory(tmp_path: Path) -> None:
    catalog = Catalog(f"sqlite+aiosqlite:///{tmp_path}/new/home/catalog.db")

    await migrate(catalog)

    await catalog.ping()
    await catalog.close()


async def test_a_file_that_is_no_database_says_what_to_check(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_text("a letter to nobody" * 100)
    catalog = Catalog(f"sqlite+aiosqlite:///{tmp_path}/catalog.db")

    with pytest.raises(CatalogUnavailable, match="check EDITS_CATALOG_URL"):
        await migrate(catalog)

    await catalog.close()


async def test_a_server_nobody_runs_says_what_to_check() -> None:
    catalog = Catalog("postgresql+asyncpg://edits@127.0.0.1:9/edits")

    with pytest.raises(CatalogUnavailable, match="check EDITS_CATALOG_URL"):
        await migrate(catalog)

    await catalog.close()


async def test_a_database_that_is_not_there_says_what_to_check(postgres_url: str) -> None:
    catalog = Catalog(make_url(postgres_url).set(database="none").render_as_string(hide_password=False))

    with pytest.raises(CatalogUnavailable, match="check EDITS_CATALOG_URL"):
        await migrate(catalog)

    await catalog.close()


async def test_a_call_to_a_database_that_is_not_there_is_typed_too(postgres_url: str) -> None:
    catalog = Catalog(make_url(postgres_url).set(database="none").render_as_string(hide_password=False))

    with pytest.raises(CatalogUnavailable):
        await catalog.ping()

    await catalog.close()


async def test_connections_a_server_has_dropped_are_replaced(postgres_url: str) -> None:
    catalog, operator = Catalog(postgres_url), Catalog(postgres_url)
    await migrate(catalog)
    async with catalog.engine.connect() as connection:
        pooled = await connection.scalar(text("SELECT pg_backend_pid()"))
    async with operator.engine.connect() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pooled})

    await catalog.ping()

    await catalog.close()
    await operator.close()

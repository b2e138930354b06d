"""SQLite in threads: a file that another process holds keeps writers waiting for one time-out, readers not at all."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from durable_edits.errors import CatalogUnavailable
from durable_edits.storage import database
from durable_edits.storage.database import Sqlite

BUSY, LIMIT = 0.4, 0.6  # seconds; as the product's, 10 and 11, are to each other


@pytest.fixture
async def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sqlite]:
    monkeypatch.setattr(database, "SQLITE_BUSY_MS", round(BUSY * 1000))
    monkeypatch.setattr(database, "SQLITE_SECONDS", LIMIT)
    opened = Sqlite(f"sqlite+aiosqlite:///{tmp_path / 'catalog.db'}")
    await opened.write(lambda connection: connection.execute(text("CREATE TABLE things (name TEXT)")))
    yield opened
    await opened.close()


@pytest.fixture
def held(sqlite: Sqlite, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another process in the middle of a write."""
    other = sqlite3.connect(tmp_path / "catalog.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


async def add(sqlite: Sqlite, name: str) -> None:
    await sqlite.write(lambda connection: connection.execute(text("INSERT INTO things VALUES (:name)"), {"name": name}))


async def names(sqlite: Sqlite) -> list[str]:
    return await sqlite.read(lambda connection: list(connection.scalars(text("SELECT name FROM things"))))


async def test_writers_behind_one_that_waits_are_refused_together(sqlite: Sqlite, held: sqlite3.Connection) -> None:
    began = time.monotonic()

    answers = await asyncio.gather(*(add(sqlite, str(number)) for number in range(8)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [CatalogUnavailable] * 8
    assert time.monotonic() - began < 3 * LIMIT  # one after the other they would take eight time-outs


async def test_a_write_that_was_refused_in_the_queue_is_never_made(sqlite: Sqlite, held: sqlite3.Connection) -> None:
    await asyncio.gather(*(add(sqlite, str(number)) for number in range(8)), return_exceptions=True)
    held.rollback()
    await add(sqlite, "later")

    # The second was waiting for the lock itself when its limit came; whether it got it nobody can tell.
    assert set(await names(sqlite)) - {"1"} == {"later"}


async def test_readers_answer_while_a_writer_waits(sqlite: Sqlite, held: sqlite3.Connection) -> None:
    waiting = asyncio.create_task(add(sqlite, "late"))
    await asyncio.sleep(0.05)
    began = time.monotonic()

    found = await names(sqlite)

    assert (found, waiting.done()) == ([], False)
    assert time.monotonic() - began < BUSY / 2
    held.rollback()
    await waiting


async def test_what_fails_in_a_transaction_undoes_all_of_it(sqlite: Sqlite) -> None:
    def half(connection: Connection) -> None:
        connection.execute(text("INSERT INTO things VALUES ('half')"))
        raise ValueError("the other half")

    with pytest.raises(ValueError, match="half"):
        await sqlite.write(half)

    assert await names(sqlite) == []

"""A PostgreSQL that goes away or falls silent is a typed outage, never a wait without an end."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Iterator

import psutil
import pytest

from dev.processes import Process
from durable_edits.errors import CatalogUnavailable
from durable_edits.storage import database
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.migrate import migrate
from tests.postgres import running_postgres

PATIENCE = 1.0


@pytest.fixture
def server() -> Iterator[tuple[Process, str]]:
    with running_postgres() as started:
        yield started


@contextlib.contextmanager
def silent(server: Process) -> Iterator[None]:
    """Frozen with all its backends, each of which is a session of its own."""
    processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


@pytest.fixture
async def catalog(server: tuple[Process, str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Catalog]:
    monkeypatch.setattr(database, "POSTGRESQL_SECONDS", PATIENCE)
    catalog = Catalog(server[1])
    await migrate(catalog)
    yield catalog
    await catalog.close()


async def test_a_silent_postgresql_is_an_outage(server: tuple[Process, str], catalog: Catalog) -> None:
    began = time.monotonic()

    with silent(server[0]), pytest.raises(CatalogUnavailable):
        await catalog.edit("edt_x")

    assert time.monotonic() - began < 5 * PATIENCE


async def test_a_postgresql_that_comes_back_is_used_again(server: tuple[Process, str], catalog: Catalog) -> None:
    with silent(server[0]), pytest.raises(CatalogUnavailable):
        await catalog.ping()

    await catalog.ping()

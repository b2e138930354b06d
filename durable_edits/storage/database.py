"""The catalog's database: transactions, connections with their limits, errors as ours, text that it takes.

A transaction is a function of a connection and runs without a pause, from its first statement to its commit. SQLite's
run in threads of their own: one that writes, as SQLite has one writer at a time anyway, and a few that read beside it.
Its async driver hops into a thread and back for each statement, which costs several times what the statement does.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from durable_edits import metrics
from durable_edits.errors import CatalogUnavailable

Answer = TypeVar("Answer")

SQLITE_BUSY_MS = 10_000  # several processes write one file; a writer holds the lock for about a millisecond
# Whoever stands behind a writer that waited so long is told the same, and does not wait as long once more.
SQLITE_SECONDS = 11.0
SQLITE_READERS = 4  # a long list must not keep a status waiting
POSTGRESQL_SECONDS = 10.0  # to connect, and for one statement: each takes milliseconds, and a silent server for ever

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


class Sqlite:
    """A file. Who is cancelled while a transaction of theirs runs leaves it running: its thread can't be stopped."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._engine = _threads_engine(self.engine.url)
        self._writer = ThreadPoolExecutor(1, "catalog-writer")
        self._readers = ThreadPoolExecutor(SQLITE_READERS, "catalog-reader")

    async def write(self, work: Callable[[Connection], Answer]) -> Answer:
        """One transaction."""

        def transaction() -> Answer:
            with self._engine.begin() as connection:
                return work(connection)

        return await self._in(self._writer, transaction)

    async def read(self, work: Callable[[Connection], Answer]) -> Answer:
        """Statements that each see what is there by then."""

        def reading() -> Answer:
            with self._engine.connect() as connection:  # which opens no transaction for a read
                return work(connection)

        return await self._in(self._readers, reading)

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        self._engine.dispose()
        await self.engine.dispose()

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], Answer]) -> Answer:
        with _errors_as_ours():
            async with asyncio.timeout(SQLITE_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(threads, work)


class Postgresql:
    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    async def write(self, work: Callable[[Connection], Answer]) -> Answer:
        """One transaction."""
        with _errors_as_ours():
            async with self.engine.begin() as connection:
                return await connection.run_sync(work)

    async def read(self, work: Callable[[Connection], Answer]) -> Answer:
        """Statements that each see what is there by then."""
        with _errors_as_ours():
            async with self._reading.connect() as connection:
                return await connection.run_sync(work)

    async def close(self) -> None:
        await self.engine.dispose()


def open_database(url: str) -> Sqlite | Postgresql:
    return Sqlite(url) if url.startswith("sqlite") else Postgresql(url)


def open_engine(url: str) -> AsyncEngine:
    # Parameters hold what people wrote; an error that shows them would carry it into the log.
    if not url.startswith("sqlite"):
        limits = {"timeout": POSTGRESQL_SECONDS, "command_timeout": POSTGRESQL_SECONDS}
        return _engine(url, pool_pre_ping=True, connect_args=limits)
    engine = _engine(url)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    return engine


def _engine(url: str, **options: Any) -> AsyncEngine:
    try:
        return create_async_engine(url, hide_parameters=True, **options)
    except (ArgumentError, ValueError) as error:
        raise CatalogUnavailable("EDITS_CATALOG_URL is no database's URL; correct it.") from error


def open_migration_engine(catalog: AsyncEngine) -> AsyncEngine:
    """Connections to the same database for changes of its tables, each of which may take its time."""
    if catalog.dialect.name != "sqlite":
        return create_async_engine(catalog.url, hide_parameters=True, connect_args={"timeout": POSTGRESQL_SECONDS})
    engine = create_async_engine(catalog.url, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "connect", _begin_nothing)
    event.listen(engine.sync_engine, "begin", _begin_at_once)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    # WAL lets readers and one writer work at once. FULL keeps an accepted edit through a power cut.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={SQLITE_BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_nothing(connection: Any, _record: Any) -> None:
    """Python's driver begins no transaction for a change of tables, and would leave half of it behind: we begin it."""
    connection.isolation_level = None


def _begin_at_once(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _threads_engine(url: URL) -> Engine:
    threads = SQLITE_READERS + 1
    engine = create_engine(url.set(drivername="sqlite"), hide_parameters=True, pool_size=threads, max_overflow=0)
    event.listen(engine, "connect", _configure_sqlite)
    return engine


@contextlib.contextmanager
def _errors_as_ours() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        metrics.STORE_ERRORS.add("catalog")
        reason = str(getattr(error, "orig", None) or error).splitlines()
        raise CatalogUnavailable(
            "The catalog does not answer; check EDITS_CATALOG_URL and the database.",
            reason=f"{type(error).__name__}: {reason[0] if reason else ''}"[:200],
        ) from error


def storable(value: str) -> str:
    """PostgreSQL's text holds no NUL and nothing that is not UTF-8: in its place stands a mark, which no id has."""
    return _NOT_TEXT.sub("\ufffd", value)

"""The catalog's database: connections with their limits, errors as ours, text that it takes."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from durable_edits import metrics
from durable_edits.errors import CatalogUnavailable

SQLITE_BUSY_MS = 10_000  # several processes write one file; a writer holds the lock for about a millisecond
POSTGRESQL_SECONDS = 10.0  # to connect, and for one statement: each takes milliseconds, and a silent server for ever

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


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


def unavailable(error: Exception) -> CatalogUnavailable:
    reason = str(getattr(error, "orig", None) or error).splitlines()
    metrics.STORE_ERRORS.add("catalog")
    return CatalogUnavailable(
        "The catalog does not answer; check EDITS_CATALOG_URL and the database.",
        reason=f"{type(error).__name__}: {reason[0] if reason else ''}"[:200],
    )


def storable(value: str) -> str:
    """PostgreSQL's text holds no NUL and nothing that is not UTF-8: in its place stands a mark, which no id has."""
    return _NOT_TEXT.sub("\ufffd", value)

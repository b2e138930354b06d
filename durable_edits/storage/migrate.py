"""Bring the catalog's tables up to date, once, however many processes start at the same moment."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from durable_edits.errors import CatalogUnavailable
from durable_edits.storage.catalog import Catalog

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_POLL = 0.05  # seconds; a migration takes about 0.2 s, and a wait in a thread could not be cancelled
LOCK = 0x65646974  # "edit": the advisory lock's number in PostgreSQL


async def migrate(catalog: Catalog) -> None:
    """Upgrade to the newest revision; raises CatalogUnavailable when the database does not answer."""
    try:
        async with _alone(catalog), catalog.engine.connect() as connection:
            await connection.run_sync(_upgrade)
            await connection.commit()
    except (DBAPIError, OSError) as error:
        raise CatalogUnavailable(
            "The catalog's tables could not be brought up to date; check EDITS_CATALOG_URL and its rights.",
            reason=f"{type(error).__name__}: {error}"[:200],
        ) from error


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@asynccontextmanager
async def _alone(catalog: Catalog) -> AsyncIterator[None]:
    if catalog.engine.dialect.name == "sqlite":
        database = make_url(str(catalog.engine.url)).database or "catalog.db"
        Path(database).parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(f"{database}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _locked(lock):  # noqa: ASYNC110 - another process has it; there is no event to wait for
                await asyncio.sleep(LOCK_POLL)
            yield
        finally:
            os.close(lock)
        return
    async with catalog.engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        try:
            yield
        finally:
            await connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

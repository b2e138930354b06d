"""Bring the catalog's tables up to date, once, however many processes start at the same moment.

Readers and writers of the release before go on meanwhile, and may go on afterwards (CONTRIBUTING.md says what a
revision may change). A process that finds tables of a later release leaves them as they are.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from durable_edits.errors import CatalogUnavailable
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.database import open_migration_engine
from durable_edits.storage.online import LOCK_TIMEOUT

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_POLL = 0.05  # seconds; a migration takes about 0.2 s, and a wait in a thread could not be cancelled
LOCK = 0x65646974  # "edit": the advisory lock's number in PostgreSQL
TRIES = 60  # of a change that finds its table in use, a second apart
PAUSE = 1.0
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code for a wait over lock_timeout


async def migrate(catalog: Catalog, revision: str = "head") -> None:
    """Upgrade to a revision; raises CatalogUnavailable when the database does not answer, or forbids it."""
    engine = open_migration_engine(catalog.engine)
    try:
        async with _alone(engine):
            await _upgrade_when_free(engine, revision)
    except (DBAPIError, OSError) as error:
        raise CatalogUnavailable(
            "The catalog's tables could not be brought up to date; check EDITS_CATALOG_URL and its rights.",
            reason=f"{type(error).__name__}: {error}"[:200],
        ) from error
    finally:
        await engine.dispose()


async def revision_of(catalog: Catalog) -> str | None:
    """The one its tables are at; None where there are none. Raises CatalogUnavailable."""
    return await catalog.read(lambda connection: MigrationContext.configure(connection).get_current_revision())


def newest_revision() -> str:
    """The one this release has."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return str(ScriptDirectory.from_config(config).get_current_head())


async def _upgrade_when_free(engine: AsyncEngine, revision: str) -> None:
    """Somebody's long transaction at a table is waited for in pauses, in which all others come to it."""
    for tries_left in reversed(range(TRIES)):
        try:
            async with engine.connect() as connection:
                await _limit_waits(connection)
                await connection.run_sync(_upgrade, revision)
                return
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE or not tries_left:
                raise
            log.warning("the catalog's tables are in use by a long transaction; trying again to bring them up to date")
        await asyncio.sleep(PAUSE)


async def _limit_waits(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        await connection.commit()


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    if (later := _later(connection, config)) is not None:
        log.warning("the catalog is at revision %s, which a later release has made; it is used as it is", later)
        return
    command.upgrade(config, revision)


def _later(connection: Connection, config: Config) -> str | None:
    """The catalog's revision, where this release does not know it: a later one has been here."""
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()  # alembic begins its own transactions
    return found if found is not None and found not in known else None


@asynccontextmanager
async def _alone(engine: AsyncEngine) -> AsyncIterator[None]:
    if engine.dialect.name == "sqlite":
        database = engine.url.database or "catalog.db"
        Path(database).parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(f"{database}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _locked(lock):  # noqa: ASYNC110 - another process has it; there is no event to wait for
                await asyncio.sleep(LOCK_POLL)
            yield
        finally:
            os.close(lock)
        return
    async with engine.connect() as connection:
        # Neither a transaction nor a waiting statement: an index that is built beside others waits for both.
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        lock_it = text("SELECT pg_try_advisory_lock(:lock)")
        while not await connection.scalar(lock_it, {"lock": LOCK}):  # noqa: ASYNC110 - as above
            await asyncio.sleep(LOCK_POLL)
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

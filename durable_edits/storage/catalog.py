"""The record of every edit, in SQLite or PostgreSQL.

The one rule everything rests on is `close_edit`: a single statement that sets an outcome only where none is set.
Whoever comes second reads the first outcome.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Update, event, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from durable_edits.contracts import PDF, BlobRef, Outcome, Problem, Status, filled_name
from durable_edits.errors import CatalogUnavailable
from durable_edits.storage.edit_lists import count_query, few_names, page_query
from durable_edits.storage.idempotency import Claim, bind
from durable_edits.storage.records import (
    EditFilter,
    EditRecord,
    FileRecord,
    Order,
    Position,
    from_microseconds,
    to_microseconds,
)
from durable_edits.storage.schema import edits, files

SQLITE_BUSY_MS = 10_000  # several processes write one file; a writer holds the lock for about a millisecond
POSTGRESQL_SECONDS = 10.0  # to connect, and for one statement: each takes milliseconds, and a silent server for ever


class Catalog:
    """One database, named by URL. Every method raises CatalogUnavailable when it does not answer."""

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = _engine(url)
        self.insert: Any = sqlite_insert if self.engine.dialect.name == "sqlite" else postgresql_insert

    async def close(self) -> None:
        await self.engine.dispose()

    async def ping(self) -> None:
        async with self.read() as connection:
            await connection.execute(text("SELECT 1 FROM edits WHERE id = ''"))

    async def create_edit(self, record: EditRecord, file: FileRecord | None, claim: Claim | None = None) -> None:
        """Insert a new edit, and the file it brought along, and its id under an idempotency key, or nothing.

        Raises IdempotencyConflict.
        """
        async with self.write() as connection:
            if claim is not None:
                await bind(connection, claim, record.id)
            if file is not None:
                await connection.execute(self.insert(files).values(file_row(file)).on_conflict_do_nothing())
            await connection.execute(self.insert(edits).values(_edit_row(record)))

    async def adopt_edit(self, record: EditRecord) -> EditRecord:
        """Insert the record of an edit started straight through Temporal, unless it is there; return what is."""
        async with self.write() as connection:
            await connection.execute(self.insert(edits).values(_edit_row(record)).on_conflict_do_nothing())
            return _edit((await connection.execute(select(edits).where(edits.c.id == record.id))).one())

    async def begin_edit(self, record: EditRecord, run_id: str) -> EditRecord:
        """Claim the edit for a run, at its first step, and say when that began; insert it where it is missing.

        Returns the record as it stands: the caller compares `run_id` and looks at `outcome`.
        """
        claim = (
            update(edits)
            .where(edits.c.id == record.id)
            .values(
                run_id=func.coalesce(edits.c.run_id, run_id),
                started_at=func.coalesce(edits.c.started_at, to_microseconds(datetime.now(UTC))),
            )
            .returning(*edits.c)
        )
        async with self.write() as connection:
            row = (await connection.execute(claim)).one_or_none()
            if row is None:
                await connection.execute(self.insert(edits).values(_edit_row(record)).on_conflict_do_nothing())
                row = (await connection.execute(claim)).one()
            return _edit(row)

    async def close_edit(self, outcome: Outcome, pages: int | None = None) -> Outcome:
        """The commit point: write `outcome` if the edit has none, and return the outcome it has now.

        `pages` is what the document turned out to have; it is noted at the document and at the filled one.
        """
        close = (
            update(edits)
            .where(edits.c.id == outcome.edit_id, edits.c.status.is_(None))
            .values(
                status=outcome.status.value,
                problem=outcome.problem.model_dump() if outcome.problem else null(),
                filled=outcome.filled.model_dump() if outcome.filled else null(),
                filled_id=outcome.filled_id,
                result=outcome.result.model_dump() if outcome.result else null(),
                credits=outcome.credits,
                closed_at=to_microseconds(datetime.now(UTC)),
            )
        )
        async with self.write() as connection:
            if (row := (await connection.execute(close.returning(*edits.c))).one_or_none()) is not None:
                if (filled := _filled_file(row, pages)) is not None:
                    await connection.execute(self.insert(files).values(file_row(filled)))
                    if pages is not None:
                        await connection.execute(count_pages(row.file_id, pages))
                return outcome
            row = (await connection.execute(select(edits).where(edits.c.id == outcome.edit_id))).one()
        return _outcome(row) or outcome

    async def delete_edit(self, edit_id: str) -> bool:
        """Hide the edit for good, closing it as cancelled where it is still open; False where it is hidden already.

        Its texts and references go at once; id and time stay for cursors and for a run that still believes in it.
        """
        remove = (
            update(edits)
            .where(edits.c.id == edit_id, edits.c.deleted_at.is_(None))
            .values(
                status=func.coalesce(edits.c.status, Status.CANCELLED.value),
                deleted_at=to_microseconds(datetime.now(UTC)),
                filename="",
                filename_folded="",
                instructions=null(),
                problem=null(),
                filled=null(),
                result=null(),
            )
            .returning(edits.c.filled_id)
        )
        async with self.write() as connection:
            row = (await connection.execute(remove)).one_or_none()
            if row is not None and row.filled_id is not None:
                await connection.execute(files.delete().where(files.c.id == row.filled_id))
        return row is not None

    async def edit(self, edit_id: str) -> EditRecord | None:
        """The record, a deleted one too."""
        if edit_id != storable(edit_id):
            return None
        async with self.read() as connection:
            row = (await connection.execute(select(edits).where(edits.c.id == edit_id))).one_or_none()
        return _edit(row) if row is not None else None

    async def position(self, edit_id: str, organizations: Sequence[str]) -> Position | None:
        """Where the edit stands in the order of creation, a deleted one too; None for an unknown id."""
        query = select(edits.c.created_at, edits.c.id).where(
            edits.c.id == storable(edit_id), edits.c.organization.in_(organizations)
        )
        async with self.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return Position(row.created_at, row.id) if row is not None else None

    async def list_edits(
        self, wanted: EditFilter, *, order: Order, behind: Position | None = None, limit: int
    ) -> list[EditRecord]:
        """Up to `limit` edits in `order` of creation (ties by id), strictly behind a position."""
        if not wanted.organizations:
            return []
        wanted = replace(
            wanted,
            filename_prefix=storable(wanted.filename_prefix).casefold(),
            template_id=None if wanted.template_id is None else storable(wanted.template_id),
        )
        async with self.read() as connection:
            most = few_names(wanted, limit)
            few = bool(wanted.filename_prefix) and (await connection.scalar(count_query(wanted, most)) or 0) <= most
            found = await connection.execute(page_query(wanted, order, behind, limit, few=few))
            return [_edit(row) for row in found]

    async def store_file(self, file: FileRecord) -> None:
        async with self.write() as connection:
            await connection.execute(self.insert(files).values(file_row(file)).on_conflict_do_nothing())

    async def delete_file(self, file_id: str) -> None:
        async with self.write() as connection:
            await connection.execute(files.delete().where(files.c.id == file_id))

    async def file(self, file_id: str, organization: str) -> FileRecord | None:
        query = select(files).where(files.c.id == storable(file_id), files.c.organization == organization)
        async with self.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return file_of(row) if row is not None else None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction."""
        try:
            async with self.engine.begin() as connection:
                yield connection
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise _unavailable(error) from error

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Statements that each see what is there by then."""
        try:
            async with self.engine.connect() as connection:
                if self.engine.dialect.name != "sqlite":  # which opens no transaction for a read anyway
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                yield connection
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise _unavailable(error) from error


def _engine(url: str) -> AsyncEngine:
    # Parameters hold what people wrote; an error that shows them would carry it into the log.
    if not url.startswith("sqlite"):
        limits = {"timeout": POSTGRESQL_SECONDS, "command_timeout": POSTGRESQL_SECONDS}
        return create_async_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=limits)
    engine = create_async_engine(url, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # WAL lets readers and one writer work at once. FULL keeps an accepted edit through a power cut.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={SQLITE_BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _unavailable(error: Exception) -> CatalogUnavailable:
    reason = str(getattr(error, "orig", None) or error).splitlines()
    return CatalogUnavailable(
        "The catalog does not answer; check EDITS_CATALOG_URL and the database.",
        reason=f"{type(error).__name__}: {reason[0] if reason else ''}"[:200],
    )


def storable(value: str) -> str:
    """PostgreSQL's text holds no NUL and nothing that is not UTF-8."""
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def _edit_row(record: EditRecord) -> dict[str, Any]:
    filename = storable(record.filename)
    return {
        "id": record.id,
        "organization": storable(record.organization),
        "created_at": to_microseconds(record.created_at),
        "file_id": record.file_id,
        "filename": filename,
        "filename_folded": filename.casefold(),
        "mime_type": storable(record.mime_type),
        "model": storable(record.model),
        "color": storable(record.color),
        "instructions": None if record.instructions is None else storable(record.instructions),
        "template_id": None if record.template_id is None else storable(record.template_id),
    }


def _edit(row: Row[Any]) -> EditRecord:
    return EditRecord(
        id=row.id,
        organization=row.organization,
        created_at=from_microseconds(row.created_at),
        file_id=row.file_id,
        filename=row.filename,
        mime_type=row.mime_type,
        model=row.model,
        color=row.color,
        instructions=row.instructions,
        template_id=row.template_id,
        run_id=row.run_id,
        started_at=None if row.started_at is None else from_microseconds(row.started_at),
        outcome=_outcome(row),
        deleted=row.deleted_at is not None,
    )


def _outcome(row: Row[Any]) -> Outcome | None:
    if row.status is None:
        return None
    return Outcome(
        edit_id=row.id,
        status=Status(row.status),
        problem=Problem.model_validate(row.problem) if row.problem else None,
        filled=BlobRef.model_validate(row.filled) if row.filled else None,
        filled_id=row.filled_id,
        result=BlobRef.model_validate(row.result) if row.result else None,
        credits=row.credits,
    )


def _filled_file(row: Row[Any], pages: int | None) -> FileRecord | None:
    if row.filled_id is None:
        return None
    return FileRecord(
        id=row.filled_id,
        organization=row.organization,
        filename=filled_name(row.filename),
        mime_type=PDF,
        blob=BlobRef.model_validate(row.filled),
        created_at=from_microseconds(row.closed_at),
        page_count=pages,
    )


def count_pages(file_id: str, pages: int) -> Update:
    uncounted = update(files).where(files.c.id == file_id, files.c.page_count.is_(None))
    return uncounted.values(page_count=pages, updated_at=to_microseconds(datetime.now(UTC)))


def file_row(file: FileRecord) -> dict[str, Any]:
    return {
        "id": file.id,
        "organization": file.organization,
        "filename": storable(file.filename),
        "filename_folded": storable(file.filename).casefold(),
        "mime_type": storable(file.mime_type),
        "blob": file.blob.model_dump(),
        "page_count": file.page_count,
        "created_at": to_microseconds(file.created_at),
        "updated_at": to_microseconds(file.updated_at or file.created_at),
    }


def file_of(row: Row[Any]) -> FileRecord:
    return FileRecord(
        id=row.id,
        organization=row.organization,
        filename=row.filename,
        mime_type=row.mime_type,
        blob=BlobRef.model_validate(row.blob),
        created_at=from_microseconds(row.created_at),
        updated_at=None if row.updated_at == row.created_at else from_microseconds(row.updated_at),
        page_count=row.page_count,
    )

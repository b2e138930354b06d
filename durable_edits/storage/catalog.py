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

from sqlalchemy import func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from durable_edits import metrics
from durable_edits.contracts import Outcome, Status
from durable_edits.storage.database import open_engine, storable, unavailable
from durable_edits.storage.edit_lists import count_query, few_names, page_query
from durable_edits.storage.idempotency import Claim, bind
from durable_edits.storage.records import (
    EditFilter,
    EditRecord,
    FileRecord,
    Order,
    Position,
    to_microseconds,
)
from durable_edits.storage.rows import count_pages, edit_of, edit_row, file_of, file_row, filled_file_of, outcome_of
from durable_edits.storage.schema import edits, files


class Catalog:
    """One database, named by URL. Every method raises CatalogUnavailable when it does not answer."""

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = open_engine(url)
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
            await connection.execute(self.insert(edits).values(edit_row(record)))

    async def adopt_edit(self, record: EditRecord) -> EditRecord:
        """Insert the record of an edit started straight through Temporal, unless it is there; return what is."""
        async with self.write() as connection:
            await connection.execute(self.insert(edits).values(edit_row(record)).on_conflict_do_nothing())
            return edit_of((await connection.execute(select(edits).where(edits.c.id == record.id))).one())

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
                await connection.execute(self.insert(edits).values(edit_row(record)).on_conflict_do_nothing())
                row = (await connection.execute(claim)).one()
            return edit_of(row)

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
            closed = (await connection.execute(close.returning(*edits.c))).one_or_none()
            if (row := closed) is not None:
                if (filled := filled_file_of(row, pages)) is not None:
                    await connection.execute(self.insert(files).values(file_row(filled)))
                    if pages is not None:
                        await connection.execute(count_pages(row.file_id, pages))
            else:
                row = (await connection.execute(select(edits).where(edits.c.id == outcome.edit_id))).one()
        if closed is None:
            return outcome_of(row) or outcome
        metrics.ENDED.add(outcome.status.value, metrics.reason(outcome.problem.code if outcome.problem else None))
        metrics.DURATION.record((closed.closed_at - closed.created_at) / 1e6, outcome.status.value)
        return outcome

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
        async with self.read() as connection:
            row = (await connection.execute(select(edits).where(edits.c.id == storable(edit_id)))).one_or_none()
        return edit_of(row) if row is not None else None

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
            return [edit_of(row) for row in found]

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
            raise unavailable(error) from error

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Statements that each see what is there by then."""
        try:
            async with self.engine.connect() as connection:
                if self.engine.dialect.name != "sqlite":  # which opens no transaction for a read anyway
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                yield connection
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise unavailable(error) from error

"""The record of every edit, in SQLite or PostgreSQL.

The one rule everything rests on is `close_edit`: a single statement that sets an outcome only where none is set.
Whoever comes second reads the first outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncEngine

from durable_edits import metrics
from durable_edits.contracts import Outcome, Status
from durable_edits.errors import NotFound
from durable_edits.storage.database import open_database, storable
from durable_edits.storage.edit_lists import wanted_edits
from durable_edits.storage.idempotency import Claim, bind
from durable_edits.storage.lists import page
from durable_edits.storage.records import (
    EditFilter,
    EditRecord,
    FileRecord,
    Order,
    Position,
    to_microseconds,
)
from durable_edits.storage.rows import (
    closing_row,
    count_pages,
    edit_of,
    edit_row,
    file_of,
    file_row,
    filled_file_of,
    outcome_of,
)
from durable_edits.storage.schema import edits, files

Answer = TypeVar("Answer")

# What each edit runs is built once: to put one of these together costs more than to run it.
_EDIT = select(edits).where(edits.c.id == bindparam("edit"))
_FILE = select(files).where(files.c.id == bindparam("file"), files.c.organization == bindparam("owner"))
_BEGIN = (
    update(edits)
    .where(edits.c.id == bindparam("edit"))
    .values(
        run_id=func.coalesce(edits.c.run_id, bindparam("run")),
        started_at=func.coalesce(edits.c.started_at, bindparam("now")),
    )
    .returning(*edits.c)
)
# Its values are the columns of `closing_row`.
_CLOSE = update(edits).where(edits.c.id == bindparam("edit"), edits.c.status.is_(None)).returning(*edits.c)


class Catalog:
    """One database, named by URL. Every method raises CatalogUnavailable when it does not answer."""

    def __init__(self, url: str) -> None:
        self._database = open_database(url)
        self.insert: Any = sqlite_insert if self.engine.dialect.name == "sqlite" else postgresql_insert
        self._insert_edit = self.insert(edits).on_conflict_do_nothing()
        self._insert_file = self.insert(files).on_conflict_do_nothing()

    @property
    def engine(self) -> AsyncEngine:
        return self._database.engine

    async def close(self) -> None:
        await self._database.close()

    async def write(self, work: Callable[[Connection], Answer]) -> Answer:
        """What `work` gives, in one transaction."""
        return await self._database.write(work)

    async def read(self, work: Callable[[Connection], Answer]) -> Answer:
        """What `work` gives, in statements that each see what is there by then."""
        return await self._database.read(work)

    async def ping(self) -> None:
        await self.read(lambda connection: connection.execute(text("SELECT 1 FROM edits WHERE id = ''")).all())

    async def create_edit(
        self, record: EditRecord, file: FileRecord | None, claim: Claim | None = None, *, stored: bool = False
    ) -> None:
        """Insert a new edit, and the file it brought along, and its id under an idempotency key, or nothing.

        `stored`: its document was there before, and must be there still. Raises IdempotencyConflict, NotFound.
        """

        def create(connection: Connection) -> None:
            if claim is not None:
                bind(connection, claim, record.id)
            if file is not None:
                connection.execute(self._insert_file, file_row(file))
            connection.execute(self.insert(edits), edit_row(record))
            if stored:
                hold_file(connection, record.file_id)

        await self.write(create)

    async def adopt_edit(self, record: EditRecord) -> EditRecord:
        """Insert the record of an edit started straight through Temporal, unless it is there; return what is."""

        def adopt(connection: Connection) -> EditRecord:
            connection.execute(self._insert_edit, edit_row(record))
            return edit_of(connection.execute(_EDIT, {"edit": record.id}).one())

        return await self.write(adopt)

    async def begin_edit(self, record: EditRecord, run_id: str) -> EditRecord:
        """Claim the edit for a run, at its first step, and say when that began; insert it where it is missing.

        Returns the record as it stands: the caller compares `run_id` and looks at `outcome`.
        """
        claim = {"edit": record.id, "run": run_id, "now": to_microseconds(datetime.now(UTC))}

        def begin(connection: Connection) -> EditRecord:
            row = connection.execute(_BEGIN, claim).one_or_none()
            if row is None:
                connection.execute(self._insert_edit, edit_row(record))
                row = connection.execute(_BEGIN, claim).one()
            return edit_of(row)

        return await self.write(begin)

    async def close_edit(self, outcome: Outcome, pages: int | None = None) -> Outcome:
        """The commit point: write `outcome` if the edit has none, and return the outcome it has now.

        `pages` is what the document turned out to have; it is noted at the document and at the filled one.
        """
        values = closing_row(outcome)

        def close(connection: Connection) -> tuple[bool, Row[Any]]:
            row = connection.execute(_CLOSE, {"edit": outcome.edit_id, **values}).one_or_none()
            if row is None:
                return False, connection.execute(_EDIT, {"edit": outcome.edit_id}).one()
            if (filled := filled_file_of(row, pages)) is not None:
                connection.execute(self.insert(files), file_row(filled))
                if pages is not None:
                    connection.execute(count_pages(row.file_id, pages))
            return True, row

        won, row = await self.write(close)
        if not won:
            return outcome_of(row) or outcome
        metrics.ENDED.add(outcome.status.value, metrics.reason(outcome.problem.code if outcome.problem else None))
        metrics.DURATION.record((row.closed_at - row.created_at) / 1e6, outcome.status.value)
        return outcome

    async def delete_edit(self, edit_id: str) -> bool:
        """Hide the edit for good, closing it as cancelled where it is still open; False where it is hidden already.

        Its texts and references go at once; id and time stay for cursors and for a run that still believes in it, and
        for housekeeping a note that there are bytes to be erased.
        """
        remove = (
            update(edits)
            .where(edits.c.id == edit_id, edits.c.deleted_at.is_(None))
            .values(
                status=func.coalesce(edits.c.status, Status.CANCELLED.value),
                deleted_at=(now := to_microseconds(datetime.now(UTC))),
                erasing_since=now,
                filename="",
                filename_folded="",
                instructions=null(),
                problem=null(),
                filled=null(),
                result=null(),
            )
            .returning(edits.c.filled_id)
        )

        def delete(connection: Connection) -> bool:
            row = connection.execute(remove).one_or_none()
            if row is not None and row.filled_id is not None:
                connection.execute(files.delete().where(files.c.id == row.filled_id))
            return row is not None

        return await self.write(delete)

    async def edit_is_erased(self, edit_id: str) -> None:
        """Nothing of a deleted edit is stored any more, and nobody is at it."""
        erased = update(edits).where(edits.c.id == edit_id).values(erasing_since=null())
        await self.write(lambda connection: connection.execute(erased))

    async def edit(self, edit_id: str) -> EditRecord | None:
        """The record, a deleted one too."""
        wanted = {"edit": storable(edit_id)}
        row = await self.read(lambda connection: connection.execute(_EDIT, wanted).one_or_none())
        return edit_of(row) if row is not None else None

    async def position(self, edit_id: str, organizations: Sequence[str]) -> Position | None:
        """Where the edit stands in the order of creation, a deleted one too; None for an unknown id."""
        query = select(edits.c.created_at, edits.c.id).where(
            edits.c.id == storable(edit_id), edits.c.organization.in_(organizations)
        )
        row = await self.read(lambda connection: connection.execute(query).one_or_none())
        return Position(row.created_at, row.id) if row is not None else None

    async def list_edits(
        self, wanted: EditFilter, *, order: Order, behind: Position | None = None, limit: int
    ) -> list[EditRecord]:
        """Up to `limit` edits in `order` of creation (ties by id), strictly behind a position."""
        if not wanted.organizations:
            return []
        asked = wanted_edits(wanted)
        place = None if behind is None else (behind.created_at, behind.id)
        return await self.read(
            lambda connection: [edit_of(row) for row in page(connection, asked, order, place, limit)]
        )

    async def store_file(self, file: FileRecord) -> None:
        await self.write(lambda connection: connection.execute(self._insert_file, file_row(file)))

    async def delete_file(self, file_id: str) -> None:
        await self.write(lambda connection: connection.execute(files.delete().where(files.c.id == file_id)))

    async def file(self, file_id: str, organization: str) -> FileRecord | None:
        wanted = {"file": storable(file_id), "owner": organization}
        row = await self.read(lambda connection: connection.execute(_FILE, wanted).one_or_none())
        return file_of(row) if row is not None else None


def hold_file(connection: Connection, file_id: str) -> None:
    """Within the transaction that writes down who needs a stored file: keep it from being removed before that is seen.

    Raises NotFound.
    """
    held = select(files.c.id).where(files.c.id == file_id).with_for_update(read=True, key_share=True)
    if connection.execute(held).one_or_none() is None:
        raise NotFound("File not found; upload the document again and use the URL of that upload.")

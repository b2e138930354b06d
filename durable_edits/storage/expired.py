"""What housekeeping asks of the catalog, and what it takes out: every statement leaves alone what is still needed.

What is needed is looked at in the transaction that takes something out. In PostgreSQL the file's row is locked first,
as whoever is about to use the file locks it (`hold_file`): one of both comes second, and sees the other's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Row,
    Select,
    Update,
    exists,
    func,
    null,
    or_,
    select,
    tuple_,
    update,
)

from durable_edits.storage.blobs import edit_folder
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.keyset import Place, in_order
from durable_edits.storage.records import EditRecord, to_microseconds
from durable_edits.storage.rows import edit_of
from durable_edits.storage.schema import edits, files, idempotency_keys, templates, uploads

BATCH = 100  # rows in one transaction: SQLite has one writer, and edits wait for it
SCANNED = 5_000  # ids read at a time where all are
EDITS_BLOBS = "edits/%"

_others = edits.alias("others")


@dataclass(frozen=True, slots=True)
class Found:
    id: str
    place: Place


@dataclass(frozen=True, slots=True)
class EditKeys:
    """`keys` None: everything in the edit's folder may be needed."""

    id: str
    keys: frozenset[str] | None


class Expired:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    # Edits

    async def organizations(self) -> list[str]:
        return await self._distinct(edits.c.organization, edits.c.deleted_at.is_(None))

    async def open_edits(self, organization: str, before: datetime, behind: Place | None) -> list[EditRecord]:
        """Those without an outcome, though they began long ago."""
        waiting = select(edits).where(
            edits.c.organization == organization,
            edits.c.deleted_at.is_(None),
            edits.c.status.is_(None),
            edits.c.created_at < to_microseconds(before),
        )
        ordered = in_order(waiting, edits.c.created_at, edits.c.id, "asc", behind)
        return [edit_of(row) for row in await self._rows(ordered.limit(BATCH))]

    async def ended_edits(self, organization: str, before: datetime, behind: Place | None) -> list[Found]:
        limit = to_microseconds(before)
        ended = select(edits.c.id, edits.c.created_at).where(
            edits.c.organization == organization,
            edits.c.deleted_at.is_(None),
            edits.c.status.is_not(None),
            edits.c.created_at < limit,
            edits.c.closed_at < limit,
            ~_output_needed(),
        )
        return await self._found(ended, edits.c.created_at, edits.c.id, behind)

    async def hide_ended(self, found: Sequence[str]) -> list[str]:
        """Take their texts and references out, as `Catalog.delete_edit` does; those that it was done to."""
        now = to_microseconds(datetime.now(UTC))
        ended = (edits.c.id.in_(found), edits.c.deleted_at.is_(None), edits.c.status.is_not(None))
        hide = update(edits).where(*ended, ~_output_needed())
        emptied = {
            "deleted_at": now,
            "erasing_since": now,
            "filename": "",
            "filename_folded": "",
            "instructions": null(),
            "problem": null(),
            "filled": null(),
            "result": null(),
        }

        def hide_all(connection: Connection) -> list[str]:
            outputs = select(edits.c.filled_id).where(*ended)
            connection.execute(select(files.c.id).where(files.c.id.in_(outputs)).with_for_update()).all()
            hidden = connection.execute(hide.values(emptied).returning(edits.c.id, edits.c.filled_id)).all()
            filled = [row.filled_id for row in hidden if row.filled_id is not None]
            connection.execute(files.delete().where(files.c.id.in_(filled)))
            return [row.id for row in hidden]

        return await self._catalog.write(hide_all)

    async def edits_to_erase(self, behind: Place | None) -> list[Found]:
        erasing = select(edits.c.id, edits.c.erasing_since).where(edits.c.erasing_since.is_not(None))
        return await self._found(erasing, edits.c.erasing_since, edits.c.id, behind)

    async def edits_are_erased(self, found: Sequence[str], before: datetime) -> None:
        """Of those, whose run could not have written anything since: deleted before then."""
        erased = update(edits).where(edits.c.id.in_(found), edits.c.erasing_since < to_microseconds(before))
        await self._change(erased.values(erasing_since=null()))

    async def forgettable_edits(self, before: datetime, behind: Place | None) -> list[Found]:
        """Empty records of edits that were deleted before then."""
        empty = select(edits.c.id, edits.c.deleted_at).where(
            edits.c.deleted_at < to_microseconds(before), edits.c.erasing_since.is_(None)
        )
        return await self._found(empty, edits.c.deleted_at, edits.c.id, behind)

    async def forget_edits(self, found: Sequence[str]) -> None:
        empty = (edits.c.id.in_(found), edits.c.deleted_at.is_not(None), edits.c.erasing_since.is_(None))
        await self._change(edits.delete().where(*empty))

    # Files, uploads, keys

    async def owners_of_files(self) -> list[str]:
        return await self._distinct(files.c.organization)

    async def unused_files(
        self, organization: str, before: datetime, ended: datetime | None, behind: Place | None
    ) -> list[Found]:
        """Sources and uploads that no edit and no template needs; an output goes with its edit.

        `ended`: as if the edits that ended before were gone.
        """
        unused = select(files.c.id, files.c.created_at).where(
            files.c.organization == organization,
            files.c.created_at < to_microseconds(before),
            ~files.c.blob["key"].as_string().like(EDITS_BLOBS),
            ~_file_needed(files.c.id, ended),
        )
        return await self._found(unused, files.c.created_at, files.c.id, behind)

    async def remove_files(self, found: Sequence[str]) -> list[str]:
        """Those that were still not needed; their upload sessions go too."""

        def remove(connection: Connection) -> list[str]:
            connection.execute(select(files.c.id).where(files.c.id.in_(found)).with_for_update()).all()
            unused = files.delete().where(files.c.id.in_(found), ~_file_needed(files.c.id))
            removed = list(connection.scalars(unused.returning(files.c.id)))
            connection.execute(uploads.delete().where(uploads.c.id.in_(removed)))
            return removed

        return await self._catalog.write(remove)

    async def expired_uploads(self, before: datetime, behind: Place | None) -> list[Found]:
        expired = select(uploads.c.id, uploads.c.expires_at).where(
            uploads.c.completed_at.is_(None), uploads.c.expires_at < to_microseconds(before)
        )
        return await self._found(expired, uploads.c.expires_at, uploads.c.id, behind)

    async def remove_uploads(self, found: Sequence[str]) -> None:
        await self._change(uploads.delete().where(uploads.c.id.in_(found), uploads.c.completed_at.is_(None)))

    async def count_keys(self, before: datetime) -> int:
        expired = idempotency_keys.c.created_at < to_microseconds(before)
        counted = await self._rows(select(func.count()).select_from(idempotency_keys).where(expired))
        return int(counted[0][0])

    async def remove_keys(self, before: datetime) -> int:
        """Up to BATCH of them; how many it was."""
        table = idempotency_keys.c
        some = select(table.organization, table.scope, table.key)
        some = some.where(table.created_at < to_microseconds(before)).limit(BATCH)
        expired = idempotency_keys.delete().where(tuple_(table.organization, table.scope, table.key).in_(some))
        return await self._change(expired)

    # What lies in the object store, by the folders there

    async def keys_of_edits(self, ids: Sequence[str]) -> dict[str, EditKeys]:
        """By folder; nothing for an unknown edit. The plans of a completed one stay with it."""
        columns = (edits.c.id, edits.c.status, edits.c.filled, edits.c.result, edits.c.deleted_at)
        rows = await self._rows(select(*columns).where(edits.c.id.in_(ids)))
        return {edit_folder(row.id): EditKeys(row.id, _keys(row)) for row in rows}

    async def edit_ids(self, behind: str) -> list[str]:
        """SCANNED ids behind one, in the order of ids."""
        return await self._ids(select(edits.c.id).where(edits.c.id > behind).order_by(edits.c.id).limit(SCANNED))

    async def needed_file_keys(self, ids: Sequence[str]) -> dict[str, frozenset[str] | None]:
        """By file id; None: whatever is there. Nothing for a file that nobody knows."""
        needed: dict[str, frozenset[str] | None] = {}
        for row in await self._rows(select(files.c.id, files.c.blob).where(files.c.id.in_(ids))):
            needed[row.id] = frozenset({str(row.blob["key"])})
        running = select(edits.c.file_id).where(
            edits.c.file_id.in_(ids), edits.c.deleted_at.is_(None), edits.c.status.is_(None)
        )
        return needed | dict.fromkeys(await self.open_uploads(ids)) | dict.fromkeys(await self._ids(running))

    async def open_uploads(self, ids: Sequence[str]) -> set[str]:
        coming = select(uploads.c.id).where(uploads.c.id.in_(ids), uploads.c.completed_at.is_(None))
        return set(await self._ids(coming))

    async def needed_templates(self, ids: Sequence[str], before: datetime) -> set[str]:
        """Those that are kept, were deleted just now, or are what an edit in flight is made from."""
        kept = or_(templates.c.deleted_at.is_(None), templates.c.deleted_at >= to_microseconds(before))
        running = select(edits.c.template_id).where(
            edits.c.template_id.in_(ids), edits.c.deleted_at.is_(None), edits.c.status.is_(None)
        )
        needed = await self._ids(select(templates.c.id).where(templates.c.id.in_(ids), kept))
        return {*needed, *await self._ids(running)}

    async def _found(
        self, query: Select[Any], column: ColumnElement[Any], tie: ColumnElement[str], behind: Place | None
    ) -> list[Found]:
        ordered = in_order(query, column, tie, "asc", behind).limit(BATCH)
        return [Found(found, (moment, found)) for found, moment in map(tuple, await self._rows(ordered))]

    async def _distinct(self, column: ColumnElement[str], *where: ColumnElement[bool]) -> list[str]:
        """Its values, each found in the index behind the one before, and no row is read."""

        def distinct(connection: Connection) -> list[str]:
            found: list[str] = []
            while value := connection.scalar(select(func.min(column)).where(*where, column > (found or [""])[-1])):
                found.append(value)
            return found

        return await self._catalog.read(distinct)

    async def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return await self._catalog.read(lambda connection: connection.execute(query).all())

    async def _ids(self, query: Select[Any]) -> list[str]:
        return [str(row[0]) for row in await self._rows(query)]

    async def _change(self, change: Update | Delete) -> int:
        return await self._catalog.write(lambda connection: connection.execute(change).rowcount)


def _file_needed(file_id: ColumnElement[str], ended: datetime | None = None) -> ColumnElement[bool]:
    by_edit = exists().where(_others.c.file_id == file_id, _others.c.deleted_at.is_(None))
    if ended is not None:
        limit = to_microseconds(ended)
        still = (_others.c.status.is_(None), _others.c.created_at >= limit, _others.c.closed_at >= limit)
        by_edit = by_edit.where(or_(*still))
    by_template = exists().where(templates.c.file_id == file_id, templates.c.deleted_at.is_(None))
    return or_(by_edit, by_template)


def _output_needed() -> ColumnElement[bool]:
    """Somebody fills on what this edit has filled, or keeps it as a template."""
    return edits.c.filled_id.is_not(None) & _file_needed(edits.c.filled_id)


def _keys(row: Any) -> frozenset[str] | None:
    if row.status is None:
        return None
    return frozenset(str(ref["key"]) for ref in (row.filled, row.result) if ref)

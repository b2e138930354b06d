"""Templates in the catalog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update

from durable_edits.contracts import BlobRef
from durable_edits.storage.catalog import Catalog, hold_file
from durable_edits.storage.database import storable
from durable_edits.storage.idempotency import Claim, bind
from durable_edits.storage.keyset import Place, in_order
from durable_edits.storage.records import Order, TemplateRecord, from_microseconds, to_microseconds
from durable_edits.storage.rows import count_pages
from durable_edits.storage.schema import templates

TemplateOrder = Literal["created_at", "name"]
LONGEST_NAME = 1_000  # characters


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    organization: str
    name_part: str = ""
    sort_by: TemplateOrder = "created_at"


class TemplateRows:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    async def insert(self, template: TemplateRecord, pages: int, claim: Claim | None = None) -> None:
        """With the pages of its file, which are known now; raises IdempotencyConflict, and NotFound for the file."""

        def insert(connection: Connection) -> None:
            connection.execute(self._catalog.insert(templates), _row(template))
            hold_file(connection, template.file_id)
            connection.execute(count_pages(template.file_id, pages))
            if claim is not None:
                bind(connection, claim, template.id)

        await self._catalog.write(insert)

    async def find(self, template_id: str, organization: str) -> TemplateRecord | None:
        """A deleted one too."""
        query = select(templates).where(
            templates.c.id == storable(template_id), templates.c.organization == organization
        )
        row = await self._catalog.read(lambda connection: connection.execute(query).one_or_none())
        return _template(row) if row is not None else None

    async def update(
        self, template_id: str, *, name: str | None, compiled: BlobRef | None, field_count: int | None
    ) -> TemplateRecord | None:
        """Change what is not None; None where the template is not there any more."""
        values: dict[str, Any] = {"updated_at": to_microseconds(datetime.now(UTC))}
        if name is not None:
            values |= {"name": storable(name), "name_folded": storable(name).casefold()}
        if compiled is not None:
            values |= {"compiled": compiled.model_dump(), "field_count": field_count}
        kept = update(templates).where(templates.c.id == template_id, templates.c.deleted_at.is_(None))
        changed = kept.values(values).returning(*templates.c)
        row = await self._catalog.write(lambda connection: connection.execute(changed).one_or_none())
        return _template(row) if row is not None else None

    async def delete(self, template_id: str) -> bool:
        """Hide it for good; False where it is hidden already. Its folded name stays: lists by name page on from it."""
        kept = update(templates).where(templates.c.id == template_id, templates.c.deleted_at.is_(None))
        hidden = kept.values(deleted_at=to_microseconds(datetime.now(UTC)), name="", filename="")
        return bool(await self._catalog.write(lambda connection: connection.execute(hidden).rowcount))

    async def place(self, template_id: str, wanted: TemplateFilter) -> Place | None:
        """Where it stands in the order, a deleted one too."""
        column = templates.c.name_folded if wanted.sort_by == "name" else templates.c.created_at
        query = select(column, templates.c.id).where(
            templates.c.id == storable(template_id), templates.c.organization == wanted.organization
        )
        row = await self._catalog.read(lambda connection: connection.execute(query).one_or_none())
        return (row[0], row[1]) if row is not None else None

    async def rows(
        self, wanted: TemplateFilter, order: Order, behind: Place | None, limit: int
    ) -> list[TemplateRecord]:
        part = storable(wanted.name_part).casefold()
        if len(wanted.name_part) > LONGEST_NAME:  # longer than any name; a database has limits for what it looks for
            return []
        query = select(templates).where(
            templates.c.organization == wanted.organization, templates.c.deleted_at.is_(None)
        )
        if part:
            query = query.where(templates.c.name_folded.contains(part, autoescape=True))
        column = templates.c.name_folded if wanted.sort_by == "name" else templates.c.created_at
        ordered = in_order(query, column, templates.c.id, order, behind).limit(limit)
        return await self._catalog.read(lambda connection: [_template(row) for row in connection.execute(ordered)])


def place(template: TemplateRecord, wanted: TemplateFilter) -> Place:
    if wanted.sort_by == "name":
        return template.name.casefold(), template.id
    return to_microseconds(template.created_at), template.id


def _row(template: TemplateRecord) -> dict[str, Any]:
    name = storable(template.name)
    return {
        "id": template.id,
        "organization": template.organization,
        "name": name,
        "name_folded": name.casefold(),
        "file_id": template.file_id,
        "filename": storable(template.filename),
        "mime_type": storable(template.mime_type),
        "compiled": template.compiled.model_dump(),
        "field_count": template.field_count,
        "created_at": to_microseconds(template.created_at),
        "updated_at": to_microseconds(template.updated_at),
    }


def _template(row: Row[Any]) -> TemplateRecord:
    return TemplateRecord(
        id=row.id,
        organization=row.organization,
        name=row.name,
        file_id=row.file_id,
        filename=row.filename,
        mime_type=row.mime_type,
        compiled=BlobRef.model_validate(row.compiled),
        field_count=row.field_count,
        created_at=from_microseconds(row.created_at),
        updated_at=from_microseconds(row.updated_at),
        deleted=row.deleted_at is not None,
    )

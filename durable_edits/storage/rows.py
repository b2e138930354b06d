"""Edits and files as rows of the catalog, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Update, update

from durable_edits.contracts import PDF, BlobRef, Outcome, Problem, Status, filled_name
from durable_edits.storage.database import storable
from durable_edits.storage.records import EditRecord, FileRecord, from_microseconds, to_microseconds
from durable_edits.storage.schema import files


def edit_row(record: EditRecord) -> dict[str, Any]:
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


def edit_of(row: Row[Any]) -> EditRecord:
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
        outcome=outcome_of(row),
        deleted=row.deleted_at is not None,
    )


def closing_row(outcome: Outcome) -> dict[str, Any]:
    return {
        "status": outcome.status.value,
        "problem": outcome.problem.model_dump() if outcome.problem else None,
        "filled": outcome.filled.model_dump() if outcome.filled else None,
        "filled_id": outcome.filled_id,
        "result": outcome.result.model_dump() if outcome.result else None,
        "credits": outcome.credits,
        "closed_at": to_microseconds(datetime.now(UTC)),
    }


def outcome_of(row: Row[Any]) -> Outcome | None:
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


def filled_file_of(row: Row[Any], pages: int | None) -> FileRecord | None:
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

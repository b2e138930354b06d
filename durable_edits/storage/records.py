"""What the catalog holds, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from durable_edits.contracts import BlobRef, EditInput, Outcome, SourceDocument, Status, new_file_id
from durable_edits.storage.database import storable
from durable_edits.storage.document_urls import media_type, parse_stored_url, stored_url

Order = Literal["asc", "desc"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(value: int) -> datetime:
    return _EPOCH + timedelta(microseconds=value)


@dataclass(frozen=True, slots=True)
class EditRecord:
    """One edit. `outcome` is None until the edit is closed, and never changes afterwards."""

    id: str
    organization: str
    created_at: datetime
    file_id: str
    filename: str
    mime_type: str
    model: str
    color: str
    instructions: str | None
    template_id: str | None = None
    run_id: str | None = None
    started_at: datetime | None = None
    outcome: Outcome | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class FileRecord:
    """`updated_at` is None until something about the file has changed; `page_count` until somebody has read it."""

    id: str
    organization: str
    filename: str
    mime_type: str
    blob: BlobRef
    created_at: datetime
    updated_at: datetime | None = None
    page_count: int | None = None


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """A session in which a file is sent: as it was declared, and how far it has come."""

    id: str
    organization: str
    filename: str
    mime_type: str
    size: int
    sha256: str | None
    created_at: datetime
    expires_at: datetime
    received: BlobRef | None = None
    completed: bool = False


@dataclass(frozen=True, slots=True)
class TemplateRecord:
    """`compiled` is a durable_edits.template_form.TemplateForm as JSON."""

    id: str
    organization: str
    name: str
    file_id: str
    filename: str
    mime_type: str
    compiled: BlobRef
    field_count: int
    created_at: datetime
    updated_at: datetime
    deleted: bool = False

    @property
    def document(self) -> SourceDocument:
        url = stored_url(self.organization, self.file_id, self.filename)
        return SourceDocument(filename=self.filename, url=url)


@dataclass(frozen=True, slots=True)
class EditFilter:
    """Which edits a list shows. `status` None: any; `open_only`: those without an outcome."""

    organizations: tuple[str, ...]
    filename_prefix: str = ""
    template_id: str | None = None
    status: Status | None = None
    open_only: bool = False
    created_from: datetime | None = None
    created_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the order of creation: rows strictly behind it follow."""

    created_at: int
    id: str


def started_record(edit_id: str, edit: EditInput, created_at: datetime) -> EditRecord:
    """The record of an edit as its input describes it."""
    stored = parse_stored_url(edit.document.url)
    return EditRecord(
        id=edit_id,
        organization=edit.organization,
        created_at=created_at,
        file_id=stored.file_id if stored is not None else new_file_id(),
        filename=storable(edit.document.filename),
        mime_type=media_type(edit.document.filename),
        model=storable(edit.model),
        color=edit.color,
        instructions=edit.instructions,
        template_id=edit.template_id,
    )

"""Files and uploads as Retab spells them (contract section 7). The upload's answer is the API's only camelCase body."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from durable_edits.storage.document_urls import stored_url
from durable_edits.storage.records import FileRecord, UploadRecord
from gateway.wire import ListMetadata, MIMEData

# One header field's worth: it comes back as one, in `uploadHeaders` and in front of the downloaded bytes.
HEADER_TEXT = r"^[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?$"


Sha256 = Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$")]


def _absent(value: object) -> object:
    """The vendor's command line sends empty texts for what it was not given."""
    return None if value == "" else value


class UploadFile(BaseModel):
    """The body of POST /v1/files/upload."""

    filename: str = Field(min_length=1, max_length=1_000)
    size_bytes: int = Field(ge=0, strict=True)
    content_type: Annotated[Annotated[str, Field(pattern=HEADER_TEXT)] | None, BeforeValidator(_absent)] = None
    sha256: Annotated[Sha256 | None, BeforeValidator(_absent)] = None


class CompleteUpload(BaseModel):
    """The body of POST /v1/files/upload/{id}/complete."""

    sha256: Annotated[Sha256 | None, BeforeValidator(_absent)] = None


class UploadBody(BaseModel):
    model_config = ConfigDict(title="CreateUploadResponse")

    fileId: str
    uploadUrl: str
    uploadMethod: Literal["PUT"]
    uploadHeaders: dict[str, str]
    mimeData: MIMEData | None
    expiresAt: datetime


class ListFiles(BaseModel):
    before: str | None = None
    after: str | None = None
    limit: int = Field(default=10, ge=1, le=100)
    order: Literal["asc", "desc"] = "desc"
    filename: str = ""
    mime_type: str | None = None
    from_date: str | None = None
    to_date: str | None = None
    sort_by: Literal["created_at", "updated_at"] = "created_at"


class FileBody(BaseModel):
    model_config = ConfigDict(title="File")

    object: Literal["file"] = "file"
    id: str
    filename: str
    mime_type: str
    created_at: datetime
    updated_at: datetime
    page_count: int | None


class FilePage(BaseModel):
    data: list[FileBody]
    list_metadata: ListMetadata


class FileLink(BaseModel):
    download_url: str
    expires_in: str
    filename: str
    mime_data: MIMEData | None


def file_body(file: FileRecord) -> FileBody:
    return FileBody(
        id=file.id,
        filename=file.filename,
        mime_type=file.mime_type,
        created_at=file.created_at,
        updated_at=file.updated_at or file.created_at,
        page_count=file.page_count,
    )


def file_link(file: FileRecord, url: str, lifetime: timedelta) -> FileLink:
    return FileLink(
        download_url=url,
        expires_in=f"{lifetime.total_seconds() / 60:g} minutes",
        filename=file.filename,
        mime_data=stored_document(file),
    )


def upload_body(upload: UploadRecord, url: str, headers: dict[str, str]) -> UploadBody:
    return UploadBody(
        fileId=upload.id,
        uploadUrl=url,
        uploadMethod="PUT",
        uploadHeaders={"Content-Type": upload.mime_type} | headers,
        mimeData=stored_document(upload),
        expiresAt=upload.expires_at,
    )


def stored_document(file: FileRecord | UploadRecord) -> MIMEData:
    return MIMEData(filename=file.filename, url=stored_url(file.organization, file.id, file.filename))

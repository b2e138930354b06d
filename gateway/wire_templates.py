"""Templates as Retab spells them (contract section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from durable_edits.form import Box, PlacedField
from durable_edits.storage.records import TemplateRecord
from durable_edits.storage.templates import LONGEST_NAME
from gateway.wire import Document, FileRef, FormField, ListMetadata, form_field, without_nulls

EDGE = 1e-3  # what rounding may put a box beside its page
Fraction = Annotated[float, Field(strict=True, ge=-EDGE, le=1 + EDGE, allow_inf_nan=False)]


def _named(value: str) -> str:
    if not value.strip():
        raise ValueError("the name is empty")
    return value


def _keys_differ(fields: list[GivenField]) -> list[GivenField]:
    seen: set[str] = set()
    for field in fields:
        if field.key in seen:
            raise ValueError(f"the key {field.key[:100]!r} is there twice")
        seen.add(field.key)
    return fields


class GivenBox(BaseModel):
    left: Fraction
    top: Fraction
    width: Fraction
    height: Fraction
    page: int = Field(strict=True, ge=1)


class GivenField(BaseModel):
    """A FormField as a client sends it. Its value is of no use: a template is empty."""

    bbox: GivenBox
    description: str
    type: Literal["text", "checkbox"]
    key: str
    value: str | None = None

    def placed(self) -> PlacedField:
        box = Box(**self.bbox.model_dump())
        return PlacedField(key=self.key, kind=self.type, description=self.description, box=box)


Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_named)]
GivenFields = Annotated[list[GivenField], AfterValidator(_keys_differ)]


class CreateTemplate(BaseModel):
    """The body of POST /v1/edits/templates."""

    name: Name
    document: Annotated[Document, BeforeValidator(without_nulls)]
    form_fields: GivenFields


class UpdateTemplate(BaseModel):
    """The body of PATCH /v1/edits/templates/{id}; what is absent or null stays as it is."""

    name: Name | None = None
    form_fields: GivenFields | None = None


class ListTemplates(BaseModel):
    before: str | None = None
    after: str | None = None
    limit: int = Field(default=10, ge=1, le=100)
    order: Literal["asc", "desc"] = "desc"
    name: str = ""
    sort_by: Literal["created_at", "name"] = "created_at"


class TemplateBody(BaseModel):
    model_config = ConfigDict(title="EditTemplate")

    id: str
    name: str
    file: FileRef
    form_fields: list[FormField] | None
    field_count: int
    created_at: datetime
    updated_at: datetime


class TemplatePage(BaseModel):
    data: list[TemplateBody]
    list_metadata: ListMetadata


def template_body(record: TemplateRecord, fields: Sequence[PlacedField] = ()) -> TemplateBody:
    """Rows of a list have no fields, but their count."""
    return TemplateBody(
        id=record.id,
        name=record.name,
        file=FileRef(id=record.file_id, filename=record.filename, mime_type=record.mime_type),
        form_fields=[form_field(field) for field in fields],
        field_count=record.field_count,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )

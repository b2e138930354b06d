"""Retab's JSON, and its translation to and from our own terms (contract sections 3 to 6)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationInfo,
    field_validator,
    model_validator,
)

from durable_edits import form
from durable_edits.contracts import COLOR_PATTERN, DEFAULT_COLOR, DEFAULT_MODEL, PDF, Status, filled_name
from durable_edits.errors import BadRequest
from durable_edits.form import Filled, PlacedField
from durable_edits.placing import placed
from durable_edits.settling import Edit
from durable_edits.storage.document_urls import encode_data_url

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
# Unescaped in a query, the plus of "+00:00" arrives as a space.
_LOST_PLUS = re.compile(r"(?<=\d) (?=\d{2}:?\d{2}$)")
MIDNIGHT, LAST_MOMENT = time(tzinfo=UTC), time(23, 59, 59, 999_999, tzinfo=UTC)


def without_nulls(value: Any) -> Any:
    """Null for an optional field is the same as leaving it out."""
    return {name: item for name, item in value.items() if item is not None} if isinstance(value, dict) else value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("the instructions are empty; say what goes into which field")
    return value


TemplateId = Annotated[str | None, AfterValidator(lambda value: value or None)]


class Document(BaseModel):
    """MIMEData `{filename, url}`, or a reference `{id}` to a stored file."""

    filename: str | None = Field(default=None, min_length=1, max_length=1_000)
    url: str | None = Field(default=None, min_length=1)
    id: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.url is None and self.id is None:
            raise ValueError("a document needs filename and url, or the id of a stored file")
        if self.url is not None and not self.filename:
            raise ValueError("a document with a url needs a filename")
        return self


class Config(BaseModel):
    color: Annotated[str, Field(pattern=COLOR_PATTERN)] = DEFAULT_COLOR

    _nulls = model_validator(mode="before")(without_nulls)


class CreateEdit(BaseModel):
    """The body of POST /v1/edits."""

    values: dict[str, str] | None = None
    """Ours: what goes into which field, by key. Stands before the instructions, which may be blank beside it."""
    instructions: str
    document: Annotated[Document | None, BeforeValidator(without_nulls)] = None
    template_id: TemplateId = None
    model: str = Field(default=DEFAULT_MODEL, max_length=200)
    config: Config = Config()
    bust_cache: StrictBool = False
    background: StrictBool = False
    stream: StrictBool = False

    _nulls = model_validator(mode="before")(without_nulls)

    @field_validator("stream")
    @classmethod
    def _no_stream(cls, value: bool) -> bool:
        if value:
            raise ValueError("edits cannot be streamed; use background and poll")
        return value

    @field_validator("instructions")
    @classmethod
    def _not_blank(cls, value: str, info: ValidationInfo) -> str:
        return value if info.data.get("values") else _not_blank(value)


class CreateDraft(BaseModel):
    """The body of POST /v1/edits/plan, which is ours: a CreateEdit as far as it matters before anything is filled."""

    instructions: Annotated[str, AfterValidator(_not_blank)]
    document: Annotated[Document | None, BeforeValidator(without_nulls)] = None
    template_id: TemplateId = None
    model: str = Field(default=DEFAULT_MODEL, max_length=200)
    bust_cache: StrictBool = False

    _nulls = model_validator(mode="before")(without_nulls)


class GetEdit(BaseModel):
    include_output: bool = True


class ListEdits(BaseModel):
    before: str | None = None
    after: str | None = None
    limit: int = Field(default=10, ge=1, le=100)
    order: Literal["asc", "desc"] = "desc"
    filename: str = ""
    template_id: str | None = None
    status: Status | None = None
    from_date: str | None = None
    to_date: str | None = None


class FileRef(BaseModel):
    id: str
    filename: str
    mime_type: str


class MIMEData(BaseModel):
    filename: str
    url: str


class BBox(BaseModel):
    left: float
    top: float
    width: float
    height: float
    page: int


class FormField(BaseModel):
    bbox: BBox
    description: str
    type: Literal["text", "checkbox"]
    key: str
    value: str | None


class EditResult(BaseModel):
    form_data: list[FormField]
    filled_document: MIMEData


class PrimitiveError(BaseModel):
    code: str
    message: str
    details: dict[str, Any] | None


class Usage(BaseModel):
    model_config = ConfigDict(title="RetabUsage")

    credits: float


class EditConfig(BaseModel):
    color: str


class EditBody(BaseModel):
    """An edit on the wire: twelve keys, all of them always there."""

    model_config = ConfigDict(title="Edit")

    id: str
    file: FileRef
    model: str
    config: EditConfig
    instructions: str | None
    template_id: str | None
    output: EditResult | None
    status: Status
    error: PrimitiveError | None
    filled_document_ref: FileRef | None
    usage: Usage | None
    created_at: datetime


class UnusedValue(BaseModel):
    label: str
    value: str
    reason: str


class DraftBody(BaseModel):
    """What an edit would fill in. `values`, perhaps changed, are what a CreateEdit takes as `values`."""

    model_config = ConfigDict(title="Plan")

    values: dict[str, str]
    unused: list[UnusedValue]
    form_data: list[FormField]


class ListMetadata(BaseModel):
    before: str | None
    after: str | None


class EditPage(BaseModel):
    data: list[EditBody]
    list_metadata: ListMetadata


def edit_body(edit: Edit, output: tuple[Filled, bytes] | None = None) -> EditBody:
    record, outcome = edit.record, edit.outcome
    problem = outcome.problem if outcome else None
    filled = None
    if outcome is not None and outcome.filled_id is not None:
        filled = FileRef(id=outcome.filled_id, filename=filled_name(record.filename), mime_type=PDF)
    return EditBody(
        id=record.id,
        file=FileRef(id=record.file_id, filename=record.filename, mime_type=record.mime_type),
        model=record.model,
        config=EditConfig(color=record.color),
        instructions=record.instructions,
        template_id=record.template_id,
        output=_result(record.filename, *output) if output else None,
        status=edit.status,
        error=PrimitiveError(**problem.model_dump()) if problem else None,
        filled_document_ref=filled,
        usage=Usage(credits=outcome.credits) if outcome and outcome.credits is not None else None,
        created_at=record.created_at,
    )


def draft_body(draft: form.Draft) -> DraftBody:
    return DraftBody(
        values=draft.plan.values,
        unused=[UnusedValue(**each.model_dump()) for each in draft.plan.unused],
        form_data=[form_field(each) for each in draft.fields],
    )


def _result(filename: str, filled: Filled, document: bytes) -> EditResult:
    shown = filled.placed
    if shown is None:
        shown = [each for field in filled.form.fields for each in placed(field)]
    return EditResult(
        form_data=[form_field(each) for each in shown],
        filled_document=MIMEData(filename=filled_name(filename), url=encode_data_url(PDF, document)),
    )


def form_fields(field: form.Field) -> list[FormField]:
    return [form_field(each) for each in placed(field)]


def form_field(field: PlacedField) -> FormField:
    return FormField(
        bbox=_bbox(field.box), description=field.description, type=field.kind, key=field.key, value=field.value
    )


def _bbox(box: form.Box) -> BBox:
    return BBox(left=box.left, top=box.top, width=box.width, height=box.height, page=box.page)


def parse_moment(name: str, value: str | None, *, end_of_day: bool) -> datetime | None:
    """`from_date` and `to_date`: a bare date means the start or the end of that day in UTC. Raises BadRequest."""
    if value is None:
        return None
    text = _LOST_PLUS.sub("+", value.strip()).upper()
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), LAST_MOMENT if end_of_day else MIDNIGHT)
        if _STAMP.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadRequest(f"{name} is not a date; send YYYY-MM-DD or an RFC 3339 time such as 2026-01-31T12:00:00Z.")

"""What crosses Temporal, and the names both sides know.

Only references and counts: documents, plans and results are blobs, so that a history stays under 10 KB whatever the
document's size. Fields may be added with a default; never renamed, retyped or removed (histories outlive releases).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from ulid import ULID

EDIT_WORKFLOW = "EditWorkflow"
EDITS_QUEUE = "edits"
PLAN_EDIT = "plan_edit"
ASK_MODEL = "ask_model"
FILL_DOCUMENT = "fill_document"
CLOSE_EDIT = "close_edit"
TEMPLATE_WORKFLOW = "TemplateWorkflow"
READ_TEMPLATE = "read_template"
DRAFT_WORKFLOW = "DraftWorkflow"
MAKE_DRAFT = "make_draft"
HOUSEKEEPING_WORKFLOW = "HousekeepingWorkflow"
SWEEP = "sweep"

DEFAULT_ORGANIZATION = "default"
PDF = "application/pdf"
DEFAULT_MODEL = "retab-small"
DEFAULT_COLOR = "#000080"
COLOR_PATTERN = "^#[0-9A-Fa-f]{6}$"


def new_edit_id() -> str:
    """`edt_` + ULID: sorts by creation time. It is also the workflow id."""
    return f"edt_{ULID()}"


def new_file_id() -> str:
    return f"file_{ULID()}"


def new_template_id() -> str:
    return f"edittplt_{ULID()}"


def new_draft_id() -> str:
    return f"draft_{ULID()}"


def filled_name(filename: str) -> str:
    """`form.pdf` -> `form_filled.pdf` (contract section 5)."""
    return f"{PurePath(filename).stem or 'document'}_filled.pdf"


class Status(StrEnum):
    """Contract section 6. The last three are terminal."""

    PENDING = "pending"
    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class BlobRef(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: str
    size: int
    sha256: str


class SourceDocument(BaseModel):
    """A document as named by whoever starts an edit: a stored file's URL, an https URL, or a small data: URL."""

    filename: str = Field(min_length=1)
    url: str = Field(min_length=1)


class EditInput(BaseModel):
    """The input of `EditWorkflow`; the workflow id is the edit id.

    `{"document": {"filename", "url"}, "instructions"}` is enough, as typed into the Temporal UI's start form. An edit
    that comes over HTTP or from EditsClient has its instructions in its record instead: a person's data stays out of
    Temporal's history, and the history small.
    """

    document: SourceDocument
    instructions: str | None = None
    model: str = DEFAULT_MODEL
    color: str = Field(default=DEFAULT_COLOR, pattern=COLOR_PATTERN)
    organization: str = DEFAULT_ORGANIZATION
    template_id: str | None = None
    template: BlobRef | None = None
    """The template's form and fields as they were when the edit was made: whatever becomes of the template."""
    plan: BlobRef | None = None
    """A durable_edits.form.Plan with the values to fill in: no planner is asked."""
    bust_cache: bool = False
    """Ask the model again, though it has answered this very question before."""


class Problem(BaseModel):
    """An error of the tree as it is stored and sent: `code` is EditsError.code."""

    code: str
    message: str
    details: dict[str, Any] | None = None


class PlanJob(BaseModel):
    """The input of `plan_edit`. `run_id` and `created_at` are the workflow's own."""

    edit_id: str
    run_id: str
    created_at: datetime
    edit: EditInput


class Outcome(BaseModel):
    """How an edit ended: exactly what its record says. The result of the workflow, and of whoever tried to close it.

    `filled` is the filled PDF, `filled_id` its file id; `result` a durable_edits.form.Filled as JSON.
    """

    edit_id: str
    status: Status
    problem: Problem | None = None
    filled: BlobRef | None = None
    filled_id: str | None = None
    result: BlobRef | None = None
    credits: float | None = None


class Planned(BaseModel):
    """The result of `plan_edit`; `outcome` is set when the record was closed before planning began.

    `question` is a durable_edits.models.question.Question, where a model is to be asked about what the rules left open.
    """

    document: BlobRef | None = None
    plan: BlobRef | None = None
    pages: int = 0
    values: int = 0
    outcome: Outcome | None = None
    question: BlobRef | None = None


class AskJob(BaseModel):
    """The input of `ask_model`."""

    edit_id: str
    created_at: datetime
    organization: str
    model: str
    question: BlobRef
    plan: BlobRef
    bust_cache: bool = False


class Asked(BaseModel):
    """The result of `ask_model`: the plan with what the model added; `outcome` as in Planned."""

    plan: BlobRef | None = None
    values: int = 0
    outcome: Outcome | None = None


class FillJob(BaseModel):
    """The input of `fill_document`."""

    edit_id: str
    document: BlobRef
    plan: BlobRef
    color: str
    model: str
    template: BlobRef | None = None
    created_at: datetime | None = None
    """The workflow's own."""


class TemplateJob(BaseModel):
    """The input of `TemplateWorkflow` and of `read_template`; the workflow id is the template's.

    `file_id` is for a document that is not stored yet.
    """

    template_id: str
    organization: str
    document: SourceDocument
    file_id: str


class TemplateRead(BaseModel):
    """The result of both: the document's file, and a durable_edits.template_form.TemplateForm as JSON."""

    file_id: str
    filename: str
    mime_type: str
    compiled: BlobRef


class DraftJob(BaseModel):
    """The input of `DraftWorkflow` and of `make_draft`; the workflow id is the draft's.

    `inline` is a document that came with the request; without it, `document` says where it is. With `template` none is
    read. All of the draft's own lies in its folder, and goes when it is answered.
    """

    draft_id: str
    organization: str
    document: SourceDocument
    inline: BlobRef | None = None
    template: BlobRef | None = None
    instructions: BlobRef
    model: str = DEFAULT_MODEL


class CloseJob(BaseModel):
    """The input of `close_edit`: the outcome to write if none is written yet.

    Carries enough to write a record for an edit whose `plan_edit` never ran.
    """

    edit_id: str
    run_id: str
    created_at: datetime
    edit: EditInput
    status: Status
    problem: Problem | None = None


class Chore(StrEnum):
    """What housekeeping does, in this order: what one takes out, a later one finds unused."""

    CLOSE = "close"
    EDITS = "edits"
    DELETED = "deleted"
    FILES = "files"
    UPLOADS = "uploads"
    KEYS = "keys"
    ORPHANS = "orphans"
    FORGET = "forget"


class Swept(BaseModel):
    """What a chore has taken out. `more`: it was interrupted, and is to be gone on with; `failed`: given up."""

    chore: Chore
    things: int = 0
    bytes: int = 0
    more: bool = False
    failed: bool = False


class Housekeeping(BaseModel):
    """The input of `HousekeepingWorkflow`. `done` is what it has done before it went on as a new run."""

    retention_days: float | None = None
    """None: ended edits and their documents are kept."""
    schedule: str = ""
    """The cron line by which it runs."""
    done: list[Swept] = []


class SweepJob(BaseModel):
    """The input of `sweep`."""

    chore: Chore
    retention_days: float | None = None

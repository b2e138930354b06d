"""What a form is: its fields, where they stand, and what became of each.

Plain data shared by the engine, the planner and the wire; knows no PDF library and no JSON of anyone's API.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class FieldKind(StrEnum):
    TEXT = "text"
    CHECKBOX = "checkbox"
    RADIO = "radio"
    CHOICE = "choice"
    SIGNATURE = "signature"


class Box(BaseModel):
    """A widget as displayed (page /Rotate counted in): fractions of the page from its top left, page from 1."""

    model_config = ConfigDict(frozen=True)

    left: float
    top: float
    width: float
    height: float
    page: int


class Printed(BaseModel):
    """What a page says about a field, to a person who looks at it.

    `label` is the text that is the field's alone. `row` and `column` stand at the edges of a table, or before and above
    a group of boxes. `sections` are the headings it stands under, outermost first. `hint` is what stands in or behind
    it: a unit, or how to write.
    """

    model_config = ConfigDict(frozen=True)

    label: str = ""
    row: str = ""
    column: str = ""
    sections: tuple[str, ...] = ()
    hint: str = ""


class Option(BaseModel):
    """One thing a radio group, choice or check box can hold.

    `value` is what a fill is asked for and what a reader reads back: the export value of a choice, the on-state
    name of a button. `label` is what a person sees (equal to `value` where the form shows nothing else).
    `box` is the button's own place, `printed` what stands beside it; a choice's options have neither.
    """

    model_config = ConfigDict(frozen=True)

    value: str
    label: str
    box: Box | None = None
    printed: Printed | None = None


class Field(BaseModel):
    """One field of a form. `key` is the fully qualified name, unique in the form.

    `value`: the text; "true" or "false" for a check box; the option's `value` for a radio group or choice;
    None while empty. `box` is None for a field without a widget on any page. `description` is the form's own tooltip,
    or the printed label where it has none.
    """

    key: str
    kind: FieldKind
    description: str = ""
    value: str | None = None
    options: list[Option] = []
    box: Box | None = None
    boxes: list[Box] = []
    max_length: int | None = None
    comb: bool = False
    multiline: bool = False
    multi_select: bool = False
    editable: bool = False
    read_only: bool = False
    required: bool = False
    printed: Printed | None = None


class Form(BaseModel):
    """A document's fields in the order of /AcroForm /Fields, with the number of pages."""

    pages: int
    fields: list[Field]


class FieldStatus(StrEnum):
    """What became of one asked key or one field of the form."""

    FILLED = "filled"
    UNCHANGED = "unchanged"  # nothing was asked, or it already said so
    DOES_NOT_FIT = "does_not_fit"  # stored whole, shown in part
    GLYPH_MISSING = "glyph_missing"  # stored whole, no font here has a letter of it
    NOT_PROVED = "not_proved"  # stored, but another reader does not find it as it should be
    UNKNOWN_OPTION = "unknown_option"
    UNKNOWN_FIELD = "unknown_field"
    READ_ONLY = "read_only"
    FAILED = "failed"


class Reason(StrEnum):
    """Why an entry says what it says, where that needs no figures."""

    READ_ONLY = "the form does not let it be changed"
    CERTIFIED = "the document is certified, and its certificate allows no change"
    LOCKED = "a signature in the document locks it"
    NOT_SEEN = "stored; no page shows this field"
    UNKNOWN_FIELD = "the form has no field of this name"
    NO_PAGE = "the document has no such page"
    NO_ROOM = "the box has no room for a letter"


class Note(StrEnum):
    """What a fill did to the document as a whole that a person may want to know."""

    XFA_DROPPED = "the form's XFA is gone: a viewer of it would have shown the old values"
    XFA_KEPT = "the document is certified, so the form's XFA had to stay: a viewer of it shows the old values"
    USAGE_RIGHTS = "the document grants Adobe Reader further rights, which Reader may no longer honour"
    SIGNED = "the document is signed: its signatures stay valid for what they signed, and what was filled in came later"


class Mark(BaseModel):
    """Something to draw on a page where it has no field: text, or a check mark where `check` and `value` is "true".

    `key` is what the report calls it.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    box: Box
    value: str
    check: bool = False


class ReportEntry(BaseModel):
    key: str
    status: FieldStatus
    reason: str = ""


class Span(BaseModel):
    """Where in the instructions something stands, in characters: `instructions[start:end]`."""

    model_config = ConfigDict(frozen=True)

    start: int
    end: int


class Near(BaseModel):
    """A field that a value of the instructions came near to, and why it did not get it."""

    key: str
    reason: str


class Unused(BaseModel):
    """A piece of the instructions that reached no field, why, and the fields that came nearest."""

    label: str
    value: str
    reason: str
    source: Span | None = None
    near: list[Near] = []


class Planned(BaseModel):
    """A value of the plan, and what it rests on.

    `said` is what the instructions call it, `source` where they say it (None where the value is put together or spelt
    otherwise). `why` names the witness; `confidence` goes from 0 to 1, and a person should look at what is under 0.8.
    """

    key: str
    value: str
    said: str = ""
    source: Span | None = None
    why: str = ""
    confidence: float = 1.0


class LeftOut(BaseModel):
    """A field that gets no value, and why."""

    key: str
    reason: str


class Plan(BaseModel):
    """What the instructions say about a form: a value for some of its fields, and what was left over.

    `planned` tells the same values with their grounds; `left` has each field without one.
    """

    values: dict[str, str]
    unused: list[Unused] = []
    planned: list[Planned] = []
    left: list[LeftOut] = []


class PlacedField(BaseModel):
    """A field as a person meets it on the page: a place, a name, a text or a tick. A radio group is several."""

    model_config = ConfigDict(frozen=True)

    key: str
    kind: Literal["text", "checkbox"]
    description: str
    box: Box
    value: str | None = None


class Draft(BaseModel):
    """What an edit would fill in, and where: `fields` hold what the form would say afterwards."""

    pages: int
    fields: list[PlacedField]
    plan: Plan


class Filled(BaseModel):
    """A finished edit: the form as it now stands, what became of each field, and what was left over.

    `placed` is what a template shows of the form, in the template's order and words; None without a template.
    """

    form: Form
    report: list[ReportEntry]
    unused: list[Unused] = []
    notes: list[Note] = []
    placed: list[PlacedField] | None = None

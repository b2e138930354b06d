"""What runs inside the child: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from activities.proving import checked_report
from durable_edits.errors import DocumentWithoutFields, NothingToFill
from durable_edits.form import Draft, Filled, Form, Plan
from durable_edits.models.question import Question, question
from durable_edits.pdf import count_pages, fill_form, read_form
from durable_edits.placing import placed
from durable_edits.planner import plan
from durable_edits.template_form import TemplateFields, TemplateForm


@dataclass(frozen=True, slots=True)
class PlannedForm:
    """`plan` is a Plan as JSON, ready to be stored."""

    plan: bytes
    values: int
    pages: int
    question: bytes | None = None
    """A Question as JSON, where the rules left something open and a model is to be asked."""


@dataclass(frozen=True, slots=True)
class FilledForm:
    """`result` is a Filled as JSON, ready to be stored."""

    document: bytes
    result: bytes
    pages: int


def plan_form(document: bytes, instructions: str, max_pages: int, for_model: bool) -> PlannedForm:
    form = read_form(document, max_pages=max_pages)
    planned = _plan(form, instructions, for_model)
    asked = question(form, planned, instructions) if for_model and _left_open(planned) else None
    return _planned_form(form, planned, asked)


def plan_template(template: bytes, instructions: str, for_model: bool) -> PlannedForm:
    """The document itself is not needed: its form was read when the template was made."""
    fields = _template_fields(template)
    form = fields.planning_form()
    planned = fields.in_the_form(_plan(form, instructions, for_model))
    asked = None
    if for_model and _left_open(planned):
        asked = question(form, planned, instructions, names=fields.form_keys)
    return _planned_form(form, planned, asked)


def _plan(form: Form, instructions: str, for_model: bool) -> Plan:
    try:
        return plan(form, instructions)
    except NothingToFill:
        if not for_model:
            raise
        return Plan(values={})


def _left_open(planned: Plan) -> bool:
    """Whether the instructions say anything that the rules have not placed."""
    return bool(planned.unused) or not planned.values


def _planned_form(form: Form, planned: Plan, asked: Question | None) -> PlannedForm:
    told = asked.model_dump_json().encode() if asked is not None else None
    return PlannedForm(planned.model_dump_json().encode(), len(planned.values), form.pages, told)


def draft_form(document: bytes, planned: bytes, max_pages: int) -> bytes:
    """A Draft as JSON, of a form and its plan."""
    form = read_form(document, max_pages=max_pages)
    wanted = Plan.model_validate_json(planned)
    shown = [each for field in _form_with(form, wanted).fields for each in placed(field)]
    return Draft(pages=form.pages, fields=shown, plan=wanted).model_dump_json().encode()


def draft_template(template: bytes, planned: bytes) -> bytes:
    """A plan goes by the form's keys, its draft by the template's."""
    fields = _template_fields(template)
    wanted = Plan.model_validate_json(planned)
    shown = fields.told(_form_with(fields.form, wanted))
    return Draft(pages=fields.form.pages, fields=shown, plan=fields.in_the_template(wanted)).model_dump_json().encode()


def _form_with(form: Form, planned: Plan) -> Form:
    held = [field.model_copy(update={"value": planned.values.get(field.key, field.value)}) for field in form.fields]
    return Form(pages=form.pages, fields=held)


def take_plan(document: bytes, given: bytes, max_pages: int) -> PlannedForm:
    """Somebody's own values: what names no field is for the fill's report to say."""
    form = read_form(document, max_pages=max_pages)
    values = Plan.model_validate_json(given).values
    keys = {field.key for field in form.fields} | {each.key for field in form.fields for each in placed(field)}
    if keys.isdisjoint(values):
        raise _nothing_named(form, values)
    return PlannedForm(given, len(values), form.pages)


def take_template_plan(template: bytes, given: bytes) -> PlannedForm:
    fields = _template_fields(template)
    values = Plan.model_validate_json(given).values
    planned = fields.taken(values)
    form = fields.planning_form()
    if not planned.values:
        raise _nothing_named(form, values)
    return PlannedForm(planned.model_dump_json().encode(), len(planned.values), form.pages)


def _template_fields(template: bytes) -> TemplateFields:
    read = TemplateForm.model_validate_json(template)
    if not read.form.fields:
        raise DocumentWithoutFields("The template's document has no form fields; make it from a form.")
    return TemplateFields(read)


def _nothing_named(form: Form, values: Mapping[str, str]) -> NothingToFill:
    return NothingToFill(
        f"None of the {len(values)} values is for a field of the form; name its fields by their keys.",
        fields=len(form.fields),
        unmatched=len(values),
    )


def fill_planned(
    document: bytes, planned: bytes, color: str, max_pages: int, template: bytes | None = None
) -> FilledForm:
    wanted = Plan.model_validate_json(planned)
    filled = fill_form(document, wanted.values, color=color, max_pages=max_pages)
    report = checked_report(document, filled, wanted.values)
    result = Filled(form=filled.form, report=report, unused=wanted.unused, notes=filled.notes)
    if template is not None:
        result.placed = TemplateFields(TemplateForm.model_validate_json(template)).told(filled.form)
    return FilledForm(filled.data, result.model_dump_json().encode(), filled.form.pages)


def read_template_form(document: bytes, max_pages: int) -> bytes:
    """A TemplateForm as JSON. A document without fields is one too: it is for edits of it to say why they fail."""
    try:
        form = read_form(document, max_pages=max_pages)
    except DocumentWithoutFields:
        form = Form(pages=count_pages(document, max_pages=max_pages), fields=[])
    return TemplateForm(form=form).model_dump_json().encode()

"""What runs inside the child: bytes in, bytes out."""

from __future__ import annotations

from dataclasses import dataclass

from activities.proving import checked_report
from durable_edits.errors import DocumentWithoutFields
from durable_edits.form import Filled, Form, Plan
from durable_edits.pdf import count_pages, fill_form, read_form
from durable_edits.planner import plan
from durable_edits.template_form import TemplateFields, TemplateForm


@dataclass(frozen=True, slots=True)
class PlannedForm:
    """`plan` is a Plan as JSON, ready to be stored."""

    plan: bytes
    values: int
    pages: int


@dataclass(frozen=True, slots=True)
class FilledForm:
    """`result` is a Filled as JSON, ready to be stored."""

    document: bytes
    result: bytes
    pages: int


def plan_form(document: bytes, instructions: str, max_pages: int) -> PlannedForm:
    form = read_form(document, max_pages=max_pages)
    planned = plan(form, instructions)
    return PlannedForm(planned.model_dump_json().encode(), len(planned.values), form.pages)


def plan_template(template: bytes, instructions: str) -> PlannedForm:
    """The document itself is not needed: its form was read when the template was made."""
    read = TemplateForm.model_validate_json(template)
    if not read.form.fields:
        raise DocumentWithoutFields("The template's document has no form fields; make it from a form.")
    fields = TemplateFields(read)
    form = fields.planning_form()
    planned = fields.in_the_form(plan(form, instructions))
    return PlannedForm(planned.model_dump_json().encode(), len(planned.values), form.pages)


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

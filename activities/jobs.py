"""What runs inside the child: bytes in, bytes out."""

from __future__ import annotations

from dataclasses import dataclass

from activities.proving import checked_report
from durable_edits.form import Filled, Plan
from durable_edits.pdf import fill_form, read_form
from durable_edits.planner import plan


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


def fill_planned(document: bytes, planned: bytes, color: str, max_pages: int) -> FilledForm:
    wanted = Plan.model_validate_json(planned)
    filled = fill_form(document, wanted.values, color=color, max_pages=max_pages)
    report = checked_report(document, filled, wanted.values)
    result = Filled(form=filled.form, report=report, unused=wanted.unused, notes=filled.notes)
    return FilledForm(filled.data, result.model_dump_json().encode(), filled.form.pages)

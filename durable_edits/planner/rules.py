"""The offline planner: names matched exactly, then normalised, then by likeness where it is sure. No guesses: a value
that has no field of its own is reported, not placed."""

from __future__ import annotations

from durable_edits.errors import NothingToFill
from durable_edits.form import Form, Plan, Unused
from durable_edits.planner.instructions import Pair, read_instructions
from durable_edits.planner.match import Matcher, radio_button
from durable_edits.planner.values import YES, fit

SHOWN_VALUE = 200  # characters of an unused value in the report
SHOWN_NAMES = 5


def plan(form: Form, instructions: str) -> Plan:
    """A value for each field the instructions name; whatever was not used is in `unused` with its reason.

    Raises InstructionsEmpty, InstructionsError, NothingToFill.
    """
    given = read_instructions(instructions)
    matcher = Matcher(form)
    values: dict[str, str] = {}
    unused: list[Unused] = []
    for pair in given.pairs:
        reason = _place(form, matcher, pair, values)
        if reason:
            unused.append(Unused(label=pair.label, value=pair.value[:SHOWN_VALUE], reason=reason))
    if not values:
        raise _nothing(form, unused, given.json_error)
    return Plan(values=values, unused=unused)


def _place(form: Form, matcher: Matcher, pair: Pair, values: dict[str, str]) -> str:
    """Put the pair's value into `values`, or return why not."""
    if not pair.path[-1]:
        return "this line names no field"
    button = radio_button(form, pair)
    if button is not None:
        field, option = button
        if pair.value.strip().casefold() not in YES:
            return "a button that is not chosen says nothing"
        pair = Pair(pair.path, option)
    else:
        found, reason = matcher.find(pair, set(values))
        if found is None:
            return reason
        field = found
    if field.key in values:
        return f"the field {field.key} has a value already"
    value, reason = fit(field, pair.value)
    if value is None:
        return reason
    values[field.key] = value
    return ""


def _nothing(form: Form, unused: list[Unused], json_error: str) -> NothingToFill:
    labels = ", ".join(repr(each.label or each.value)[:60] for each in unused[:SHOWN_NAMES])
    keys = ", ".join(repr(field.key)[:60] for field in form.fields[:SHOWN_NAMES])
    fault = f" ({json_error})" if json_error else ""
    return NothingToFill(
        f"No instruction names a field of the form{fault}. Found: {labels or 'nothing'}. The form has {keys}, "
        f"{len(form.fields)} fields in all; write one 'Label: value' a line, or JSON.",
        fields=len(form.fields),
        unmatched=len(unused),
    )

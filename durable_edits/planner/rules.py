"""The offline planner: names matched exactly, then normalised, then by likeness where it is sure. No guesses: a value
that has no field of its own is reported, not placed."""

from __future__ import annotations

from durable_edits.errors import NothingToFill
from durable_edits.form import Field, FieldKind, Form, Plan, Unused
from durable_edits.planner.answers import Answers
from durable_edits.planner.dates import house_format
from durable_edits.planner.instructions import read_instructions
from durable_edits.planner.limits import MAX_NAME
from durable_edits.planner.match import Matcher, radio_button
from durable_edits.planner.pairs import Pair
from durable_edits.planner.split_boxes import SplitBoxes
from durable_edits.planner.values import fit, fit_list, yes_or_no

SHOWN_VALUE = 200  # characters of an unused value in the report
SHOWN_NAMES = 5


def plan(form: Form, instructions: str) -> Plan:
    """A value for each field the instructions name; whatever was not used is in `unused` with its reason.

    Raises InstructionsEmpty, InstructionsError, NothingToFill.
    """
    given = read_instructions(instructions)
    sheet = _Sheet(form, given.pairs)
    for pair in given.pairs:
        reason = sheet.place(pair)
        if reason:
            sheet.unused.append(Unused(label=pair.label[:SHOWN_VALUE], value=pair.value[:SHOWN_VALUE], reason=reason))
    if not sheet.values:
        raise _nothing(form, sheet.unused, given.json_error)
    return Plan(values=sheet.values, unused=sheet.unused)


class _Sheet:
    """The plan as it grows, pair by pair."""

    def __init__(self, form: Form, pairs: list[Pair]) -> None:
        self.values: dict[str, str] = {}
        self.unused: list[Unused] = []
        self._radios = [field for field in form.fields if field.kind is FieldKind.RADIO]
        self._matcher = Matcher(form, pairs)
        self._answers = Answers(form)
        self._boxes = SplitBoxes(form)
        self._house = house_format(f"{field.description[:MAX_NAME]} {field.key}" for field in form.fields)
        self._previous = ""

    def place(self, pair: Pair) -> str:
        """Put the pair's value where it belongs, or return why not."""
        if not pair.path:
            return "this names no field"
        button = radio_button(self._radios, pair.path)
        if button is not None:
            return self._press(*button, pair.value)
        field, reason = self._matcher.find(pair.path, self._previous)
        if field is None:
            several = self._boxes.find(pair) or {box.key: "true" for box in self._answers.boxes(pair)}
            if several:
                return self._put(several)
            field = self._answers.choice(pair)
        if field is None:
            return reason
        if field.key in self.values:
            return _taken(field.key)
        value, reason = fit_list(field, pair.items) if pair.items else fit(field, pair.value, self._house)
        return reason if value is None else self._put({field.key: value})

    def _press(self, field: Field, option: str, value: str) -> str:
        told = yes_or_no(value)
        if told is None:
            return "a button takes yes or no"
        if field.read_only:
            return "the field is read only"
        return self._put({field.key: option}) if told == "true" else "a button that is not chosen says nothing"

    def _put(self, values: dict[str, str]) -> str:
        """All of them or none: half a date is worse than no date."""
        taken = next((key for key in values if key in self.values), None)
        if taken is not None:
            return _taken(taken)
        self.values.update(values)
        self._previous = next(reversed(values))
        return ""


def _taken(key: str) -> str:
    return f"the field {key} has a value already"


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

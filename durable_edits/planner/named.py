"""What the instructions name exactly: by key, label or tooltip, or with a slip of the pen."""

from __future__ import annotations

from durable_edits.form import Field, FieldKind, Form
from durable_edits.planner.addresses import split_address
from durable_edits.planner.answers import Answers
from durable_edits.planner.dates import house_format
from durable_edits.planner.derive import is_range
from durable_edits.planner.limits import MAX_NAME
from durable_edits.planner.match import Matcher, radio_buttons
from durable_edits.planner.names import words
from durable_edits.planner.pairs import Pair
from durable_edits.planner.person_names import is_name
from durable_edits.planner.sheet import NO_NAME, Sheet
from durable_edits.planner.split_boxes import SplitBoxes
from durable_edits.planner.values import fit, fit_list, yes_or_no

EXACT = 0.99
FOUND = 0.95  # by the answer, or spread over boxes


class Named:
    def __init__(self, form: Form, pairs: list[Pair], sheet: Sheet, roles: dict[str, frozenset[str]]) -> None:
        self._sheet = sheet
        self._roles = roles
        self._radios = radio_buttons([field for field in form.fields if field.kind is FieldKind.RADIO])
        self._matcher = Matcher(form, pairs)
        self._answers = Answers(form)
        self._boxes = SplitBoxes(form)
        self._house = house_format(f"{field.description[:MAX_NAME]} {field.key}" for field in form.fields)

    def place(self, pair: Pair) -> bool:
        """Put the pair's value where it belongs, or note why not."""
        reason = self._place(pair)
        if reason:
            self._sheet.refuse(pair, reason)
        return not reason

    def _place(self, pair: Pair) -> str:
        if is_range(pair.value):
            return "no field takes a period"
        if (button := self._radios.get(pair.label)) is not None:
            return self._press(*button, pair)
        field, reason = self._matcher.find(pair.path, self._sheet.previous)
        if field is not None:
            return self._fill(field, pair)
        several = self._boxes.find(pair) or {box.key: "true" for box in self._answers.boxes(pair)}
        if several:
            return self._sheet.put(several, pair, "the names of the boxes and the value say so", FOUND)
        field = self._answers.choice(pair)
        return reason if field is None else self._fill(field, pair)

    def _fill(self, field: Field, pair: Pair) -> str:
        if field.key in self._sheet.values:
            return f"the field {field.key} has a value already"
        if pair.label != field.key and (_has_parts(pair) or self._somebody_else(pair, field)):
            return NO_NAME
        value, reason = fit_list(field, pair.items) if pair.items else fit(field, pair.value, self._house)
        return reason if value is None else self._sheet.put({field.key: value}, pair, "it is named so", EXACT)

    def _somebody_else(self, pair: Pair, field: Field) -> bool:
        """Whether the page says that the field is about a person whom the name does not speak of."""
        roles = self._roles.get(field.key, frozenset())
        return bool(roles) and not roles & frozenset(word for name in pair.path for word in words(name))

    def _press(self, field: Field, option: str, pair: Pair) -> str:
        told = yes_or_no(pair.value)
        if told is None:
            return "a button takes yes or no"
        if field.read_only:
            return "the field is read only"
        if told == "false":
            return "a button that is not chosen says nothing"
        return self._sheet.put({field.key: option}, pair, "it is named so", EXACT)


def _has_parts(pair: Pair) -> bool:
    """A whole name or address, which may have to go into several boxes."""
    own = words(pair.path[-1])
    return (own == {"address"} and bool(split_address(pair.value))) or (own == {"name"} and is_name(pair.value))

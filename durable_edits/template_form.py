"""A template's own fields on top of the fields of its form.

The planner sees the form in the template's order, under the template's keys and descriptions; what it plans goes into
the form's own fields; and what they then hold is told in the template's words again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeVar

from pydantic import BaseModel

from durable_edits.form import (
    Box,
    Field,
    FieldKind,
    Form,
    LeftOut,
    Near,
    Option,
    PlacedField,
    Plan,
    Planned,
    Printed,
    Unused,
)
from durable_edits.placing import placed

Entry = TypeVar("Entry", Near, Planned, LeftOut)
SAME_PLACE = 0.5  # of two boxes' common area over that of both: drawn around the same field, by a person or a model


class TemplateForm(BaseModel):
    """The form as it was read, and the fields of the template; none means that the form's own are meant."""

    form: Form
    fields: list[PlacedField] = []

    def own_fields(self) -> list[PlacedField]:
        """What the form itself has, empty."""
        shown = chain.from_iterable(placed(field) for field in self.form.fields)
        return [field.model_copy(update={"value": None}) for field in shown]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a template's field lies in the form: in a field, or at one button of it."""

    field: Field
    shown: PlacedField
    option: Option | None


class TemplateFields:
    """A TemplateForm at work. Fields are found by their key; those that have another, by their place."""

    def __init__(self, template: TemplateForm) -> None:
        self.form = template.form
        self._fields = template.fields or template.own_fields()
        self._spots = _match(self._fields, template.form)

    @cached_property
    def _planned(self) -> dict[str, Field]:
        """For each key that the planner sees: the form's field, as it sees it."""
        seen: dict[str, Field] = {}
        groups: dict[str, str] = {}
        for wanted, spot in zip(self._fields, self._spots, strict=True):
            if spot is None:
                continue
            if spot.option is None:
                seen[_unused(wanted.key, seen)] = _described(wanted, spot)
                continue
            group = groups.setdefault(spot.field.key, _unused(spot.field.key, seen))
            before = seen.get(group) or spot.field.model_copy(update={"options": []})
            seen[group] = before.model_copy(update={"options": [*before.options, _labelled(wanted, spot)]})
        return seen

    @property
    def form_keys(self) -> dict[str, str]:
        """The form's own keys by those that the planner sees."""
        return {key: field.key for key, field in self._planned.items()}

    def planning_form(self) -> Form:
        fields = [field.model_copy(update={"key": key}) for key, field in self._planned.items()]
        return Form(pages=self.form.pages, fields=fields)

    def in_the_form(self, plan: Plan) -> Plan:
        """The same plan by the form's own keys."""
        return _renamed(plan, self.form_keys)

    def in_the_template(self, plan: Plan) -> Plan:
        """The same plan by the template's keys."""
        return _renamed(plan, {of: key for key, of in self.form_keys.items()})

    def taken(self, values: Mapping[str, str]) -> Plan:
        """Somebody's own values by the form's own keys; a radio button may be named as the template shows it."""
        names = {
            wanted.key: spot.shown.key
            for wanted, spot in zip(self._fields, self._spots, strict=True)
            if spot is not None and spot.option is not None
        } | self.form_keys
        strange = [
            Unused(label=key, value=value, reason="the template has no field of this key")
            for key, value in values.items()
            if key not in names
        ]
        return Plan(values={names[key]: value for key, value in values.items() if key in names}, unused=strange)

    def told(self, filled: Form) -> list[PlacedField]:
        """The template's fields with the values of the filled form; null for one that is nowhere in the form."""
        values = {each.key: each.value for field in filled.fields for each in placed(field)}
        return [
            wanted.model_copy(update={"value": values.get(spot.shown.key) if spot else None})
            for wanted, spot in zip(self._fields, self._spots, strict=True)
        ]


def _renamed(plan: Plan, keys: Mapping[str, str]) -> Plan:
    def renamed(entries: list[Entry]) -> list[Entry]:
        return [each.model_copy(update={"key": keys.get(each.key, each.key)}) for each in entries]

    return plan.model_copy(
        update={
            "values": {keys[key]: value for key, value in plan.values.items()},
            "unused": [each.model_copy(update={"near": renamed(each.near)}) for each in plan.unused],
            "planned": renamed(plan.planned),
            "left": renamed(plan.left),
        }
    )


def _match(fields: list[PlacedField], form: Form) -> list[_Spot | None]:
    """Each spot once: first to the field with its key, then to the one that covers most of it."""
    spots = {spot.shown.key: spot for spot in _spots(form)}
    found = [spots.pop(field.key, None) for field in fields]
    by_page: dict[int, list[_Spot]] = defaultdict(list)
    for spot in spots.values():
        by_page[spot.shown.box.page].append(spot)
    for index, field in enumerate(fields):
        if found[index] is None and (best := _nearest(field, by_page[field.box.page])) is not None:
            by_page[field.box.page].remove(best)
            found[index] = best
    return found


def _spots(form: Form) -> list[_Spot]:
    spots = []
    for field in form.fields:
        options: list[Option | None] = [None]
        if field.kind is FieldKind.RADIO:
            options = [option for option in field.options if option.box is not None]
        spots += [_Spot(field, shown, option) for shown, option in zip(placed(field), options, strict=False)]
    return spots


def _nearest(field: PlacedField, spots: list[_Spot]) -> _Spot | None:
    covered = [(_overlap(field.box, spot.shown.box), index) for index, spot in enumerate(spots)]
    best, index = max(covered, default=(0.0, 0))
    return spots[index] if best >= SAME_PLACE else None


def _overlap(one: Box, other: Box) -> float:
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / (one.width * one.height + other.width * other.height - common)


def _described(wanted: PlacedField, spot: _Spot) -> Field:
    """In the template's words, unless they are the form's own: those of a choice list its options."""
    if wanted.description in {"", spot.shown.description}:
        return spot.field
    printed = (spot.field.printed or Printed()).model_copy(update={"label": wanted.description})
    return spot.field.model_copy(update={"description": wanted.description, "printed": printed})


def _labelled(wanted: PlacedField, spot: _Spot) -> Option:
    option = spot.option or Option(value="", label="")
    if wanted.description in {"", spot.shown.description}:
        return option
    return option.model_copy(update={"label": wanted.description})


def _unused(key: str, seen: dict[str, Field]) -> str:
    while key in seen:
        key += "_"
    return key

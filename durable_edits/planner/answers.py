"""Fields found by their answer: `Filing status: Single` ticks the box beside "Single"."""

from __future__ import annotations

import re
from collections import defaultdict

from durable_edits.form import Field, FieldKind, Form
from durable_edits.planner.limits import MAX_CHOSEN, MAX_NAME
from durable_edits.planner.names import normal, segments, short, words
from durable_edits.planner.pairs import Pair
from durable_edits.planner.values import yes_or_no

_QUOTED = re.compile(r"[\"“]([^\"“”]{1,120})[\"”]")
_PARTS = re.compile(r"[\n;,]")


class Answers:
    """Sure where the value is the very text of a box or option, of one field only, and the label is in its name."""

    def __init__(self, form: Form) -> None:
        self._boxes: dict[str, list[tuple[frozenset[str], Field]]] = defaultdict(list)
        self._options: dict[str, list[Field]] = defaultdict(list)
        for field in form.fields:
            if field.kind in {FieldKind.RADIO, FieldKind.CHOICE} and not field.read_only:
                for text in {normal(each.label) for each in field.options}:
                    self._options[text].append(field)
            if field.kind is FieldKind.CHECKBOX and not field.read_only:
                outer = words(" ".join(field.key.split(".")[:-1]))
                for text in {normal(each) for each in _texts(field)} - {""}:
                    self._boxes[text].append((outer | words(field.description) - words(text), field))

    def choice(self, pair: Pair) -> Field | None:
        """The radio group or choice that has the value among its options, and whose name says the same or less."""
        text = normal(pair.value)
        label = words(pair.path[-1])
        if not any(letter.isalpha() for letter in text) or yes_or_no(text) is not None or not label:
            return None
        found = [field for field in self._options.get(text, []) if _same_matter(label, field)]
        return found[0] if len(found) == 1 else None

    def boxes(self, pair: Pair) -> list[Field]:
        """The boxes to tick: all that the value names, or none."""
        whole = self._box(pair, pair.value)
        if whole is not None:
            return [whole]
        parts = pair.items or tuple(part for part in _PARTS.split(pair.value) if part.strip())
        found = [self._box(pair, part) for part in parts[:MAX_CHOSEN]]
        named = [box for box in found if box is not None]
        return named if len(named) == len(parts) > 1 else []

    def _box(self, pair: Pair, text: str) -> Field | None:
        label = words(pair.path[-1])
        found = [box for around, box in self._boxes.get(normal(text), []) if label and label <= around]
        return found[0] if len(found) == 1 else None


def _texts(field: Field) -> list[str]:
    label = field.description[:MAX_NAME]
    return [label, short(label), *_QUOTED.findall(label)[-1:], *segments(label)[-1:]]


def _same_matter(label: frozenset[str], field: Field) -> bool:
    names = [words(field.key.rpartition(".")[2]), words(field.description)]
    return any(label <= name or (name and name <= label) for name in names)

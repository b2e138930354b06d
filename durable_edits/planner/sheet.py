"""The plan as it grows, value by value, with the grounds of each."""

from __future__ import annotations

from durable_edits.form import FieldKind, Form, LeftOut, Near, Planned, Span, Unused
from durable_edits.planner.pairs import Pair

SHOWN_VALUE = 200  # characters of an unused value in the report
NO_NAME = "no field has this name"
SAYS_NOTHING = "this names no field"


class Sheet:
    def __init__(self, form: Form, instructions: str) -> None:
        self.values: dict[str, str] = {}
        self.planned: list[Planned] = []
        self.kept: dict[str, str] = {}  # fields that must stay as they are, with the words that say so
        self.reasons: dict[int, str] = {}  # why a pair has no field yet, by its identity
        self.near: dict[int, list[Near]] = {}
        self.known: list[tuple[int, tuple[str, ...], int]] = []  # numbers, groups and places of what has its field
        self.previous = ""
        self._form = form
        self._text = instructions
        self._places = {field.key: place for place, field in enumerate(form.fields)}
        self._numbers: dict[int, int] = {}
        self._pairs: list[Pair] = []  # kept alive: they are known by their identity
        self._cursor = 0

    def number(self, pair: Pair) -> int:
        """Its place among what was said, from 1."""
        if id(pair) not in self._numbers:
            self._pairs.append(pair)
        return self._numbers.setdefault(id(pair), len(self._numbers) + 1)

    @staticmethod
    def is_prose(pair: Pair) -> bool:
        return pair.told

    def put(self, values: dict[str, str], pair: Pair | None, why: str, confidence: float) -> str:
        """All of them or none: half a date is worse than no date. Returns why not, or ""."""
        for key in values:
            if key in self.values:
                return f"the field {key} has a value already"
            if key in self.kept:
                return f"the instructions say to leave {self.kept[key]!r} as it is"
        self.values.update(values)
        self.previous = next(reversed(values))
        said = pair.label if pair is not None else ""
        for key, value in values.items():
            source = self._span(pair.value if pair is not None else value, value)
            self.planned.append(
                Planned(key=key, value=value, said=said, source=source, why=why, confidence=round(confidence, 2))
            )
        if pair is not None:
            number = self.number(pair)
            self.known += [(number, pair.path[:-1], self._places[key]) for key in values if key in self._places]
        return ""

    def refuse(self, pair: Pair, reason: str, near: list[Near] | None = None) -> None:
        self.reasons[id(pair)] = reason
        if near:
            self.near[id(pair)] = near

    def unused(self, pair: Pair) -> Unused:
        return Unused(
            label=pair.label[:SHOWN_VALUE],
            value=pair.value[:SHOWN_VALUE],
            reason=self.reasons.get(id(pair), NO_NAME if pair.path else SAYS_NOTHING),
            source=self._span(pair.value, pair.value),
            near=self.near.get(id(pair), []),
        )

    def left(self) -> list[LeftOut]:
        wanted = {near.key: near.reason for entries in self.near.values() for near in entries}
        found = []
        for field in self._form.fields:
            if field.key in self.values:
                continue
            if field.key in self.kept:
                reason = f"the instructions say to leave {self.kept[field.key]!r} as it is"
            elif field.read_only or field.kind is FieldKind.SIGNATURE:
                reason = "the form does not let it be changed"
            elif field.value not in {None, "", "false"}:
                reason = "it has a value already, and the instructions name no other"
            else:
                reason = wanted.get(field.key, "the instructions say nothing about it")
            found.append(LeftOut(key=field.key, reason=reason))
        return found

    def _span(self, told: str, value: str) -> Span | None:
        """Where the value stands, or what it was made from; first behind the last one, for people write in order."""
        for text in (value, told):
            if not text or len(text) > len(self._text):
                continue
            start = self._text.find(text, self._cursor)
            if start < 0:
                start = self._text.find(text)
            if start >= 0:
                self._cursor = start
                return Span(start=start, end=start + len(text))
        return None

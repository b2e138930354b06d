"""One value over several boxes: a date in month, day and year, a number in `SSN 1`, `SSN 2`, `SSN 3`."""

from __future__ import annotations

import re
from collections import defaultdict

from durable_edits.form import Field, FieldKind, Form
from durable_edits.planner.dates import read_day
from durable_edits.planner.names import bag, normal, words
from durable_edits.planner.pairs import Pair

_DATE_PARTS = {"m": "m", "mm": "m", "month": "m", "d": "d", "dd": "d", "day": "d"}
_DATE_PARTS |= {"y": "y", "yy": "y", "yyyy": "y", "year": "y"}
_GROUPS = re.compile(r"[^\W_]+")
_ROW = re.compile(r"\[(\d{1,2})\]$")
MAX_BOXES = 20  # numbered boxes of one value; more are a table

Parts = dict[str, list[Field]]


class SplitBoxes:
    def __init__(self, form: Form) -> None:
        self._parts: dict[frozenset[str], Parts] = defaultdict(lambda: defaultdict(list))
        self._rows: dict[frozenset[str], Parts] = defaultdict(lambda: defaultdict(list))
        for field in form.fields:
            if field.kind is FieldKind.TEXT and not field.read_only:
                self._add(field)

    def _add(self, field: Field) -> None:
        leaf = field.key.rpartition(".")[2]
        named = tuple(normal(leaf).split())
        if len(named) > 1 and (base := bag(named[:-1])):
            part = _DATE_PARTS.get(named[-1], named[-1])
            if part in "mdy" or (part.isdigit() and len(part) < 3):
                self._parts[base][part].append(field)
        if (row := _ROW.search(leaf)) is not None and (base := words(leaf)):
            self._rows[base][str(int(row[1]) + 1)].append(field)

    def find(self, pair: Pair) -> dict[str, str]:
        """Values by key; empty where the boxes or the value do not fit each other for sure."""
        named = words(pair.label)
        boxes = _single(self._parts.get(named))
        if {"m", "d", "y"} <= boxes.keys():
            return _date(boxes, pair.value)
        if not pair.items:
            return _cut(_numbered(boxes), pair.value)
        numbered = _numbered(boxes) or _numbered(_single(self._rows.get(named)))
        fits = len(pair.items) <= len(numbered)
        return {box.key: item for box, item in zip(numbered, pair.items, strict=False)} if fits else {}


def _single(parts: Parts | None) -> dict[str, Field]:
    """The boxes by their part of the value; none where two have the same part."""
    if parts is None or any(len(fields) > 1 for fields in parts.values()):
        return {}
    return {part: fields[0] for part, fields in parts.items()}


def _date(boxes: dict[str, Field], value: str) -> dict[str, str]:
    day = read_day(value)
    if day is None:
        return {}
    year = f"{day.year:04d}"
    year = year[-2:] if boxes["y"].max_length == 2 else year
    return {boxes["m"].key: f"{day.month:02d}", boxes["d"].key: f"{day.day:02d}", boxes["y"].key: year}


def _numbered(boxes: dict[str, Field]) -> list[Field]:
    numbered: list[Field] = []
    while (box := boxes.get(str(len(numbered) + 1))) is not None and len(numbered) < MAX_BOXES:
        numbered.append(box)
    return numbered


def _cut(boxes: list[Field], value: str) -> dict[str, str]:
    """The value must have as many groups as there are boxes, or as many letters, and fill each to the last place."""
    lengths = [box.max_length or 0 for box in boxes]
    if len(boxes) < 2 or 0 in lengths:
        return {}
    groups = _GROUPS.findall(value)
    if [len(group) for group in groups] != lengths:
        bare = "".join(groups)
        if len(bare) != sum(lengths) or not bare.isdigit():
            return {}
        starts = [sum(lengths[:place]) for place in range(len(lengths))]
        groups = [bare[start : start + length] for start, length in zip(starts, lengths, strict=True)]
    return {box.key: group for box, group in zip(boxes, groups, strict=True)}

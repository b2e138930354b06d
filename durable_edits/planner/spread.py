"""One value over boxes that stand side by side: the digits of a number, the day, month and year of a date."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from durable_edits.form import Field, FieldKind, Form
from durable_edits.planner.dates import asked_format, read_day
from durable_edits.planner.names import normal
from durable_edits.planner.senses import BoxGroup

GAP = 0.035  # of the page's width between two boxes of one value
LEVEL = 0.006  # of its height by which they may differ
MAX_BOXES = 30
_WAYS = {
    "m": "m mm month monat mois mes",
    "d": "d dd day tag jour dia",
    "y": "y yy yyyy year jahr annee ano",
}
_PART = {way: part for part, ways in _WAYS.items() for way in ways.split()}
_ALNUM = re.compile(r"[^\W_]")


def box_groups(form: Form) -> list[BoxGroup]:
    """By their names (`SSN 1`, `SSN 2`), and by their place: boxes of a few letters without a label between them."""
    named: dict[str, list[tuple[str, Field]]] = defaultdict(list)
    for field in form.fields:
        if field.kind is FieldKind.TEXT and not field.read_only:
            outer, _, last = field.key.rpartition(".")
            words = normal(last[-80:]).split()
            numbered = words and words[-1].isdecimal() and len(words[-1]) < 3 and 0 < (field.max_length or 0) < 12
            if len(words) > 1 and (words[-1] in _PART or numbered):
                named[f"{outer}.{' '.join(words[:-1])}".lstrip(".")].append((words[-1], field))
    found = []
    taken: set[str] = set()
    for name, members in named.items():
        if 1 < len(members) <= MAX_BOXES and _is_one(members):
            boxes = tuple(field for _, field in _ordered(members))
            found.append(BoxGroup(name, boxes))
            taken.update(box.key for box in boxes)
    return found + [BoxGroup("", tuple(row)) for row in _rows(form, taken)]


def _is_one(members: list[tuple[str, Field]]) -> bool:
    parts = [_PART.get(part, part) for part, _ in members]
    if len(set(parts)) < len(parts):
        return False
    if set(parts) <= set("mdy"):
        return {"m", "d", "y"} == set(parts)
    numbers = sorted(int(part) for part in parts if part.isdecimal())
    return (
        numbers == list(range(numbers[0], numbers[0] + len(parts)))
        and numbers[0] < 2
        and _one_row([field for _, field in members])
    )


def _ordered(members: list[tuple[str, Field]]) -> list[tuple[str, Field]]:
    return sorted(
        members, key=lambda each: int(each[0]) if each[0].isdecimal() else each[1].box.left if each[1].box else 0.0
    )


def _one_row(fields: Sequence[Field]) -> bool:
    boxes = [field.box for field in fields if field.box is not None]
    if not boxes:
        return True
    return (
        len({box.page for box in boxes}) == 1
        and max(box.top for box in boxes) - min(box.top for box in boxes) < 2 * LEVEL
    )


def _rows(form: Form, taken: set[str]) -> list[list[Field]]:
    """Boxes of a few letters each, side by side; the first of them has the label of all."""
    short = [
        field
        for field in form.fields
        if field.kind is FieldKind.TEXT and field.box is not None
        and field.max_length is not None and field.max_length < 12
        and field.key not in taken
    ]  # fmt: skip
    short.sort(
        key=lambda field: (field.box.page, round(field.box.top / LEVEL), field.box.left) if field.box else (0, 0, 0.0)
    )
    rows: list[list[Field]] = []
    for field in short:
        last = rows[-1][-1] if rows else None
        if last is not None and _follows(last, field) and len(rows[-1]) < MAX_BOXES:
            rows[-1].append(field)
        else:
            rows.append([field])
    return [row for row in rows if len(row) > 1 and not all(field.read_only for field in row)]


def _follows(one: Field, other: Field) -> bool:
    a, b = one.box, other.box
    if a is None or b is None or a.page != b.page or abs(a.top - b.top) > LEVEL:
        return False
    own = other.printed.label if other.printed is not None else ""
    first = one.printed.label if one.printed is not None else ""
    if not _of_one_name(one, other):
        return False
    return (
        0 <= b.left - a.left - a.width + 0.003 <= GAP and (not own or own == first) and abs(a.height - b.height) < LEVEL
    )


def _of_one_name(one: Field, other: Field) -> bool:
    """`Text4` and `Text5`, `ssn_a` and `ssn_b`: apart by a number, or by an end of two letters."""
    if _letters(one) == _letters(other):
        return True
    names = [field.key.rpartition(".")[2] for field in (one, other)]
    common = next((place for place, (a, b) in enumerate(zip(*names, strict=False)) if a != b), min(map(len, names)))
    return common > 1 and max(map(len, names)) - common <= 2


def _letters(field: Field) -> str:
    name = field.key.rpartition(".")[2]
    return "".join(letter for letter in normal(name) if letter.isalpha())


def spread(boxes: Sequence[Field], value: str) -> dict[str, str]:
    """{} where the value does not fill the boxes, or what a box says already is not what it would get."""
    parts = [
        _PART.get(normal(box.key.rpartition(".")[2]).split()[-1:][0] if normal(box.key) else "", "") for box in boxes
    ]
    if sorted(parts) != ["d", "m", "y"]:
        parts = list(_order_told(boxes)) or parts
    if sorted(parts) == ["d", "m", "y"]:
        return _date(boxes, parts, value)
    lengths = [box.max_length or 0 for box in boxes]
    if 0 in lengths:
        return {}
    groups = re.findall(r"[^\W_]+", value)
    bare = "".join(groups)
    if [len(group) for group in groups] != lengths and len(bare) != sum(lengths):
        bare = "".join(_ALNUM.findall(value.removeprefix("+1").removeprefix("+")))
        if len(bare) != sum(lengths):
            return {}
    found, place = {}, 0
    for box, length in zip(boxes, lengths, strict=True):
        piece = bare[place : place + length]
        place += length
        if box.read_only:
            if (box.value or "").casefold() != piece.casefold():
                return {}
            continue
        found[box.key] = piece
    return found


def _order_told(boxes: Sequence[Field]) -> str:
    """How three boxes are to be filled with a date, where the page says it."""
    lengths = [box.max_length for box in boxes]
    printed = boxes[0].printed
    if sorted(length or 0 for length in lengths) not in ([2, 2, 4], [2, 2, 2]) or printed is None:
        return ""
    asked = asked_format(f"{printed.label} {printed.hint} {printed.column}") or asked_format(boxes[0].description)
    return asked.order if asked is not None and lengths[asked.order.index("y")] == max(filter(None, lengths)) else ""


def _date(boxes: Sequence[Field], parts: list[str], value: str) -> dict[str, str]:
    day = read_day(value)
    if day is None:
        return {}
    found = {}
    for box, part in zip(boxes, parts, strict=True):
        year = f"{day.year:04d}"[-2:] if box.max_length == 2 else f"{day.year:04d}"
        found[box.key] = {"y": year, "m": f"{day.month:02d}", "d": f"{day.day:02d}"}[part]
    return found

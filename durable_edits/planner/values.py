"""A value as its field takes it, or the reason why it does not."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from durable_edits.form import Field, FieldKind, Option
from durable_edits.planner.answers_words import meanings
from durable_edits.planner.dates import DateFormat, asked_format, read_day
from durable_edits.planner.likeness import only_slips
from durable_edits.planner.limits import MARGIN, MAX_CHOSEN, MAX_NAME, SHOWN_OPTIONS, SURE
from durable_edits.planner.names import normal, short, squeezed, words
from durable_edits.planner.units import in_unit

YES = frozenset({"true", "yes", "y", "x", "on", "1", "checked", "ticked", "ja", "oui", "si", "sí", "✓", "✔", "☑", "☒"})
NO = frozenset({"false", "no", "n", "off", "0", "unchecked", "unticked", "nein", "non", "☐"})

_PARTS = re.compile(r"[\n;,]")
_NUMBER_APART = re.compile(r"[\d\s\-/()]+|\d+(?:\.\d+){2,}")
_MARKED = re.compile(r"[A-Za-z]{1,3}[\W_]*\d[\d\s\-.]*")  # `A 201-445-873`, where the boxes are for the digits
_SEPARATORS = re.compile(r"[\s\-/.()]+")

_DATED = frozenset({"date", "birth"})

Fitted = tuple[str | None, str]


def fit(field: Field, value: str, house: DateFormat | None = None) -> Fitted:
    """(what to fill, "") or (None, why not). `house` is how the form writes a date whose field does not say."""
    if field.read_only or field.kind is FieldKind.SIGNATURE:
        return None, "the field is read only"
    if not value.strip():
        return None, "no value is given"
    match field.kind:
        case FieldKind.CHECKBOX:
            return _checked(field, value)
        case FieldKind.RADIO:
            return _option(field, value)
        case FieldKind.CHOICE:
            return _choices(field, value)
        case _:
            return _text(field, value, house)


def fit_list(field: Field, items: tuple[str, ...]) -> Fitted:
    """Several values for one field: chosen together, or written one after the other."""
    if field.multi_select or len(items) == 1 or (field.kind is FieldKind.TEXT and field.multiline):
        return fit(field, "\n".join(items))
    if field.kind is FieldKind.TEXT:
        return fit(field, ", ".join(items))
    return None, "the field takes one value, not a list"


def yes_or_no(value: str) -> str | None:
    wanted = value.strip().casefold()
    return "true" if wanted in YES else "false" if wanted in NO else None


def _checked(field: Field, value: str) -> Fitted:
    if (told := yes_or_no(value)) is not None:
        return told, ""
    if any(squeezed(value) in {squeezed(option.value), squeezed(option.label)} - {""} for option in field.options):
        return "true", ""
    return None, "a check box takes yes or no"


def _choices(field: Field, value: str) -> Fitted:
    found, reason = _option(field, value)
    if found is not None:
        return found, ""
    if not field.multi_select:
        return (value.strip(), "") if field.editable else (None, reason)
    chosen: list[str] = []
    parts = [part for part in _PARTS.split(value) if part.strip()]
    if len(parts) > MAX_CHOSEN:
        return None, f"more than {MAX_CHOSEN} values for one field"
    for part in parts:
        found, reason = _option(field, part)
        if found is None:
            return None, reason
        chosen.append(found)
    return "\n".join(dict.fromkeys(chosen)), ""


def _option(field: Field, value: str) -> Fitted:
    for same in (str.strip, normal, squeezed, _shortly):
        wanted = same(value)
        found = {each.value for each in field.options if wanted and wanted in {same(each.value), same(each.label)}}
        if len(found) > 1:
            return None, f"several options could be meant: {_shown(field.options)}"
        if found:
            return found.pop(), ""
    if len(found := {each.value for each in field.options if meanings(value) & _shown_meanings(each)}) == 1:
        return found.pop(), ""
    if (told := yes_or_no(value)) is not None:
        found = {each.value for each in field.options if yes_or_no(each.label) == told}
        return (found.pop(), "") if len(found) == 1 else (None, f"none of the options ({_shown(field.options)})")
    if (sure := _sure(field.options, value)) is not None:
        return sure, ""
    return None, f"none of the options ({_shown(field.options)})"


def _shown_meanings(option: Option) -> frozenset[str]:
    printed = option.printed.label if option.printed is not None else ""
    return meanings(option.label) | meanings(short(option.label)) | meanings(printed) - {"yes", "no"}


def _shortly(text: str) -> str:
    return normal(short(text))


def _sure(options: list[Option], value: str) -> str | None:
    wanted = normal(value)
    ranked = sorted(
        ((fuzz.ratio(wanted, normal(each.label)), each.value, each.label) for each in options), reverse=True
    )
    if not ranked or ranked[0][0] < SURE or not only_slips(wanted, normal(ranked[0][2])):
        return None
    return ranked[0][1] if len(ranked) == 1 or ranked[1][0] < ranked[0][0] - MARGIN else None


def _shown(options: list[Option]) -> str:
    more = ", …" if len(options) > SHOWN_OPTIONS else ""
    return ", ".join(option.label[:60] for option in options[:SHOWN_OPTIONS]) + more


def _text(field: Field, value: str, house: DateFormat | None) -> Fitted:
    asked = told_format(field) or (house if _DATED & _said(field) else None)
    value = in_unit(value, _page_says(field))
    if asked is not None and (day := read_day(value, asked.order)) is not None:
        value = asked.write(day)
    if not field.multiline:
        value = " ".join(value.splitlines())
    if field.max_length is None or len(value) <= field.max_length:
        return value, ""
    # One dot alone may be a decimal point: 12.50 must not become 1250.
    bare = value if value.count(".") == 1 else _SEPARATORS.sub("", value)
    if len(bare) <= field.max_length and bare.isalnum() and (field.comb or _NUMBER_APART.fullmatch(value)):
        return bare, ""
    digits = "".join(filter(str.isdigit, value))
    if len(digits) == field.max_length and _MARKED.fullmatch(value.strip()):
        return digits, ""
    return None, f"the field takes {field.max_length} characters at most"


def told_format(field: Field) -> DateFormat | None:
    """How the field says that a date is written: on the page, in its tooltip or its name."""
    return asked_format(f"{_page_says(field)} ") or asked_format(f"{field.description[:MAX_NAME]} {field.key}")


def _page_says(field: Field) -> str:
    printed = field.printed
    return f"{printed.label} {printed.hint} {printed.column}"[:MAX_NAME] if printed is not None else ""


def _said(field: Field) -> frozenset[str]:
    printed = field.printed.label if field.printed is not None else ""
    return words(field.key) | words(field.description) | words(printed)

"""A value as its field takes it, or the reason why it does not."""

from __future__ import annotations

import re
from datetime import date

from rapidfuzz import fuzz

from durable_edits.form import Field, FieldKind, Option
from durable_edits.planner.limits import MARGIN, SHOWN_OPTIONS, SURE
from durable_edits.planner.names import normal, squeezed

YES = {"true", "yes", "y", "x", "on", "1", "checked", "check", "ticked", "selected", "ja", "oui", "si", "sí", "✓", "✔"}
NO = {"false", "no", "n", "off", "0", "unchecked", "unticked", "nein", "non", "none", ""}

_FORMAT = re.compile(
    r"(?<![a-z])(?:(?P<ymd>y{4}(?P<s1>[-/. ]?)m{2}(?P=s1)d{2})"
    r"|(?P<mdy>m{2}(?P<s2>[-/. ]?)d{2}(?P=s2)y{4})"
    r"|(?P<dmy>d{2}(?P<s3>[-/. ]?)m{2}(?P=s3)y{4}))(?![a-z])",
    re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_ORDINAL = r"(?:st|nd|rd|th)?"
_WORDS = re.compile(
    rf"(?:(\d{{1,2}}){_ORDINAL}\.?\s+([a-z]{{3,9}})|([a-z]{{3,9}})\s+(\d{{1,2}}){_ORDINAL}),?\s+(\d{{4}})",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEPARATORS = re.compile(r"[\s\-/.()]+")


def fit(field: Field, value: str) -> tuple[str | None, str]:
    """(what to fill, "") or (None, why not)."""
    if field.read_only:
        return None, "the field is read only"
    match field.kind:
        case FieldKind.CHECKBOX:
            return _checked(field, value)
        case FieldKind.RADIO:
            return _option(field, value)
        case FieldKind.CHOICE:
            return _choices(field, value)
        case FieldKind.TEXT:
            return _text(field, value), ""
        case _:
            return None, "a signature cannot be filled in"


def _checked(field: Field, value: str) -> tuple[str | None, str]:
    wanted = value.strip().casefold()
    if wanted in YES:
        return "true", ""
    if wanted in NO:
        return "false", ""
    if any(normal(value) in {normal(option.value), normal(option.label)} for option in field.options):
        return "true", ""
    return None, "a check box takes yes or no"


def _choices(field: Field, value: str) -> tuple[str | None, str]:
    if not field.multi_select:
        found, reason = _option(field, value)
        return (value, "") if found is None and field.editable else (found, reason)
    whole, _ = _option(field, value)
    if whole is not None:
        return whole, ""
    chosen = []
    for part in re.split(r"[\n;,]", value):
        if part.strip():
            found, reason = _option(field, part.strip())
            if found is None:
                return None, reason
            chosen.append(found)
    return "\n".join(chosen), ""


def _option(field: Field, value: str) -> tuple[str | None, str]:
    for same in (str.strip, normal, squeezed):
        wanted = same(value)
        if not wanted:
            continue
        for name in ("value", "label"):
            found = {option.value for option in field.options if same(getattr(option, name)) == wanted}
            if len(found) == 1:
                return found.pop(), ""
    if (sure := _sure(field.options, value)) is not None:
        return sure, ""
    shown = ", ".join(option.label for option in field.options[:SHOWN_OPTIONS])
    return None, f"none of the options ({shown}{', …' if len(field.options) > SHOWN_OPTIONS else ''})"


def _sure(options: list[Option], value: str) -> str | None:
    wanted = normal(value)
    scores = sorted(((fuzz.ratio(wanted, normal(option.label)), option.value) for option in options), reverse=True)
    if not scores or scores[0][0] < SURE or len(wanted) < 4:
        return None
    return scores[0][1] if len(scores) == 1 or scores[1][0] < scores[0][0] - MARGIN else None


def _text(field: Field, value: str) -> str:
    told = _FORMAT.search(f"{field.description} {field.key}")
    if told is not None and (day := _date(value, told)) is not None:
        value = _written(day, told)
    elif field.max_length is not None and len(value) > field.max_length:
        bare = _SEPARATORS.sub("", value)
        value = bare if len(bare) <= field.max_length and bare.isalnum() else value
    return value if field.multiline else " ".join(value.splitlines())


def _date(value: str, told: re.Match[str]) -> date | None:
    """A date that can be read in one way only, or in the very order the form asks for."""
    text = value.strip()
    try:
        if match := _ISO.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _NUMERIC.fullmatch(text):
            first, second, year = int(match[1]), int(match[2]), int(match[3])
            if first > 12 or (told["dmy"] and second <= 12):
                return date(year, second, first)
            return date(year, first, second) if second > 12 or told["mdy"] or first == second else None
        if match := _WORDS.fullmatch(text):
            month = _MONTHS.index((match[2] or match[3])[:3].lower()) + 1
            return date(int(match[5]), month, int(match[1] or match[4]))
    except ValueError:
        return None
    return None


def _written(day: date, told: re.Match[str]) -> str:
    if told["ymd"]:
        parts, separator = (f"{day.year:04d}", f"{day.month:02d}", f"{day.day:02d}"), told["s1"]
    elif told["mdy"]:
        parts, separator = (f"{day.month:02d}", f"{day.day:02d}", f"{day.year:04d}"), told["s2"]
    else:
        parts, separator = (f"{day.day:02d}", f"{day.month:02d}", f"{day.year:04d}"), told["s3"]
    return separator.join(parts)

"""Dates as the form asks for them, where the value can be read in one way only."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass

_FORMAT = re.compile(
    r"(?<![a-z])(?:y{4}(?P<ymd>[-/. ]?)m{2}(?P=ymd)d{2}"
    r"|m{2}(?P<mdy>[-/. ]?)d{2}(?P=mdy)y{4}"
    r"|d{2}(?P<dmy>[-/. ]?)m{2}(?P=dmy)y{4})(?![a-z])",
    re.IGNORECASE,
)
_SPOKEN = re.compile(r"\b(year|month|day)\W{0,3}(?:4|2) digits", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T00:00(?::00(?:\.0+)?)?Z?)?")
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_WORDS = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\.?\s([a-z]{3,9})|([a-z]{3,9})\s(\d{1,2})(?:st|nd|rd|th)?),?\s(\d{4})",
    re.IGNORECASE,
)
_MONTH_NAMES = "january february march april may june july august september october november december"
_MONTHS = _MONTH_NAMES.split()


@dataclass(frozen=True, slots=True)
class Day:
    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class DateFormat:
    """`order` is ymd, mdy or dmy; `separator` stands between the three."""

    order: str
    separator: str

    def write(self, day: Day) -> str:
        parts = {"y": f"{day.year:04d}", "m": f"{day.month:02d}", "d": f"{day.day:02d}"}
        return self.separator.join(parts[letter] for letter in self.order)


def asked_format(text: str) -> DateFormat | None:
    """What a tooltip or name says: `mm/dd/yyyy`, `YYYYMMDD`, `Year 4 digits. Month 2 digits. Day 2 digits`."""
    if (match := _FORMAT.search(text)) is not None:
        order = match.lastgroup or ""
        return DateFormat(order, match[order])
    spoken = "".join(word[0].lower() for word in _SPOKEN.findall(text))
    return DateFormat(spoken, "") if spoken in {"ymd", "mdy", "dmy"} else None


def house_format(texts: Iterable[str]) -> DateFormat | None:
    """The one format that every date of a form with a stated format has."""
    found = {asked for text in texts if (asked := asked_format(text)) is not None}
    return found.pop() if len(found) == 1 else None


def read_day(value: str, order: str = "") -> Day | None:
    """A day that can be meant in one way only; `order` is how numbers alone are read, where the form says it."""
    text = " ".join(value.split())
    if match := _ISO.fullmatch(text):
        return _real(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        days = {day for day in (_real(year, first, second), _real(year, second, first)) if day is not None}
        if len(days) > 1 and order in {"mdy", "dmy"}:
            return _real(year, first, second) if order == "mdy" else _real(year, second, first)
        return days.pop() if len(days) == 1 else None
    if match := _WORDS.fullmatch(text):
        month = _month(match[2] or match[3])
        return _real(int(match[5]), month, int(match[1] or match[4])) if month else None
    return None


def _month(word: str) -> int:
    found = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word.lower())]
    return found[0] if len(found) == 1 else {"sept": 9}.get(word.lower(), 0)


def _real(year: int, month: int, day: int) -> Day | None:
    return Day(year, month, day) if 1 <= month <= 12 and year and 1 <= day <= monthrange(year, month)[1] else None

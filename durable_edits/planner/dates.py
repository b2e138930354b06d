"""Dates as the form asks for them, where the value can be read in one way only."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from durable_edits.planner.vocabulary import rows

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
    r"(?:[^\W\d_]{2,12},?\s(?:den\s|dem\s|le\s)?)?"
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?\s(?:of\s|de\s)?(?P<month>[^\W\d_]{3,12})\.?"
    r"|(?P<first>[^\W\d_]{3,12})\.?\s(?P<second>\d{1,2})(?:st|nd|rd|th)?),?\s(?:de\s|del\s)?(?P<year>\d{4})",
    re.IGNORECASE,
)
_HAN = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?[日号]?")
# What the letters of a format are in other languages, by the letters of its year.
_LETTERS = {"a": {"j": "d", "a": "y"}, "j": {"t": "d", "j": "y"}}
_FOREIGN = re.compile(r"(?<![^\W\d_])(?:[jtdm]{2}[-/. ]?){2}(?:a{4}|j{4})(?![^\W\d_])", re.IGNORECASE)


@cache
def _months() -> dict[str, int]:
    return {name.strip(): int(number) for number, names in rows("months.tsv") for name in names.split(";")}


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
    text = _FOREIGN.sub(_in_english, text)
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
        if match[2] == ".":
            order = "dmy"  # nobody writes the month first with dots
        if len(days) > 1 and order in {"mdy", "dmy"}:
            return _real(year, first, second) if order == "mdy" else _real(year, second, first)
        return days.pop() if len(days) == 1 else None
    if match := _HAN.fullmatch(text):
        return _real(int(match[1]), int(match[2]), int(match[3]))
    if match := _WORDS.fullmatch(text):
        month = _months().get((match["month"] or match["first"]).casefold(), 0)
        return _real(int(match["year"]), month, int(match["day"] or match["second"])) if month else None
    return None


def _in_english(match: re.Match[str]) -> str:
    """`TT.MM.JJJJ` and `JJ/MM/AAAA` as dd and mm and yyyy."""
    text = match[0].casefold()
    letters = _LETTERS[text[-1]]
    return "".join(letters.get(letter, letter) for letter in text)


def _real(year: int, month: int, day: int) -> Day | None:
    return Day(year, month, day) if 1 <= month <= 12 and year and 1 <= day <= monthrange(year, month)[1] else None

"""Whether a value can be what a field asks for: a date is no phone number, and a name has no digits."""

from __future__ import annotations

import re

from durable_edits.planner.dates import read_day
from durable_edits.planner.vocabulary import OTHERS

_DIGITS = re.compile(r"\d")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"[+(]?\d[\d\s().\-/+x#ext]{4,30}", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
# A field that asks for one of these takes no value without a digit.
_WITH_DIGITS = frozenset(
    {"ssn", "ein", "taxid", "phone", "fax", "amount", "quantity", "price", "postal", "year", "day", "iban", "age"}
)
_NO_EMAIL = frozenset({"address", "phone", "name", "date", "fax", "number"})
_NOT_A_DATE = frozenset({"place", "time", "country", "city", "state", "name", "reason"})
_PERSON = frozenset({"first", "last", "middle", "maiden"})


def can_be(words: frozenset[str], value: str) -> bool:
    """`words`: those of the field's label and of what the value was called, as far as both say them."""
    text = value.strip()
    if not text:
        return False
    if _EMAIL.fullmatch(text):
        return not words or "email" in words or not words & _NO_EMAIL
    if "email" in words and "address" not in words - {"email"}:
        return False
    dated = "date" in words and not words & _NOT_A_DATE
    called = bool(words & {"phone", "fax"}) and not words & {"name", "type", "contact"} | OTHERS & words
    person = bool(words & _PERSON) and "name" in words
    figures = bool(words & _WITH_DIGITS) and not words & {"name", "type"}
    return (
        (not dated or read_day(text, "mdy") is not None or _loose_date(text))
        and (not called or _PHONE.fullmatch(text) is not None)
        and (not figures or _DIGITS.search(text) is not None)
        and (not person or (_LETTER.search(text) is not None and _DIGITS.search(text) is None))
    )


def _loose_date(text: str) -> bool:
    """A date of some kind, whole or in part: `March 2020`, `2016`."""
    return len(text) < 30 and _DIGITS.search(text) is not None

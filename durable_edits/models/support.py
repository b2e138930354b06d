"""Whether the instructions say what a model says they say.

A value is believed where its quote stands in the instructions and the value is made of what the quote holds: the same
words, their first letters, the same digits, or the same day written otherwise. A choice is believed on its quote: what
it means is what the model was asked for. Everything else is dropped and told.
"""

from __future__ import annotations

import re
import unicodedata

from durable_edits.models.answer import Entry
from durable_edits.models.question import OpenField
from durable_edits.planner.dates import Day, read_day

YEAR_IN_SHORT = 2  # digits

NO_QUOTE = "the model gave no words of the instructions for it"
NOT_SAID = "the instructions do not hold the words that the model quotes for it"
NOT_IN_QUOTE = "the words that the model quotes for it say something else"

_WORD = re.compile(r"\w+")
_DATES = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\w{1,9}[\s.]{1,2}\w{1,9},?\s\d{4}")


class Said:
    """The instructions, ready to be looked up."""

    def __init__(self, instructions: str) -> None:
        self._plain = _plain(instructions)

    def doubt(self, entry: Entry, field: OpenField) -> str:
        """Why the entry is not believed; empty where it is."""
        quote = _plain(entry.quote)
        if not quote:
            return NO_QUOTE
        if quote not in self._plain:
            return NOT_SAID
        if field.options or _says(quote, _plain(entry.value)):
            return ""
        return NOT_IN_QUOTE


def _plain(text: str) -> str:
    """Without case, accents, and differences of spacing and typography."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(letters.casefold().split())


def _says(quote: str, value: str) -> bool:
    if value in quote and not (value.isascii() and value.isalnum()):
        return True
    if days := _days(value):  # a day is the same day or another one, whatever digits they share
        return any(days & _days(found) for found in _DATES.findall(quote))
    return _made_of(value, quote)


def _made_of(value: str, quote: str) -> bool:
    held = set(_WORD.findall(quote))
    numbers = {int(word) for word in held if word.isdecimal()} | _date_numbers(quote)
    digits = "".join(letter for letter in quote if letter.isdecimal())
    return all(_word_held(word, held, quote) or _number_held(word, numbers, digits) for word in _WORD.findall(value))


def _word_held(word: str, held: set[str], quote: str) -> bool:
    if word in held:
        return True
    if len(word) == 1 and word.isalpha():
        return any(other.startswith(word) for other in held)
    return not word.isascii() and word in quote  # scripts that put no spaces between words


def _number_held(word: str, numbers: set[int], digits: str) -> bool:
    """A number of the quote, the last two digits of a year in it, or a part of a longer one that boxes split."""
    if not word.isdecimal():
        return False
    if int(word) in numbers or (len(word) == YEAR_IN_SHORT and any(number % 100 == int(word) for number in numbers)):
        return True
    return len(word) > YEAR_IN_SHORT and word in digits


def _date_numbers(quote: str) -> set[int]:
    days = {day for found in _DATES.findall(quote) for day in _days(found)}
    return {number for day in days for number in (day.year, day.month, day.day)}


def _days(text: str) -> set[Day]:
    """What `text` can mean as a day: two where numbers alone leave it open."""
    return {day for order in ("mdy", "dmy") if (day := read_day(text, order)) is not None}

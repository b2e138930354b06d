"""Names as they are compared: of fields, of labels, of options."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from durable_edits.planner.limits import MAX_NAME
from durable_edits.planner.vocabulary import (
    ALONE,
    EMPTY_WORDS,
    LONGEST_WAY,
    SOFT_WORDS,
    WAYS,
    WIDGET_WORDS,
    plain,
)

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_INDEX = re.compile(r"\[\d+\]")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBERING = re.compile(r"^\s*(?:\(?\d{1,3}(?:\.?[a-z])?[.)]|\(?[a-zA-Z]\))\s*", re.IGNORECASE)
_CONDITION = re.compile(r"^\s*if\b[^,]{1,80},\s*", re.IGNORECASE)
_SEGMENTS = re.compile(r"\.\s+|\s+[-–—]\s*|:\s+|;\s+")


def normal(text: str) -> str:
    """Words in lower case: no marks, no accents, no index suffixes, camelCase apart."""
    return normalised(text[:MAX_NAME])  # a whole line of somebody's instructions is not kept for ever


@lru_cache(maxsize=16_384)  # the names of some forms; the same words come back in every pair
def normalised(text: str) -> str:
    bare = unicodedata.normalize("NFKC", text)
    return plain(_CAMEL.sub(" ", _INDEX.sub(" ", bare)))


def squeezed(text: str) -> str:
    """The letters alone: `DOB`, `d.o.b.` and `D O B` are one."""
    return normal(text).replace(" ", "")


@lru_cache(maxsize=16_384)
def words(text: str) -> frozenset[str]:
    """The words that count, each in the way forms say it: `Parents' birthdays` and `birthday of parent` are one."""
    return bag(tuple(normal(text).split()))


def core_words(text: str) -> frozenset[str]:
    """The words without those that seldom tell two fields apart."""
    return words(text) - SOFT_WORDS


# `Period from`, `période du`: what a label ends with says which end of it.
ENDS = frozenset({"from", "to", "until", "du", "au", "von", "vom", "bis", "desde", "hasta"})


@lru_cache(maxsize=16_384)
def bag(parts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(meant(parts))


@lru_cache(maxsize=16_384)
def meant(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The same words in their order, each in the way forms say it."""
    parts = parts[:1] + tuple(part for part in parts[1:] if part != "s")  # of `firm's name`
    whole = len(parts)
    while len(parts) > 1 and parts[-1] in WIDGET_WORDS:
        parts = parts[:-1]
    if parts in ALONE:
        return ALONE[parts]
    found: list[str] = []
    place = 0
    if 1 < len(parts) == whole and parts[-1] in ENDS and parts[-2:] not in WAYS:
        return meant(parts[:-1]) + ALONE[parts[-1:]]
    while place < len(parts):
        for length in range(min(LONGEST_WAY, len(parts) - place), 0, -1):
            if (way := WAYS.get(parts[place : place + length])) is not None:
                found += way
                place += length
                break
        else:
            if parts[place] not in EMPTY_WORDS or _last_letter(parts, place):
                found.append(_singular(parts[place]))
            place += 1
    return tuple(found)


def _last_letter(parts: tuple[str, ...], place: int) -> bool:
    """`Birth date D` is a day, `d'identité` is nothing."""
    return 0 < place == len(parts) - 1 and len(parts[place]) == 1 and parts[place] != "s"


def short(label: str) -> str:
    """A label without its number, its bracketed remarks and the condition before it."""
    return _CONDITION.sub("", _NUMBERING.sub("", _BRACKETS.sub(" ", label))).strip()


def segments(label: str) -> list[str]:
    """The parts of a long tooltip: `1. Address. City.` has `Address` and `City`."""
    parts = (part.strip(" .") for part in _SEGMENTS.split(short(label[:MAX_NAME])))
    return [part for part in parts if part]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word

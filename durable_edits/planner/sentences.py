"""Sentence patterns of `words/sentences.tsv`, ready to be looked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from durable_edits.planner.vocabulary import rows

_UPPER = r"[A-Z\u00c0-\u00de\u0100-\u017f]"
_PARTICLE = r"(?:de|del|della|di|da|dos|van|von|der|den|la|le|el|bin|al|y)"
DATE = (
    r"(?:\d{1,2}(?:st|nd|rd|th|er|\.)?\s(?:de\s|of\s)?[^\W\d_]{3,12}\.?,?\s(?:de\s|del\s)?\d{4}"
    r"|[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})"
)
_KINDS = {
    "NAME": rf"{_UPPER}[\w'’\-]*\.?(?:\s(?:{_PARTICLE}\s){{0,2}}{_UPPER}[\w'’\-]*\.?){{1,5}}(?<!\.)",
    "DATE": DATE,
    "PLACE": rf"{_UPPER}[\w'’\-]*(?:\s(?:(?:de|la|of|sur|am|an|der|du|del|el)\s)*{_UPPER}[\w'’\-]*){{0,4}}"
    rf"(?:,\s{_UPPER}[\w'’\-]*(?:\s{_UPPER}[\w'’\-]*){{0,2}})?",
    "ADDRESS": r"(?=[^;]{0,60}\d)[^;]{6,160}",
    "WORDS": (
        r"[^\W\d][\w'’\-]*(?:\s(?!at\b|for\b|with\b|and\b|in\b|bei\b|für\b|und\b|chez\b|et\b|en\b|"
        r"para\b|my\b|je\b|y\b|but\b|since\b|seit\b|depuis\b)[\w'’\-]+){0,3}"
    ),
    "ORG": (
        rf"(?:the\s|der\s|la\s|l')?{_UPPER}[\w'’&.\-]*(?:\s(?:(?:of|de|für|and|et|y|&|the|la|der|de"
        rf"s)\s)*{_UPPER}[\w'’&.\-]*){{0,6}}"
    ),
    "COLOR": (
        r"(?!(?:with|and|has|have|had|his|her|my|the|some|long|short|curly|mit|und|avec|con|les|de"
        r"s|de|sind|are|is)\b)[^\W\d_]{3,14}(?:[- ](?:brown|blue|green|grey|gray|blond|blonde))?"
    ),
    "WORD": r"[^\W\d_][\w\-]{2,20}",
    "LENGTH": (
        r"(?:\d\s?(?:ft|feet|foot|')\.?\s?(?:\d{1,2}(?:\s?(?:in|inches|\"|''))?)?|\d[.,]\d{1,2}\s?"
        r"m\b|\d{2,3}\s?cm\b|\d\s?m\s?\d{2})"
    ),
}
_SLOT = re.compile(r"\{([^=}]+)=([A-Z]+)\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    regex: re.Pattern[str]
    labels: tuple[str, ...]


@cache
def patterns() -> tuple[Pattern, ...]:
    return tuple(_compiled(text) for _, text in rows("sentences.tsv"))


def _compiled(text: str) -> Pattern:
    """What is written out is found in any case; values are not, for a capital letter tells a name."""
    pieces: list[str] = []
    labels: list[str] = []
    place = 0
    for slot in _SLOT.finditer(text):
        pieces.append(_any_case(text[place : slot.start()]))
        pieces.append(f"(?P<v{len(labels)}>{_KINDS[slot[2]]})")
        labels.append(slot[1])
        place = slot.end()
    pieces.append(_any_case(text[place:]))
    return Pattern(re.compile(r"(?<!\w)" + "".join(pieces)), tuple(labels))


def _any_case(text: str) -> str:
    """Each letter in both its cases, but for those that the pattern language means something by."""
    found, place = "", 0
    while place < len(text):
        letter = text[place]
        if letter == "\\":
            found += text[place : place + 2]
            place += 2
            continue
        if letter == "[":
            end = text.index("]", place)
            inner = text[place + 1 : end]
            found += f"[{inner}{inner.upper() if '-' not in inner else ''}]"
            place = end + 1
            continue
        if letter.isalpha() and text[max(place - 2, 0) : place] != "(?":
            found += (
                f"[{letter}{letter.upper()}]"
                if letter.lower() != letter.upper() and len(letter.upper()) == 1
                else letter
            )
        elif letter == " ":
            found += r"\s"
        else:
            found += letter
        place += 1
    return found

"""A person's name, whole and in parts."""

from __future__ import annotations

import re

_TITLES_TEXT = """mr mrs ms miss dr prof sir herr frau m mme mlle monsieur madame sr sra srta don doña dipl ing"""
_TITLES = frozenset(_TITLES_TEXT.split())
_PARTICLES_TEXT = """de del della da di do dos das du des van von der den ten ter zu zum zur la le el al bin ibn ben
st san y e af av"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv", "junior", "senior", "phd", "md", "esq"])
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.\-])*")
_NOT_A_NAME_TEXT = """inc ltd llc gmbh corp co ag sa sarl ug plc limited company university school bank the and"""
_NOT_A_NAME = frozenset(_NOT_A_NAME_TEXT.split())
MAX_WORDS = 8

Parts = dict[str, str]


def is_name(text: str) -> bool:
    words = text.replace(",", " ").split()
    return (
        1 < len(words) <= MAX_WORDS
        and all(_WORD.fullmatch(word) for word in words)
        and not any(word.strip(".").casefold() in _NOT_A_NAME for word in words)
        and all(not word[:1].islower() or word.casefold() in _PARTICLES for word in words)
    )


def split_name(text: str, *, middle: bool = True) -> Parts:
    """`first`, `middle`, `last` of a name; `middle` says whether there is a place for middle names. {} for no name."""
    if not is_name(text):
        return {}
    outer, comma, inner = text.partition(",")
    if comma:
        given = inner.replace(",", " ").split()
        return _parts(given, outer.split(), middle=middle) if given and outer.strip() else {}
    words = [word for word in text.split() if word.strip(".").casefold() not in _TITLES]
    if len(words) > 2 and words[-1].strip(".").casefold() in _SUFFIXES:
        words = words[:-1]
    if len(words) < 2:
        return {}
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return _parts(words[:start], words[start:], middle=middle)


def _parts(given: list[str], family: list[str], *, middle: bool) -> Parts:
    found = {"first": given[0] if middle else " ".join(given), "last": " ".join(family)}
    if middle and given[1:]:
        found["middle"] = " ".join(given[1:])
    return found


def join_name(parts: Parts, order: tuple[str, ...]) -> str:
    """The parts in the order of a label; the last name first is parted by a comma."""
    words = [parts[part] for part in order if parts.get(part)]
    if order and order[0] == "last" and len(words) > 1:
        return f"{words[0]}, {' '.join(words[1:])}"
    return " ".join(words)

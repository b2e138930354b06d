"""Answers that are the same in other words: `männlich` is `male`, `ledig` is `single`."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache

from durable_edits.planner.places import country_code, state_names
from durable_edits.planner.vocabulary import plain, rows


@cache
def _ways() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for meaning, ways in rows("answers.tsv"):
        for way in (meaning, *ways.split(";")):
            found[plain(way)].add(meaning)
    return {way: frozenset(meanings) for way, meanings in found.items()}


@lru_cache(maxsize=16_384)
def meanings(text: str) -> frozenset[str]:
    """What an answer may mean, the letters themselves among it; empty for an empty text."""
    if len(text) > 120:
        return frozenset()
    bare = plain(text)
    found = set(_ways().get(bare, ()))
    if bare:
        found.add(bare)
    if country := country_code(text):
        found.add(f"country {country}")
    found.update(plain(name) for name in state_names(text))
    return frozenset(found)

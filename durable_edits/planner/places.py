"""Countries and states by any of their names."""

from __future__ import annotations

from functools import cache

from durable_edits.planner.vocabulary import plain, rows


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, names in rows("countries.tsv"):
        for name in names.split(";"):
            found.setdefault(plain(name), code)
    return found


@cache
def _states() -> dict[str, tuple[str, ...]]:
    """Both the code and the name, as (code, name)."""
    found: dict[str, tuple[str, ...]] = {}
    for _, *entries in rows("states.tsv"):
        for entry in entries:
            code, name = entry.split("=")
            found.setdefault(code.casefold(), (code, name))
            found.setdefault(plain(name), (code, name))
    return found


def country_code(text: str) -> str:
    return _countries().get(plain(text), "") if len(text) < 60 else ""


def state_code(text: str) -> str:
    return _states().get(plain(text), ("",))[0] if len(text) < 40 else ""


def state_names(text: str) -> tuple[str, ...]:
    """`CA` and `California` for either."""
    return _states().get(plain(text), ()) if len(text) < 40 else ()

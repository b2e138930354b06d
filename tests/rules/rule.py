"""A made form for each rule, gathered by name; and the judge's word on what became of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from benchmarks.judge.ask import ask_of
from benchmarks.judge.raw import read_raw
from benchmarks.judge.verdict import Original, judge
from benchmarks.judge.viewers import see
from durable_edits.form import FieldStatus
from durable_edits.pdf import FilledDocument, fill_form

Make = Callable[[], bytes]

RULES: dict[str, Make] = {}

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="poppler-utils is not installed: the judge looks with two viewers"
)


def rule(make: Make) -> Make:
    RULES[make.__name__] = make
    return make


@dataclass(frozen=True)
class Outcome:
    """`faults` by key, [] for what is right."""

    filled: FilledDocument
    faults: dict[str, list[str]]
    statuses: dict[str, FieldStatus]

    @property
    def wrong(self) -> dict[str, list[str]]:
        """Each asked field that is not right, or is not said to be filled; {} is what every rule wants."""
        silent = {
            key: [f"said {self.statuses.get(key)}"]
            for key in self.faults
            if self.statuses.get(key) not in {FieldStatus.FILLED, FieldStatus.UNCHANGED}
        }
        return {key: faults + silent.get(key, []) for key, faults in self.faults.items() if faults or key in silent}


def outcome(data: bytes, values: Mapping[str, str], *, twin: bytes | None = None) -> Outcome:
    """`twin`: the same document unharmed, where the judge's own reader can't read the harmed one."""
    original = Original(data, read_raw(twin or data), see(data))
    asks = [ask_of(original.raw.fields[key], value) for key, value in values.items()]
    filled = fill_form(data, values)
    statuses = {entry.key: entry.status for entry in filled.report}
    return Outcome(filled, judge(original, asks, filled.data).faults, statuses)

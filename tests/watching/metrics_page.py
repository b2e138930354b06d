"""What a Prometheus endpoint shows, read as Prometheus reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

SAMPLE = re.compile(r"^(?P<name>\w+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Page:
    samples: list[tuple[str, dict[str, str], float]]

    @property
    def names(self) -> set[str]:
        return {name for name, _, _ in self.samples}

    def total(self, name: str, **labels: str) -> float:
        """Over all series that have the labels."""
        return sum(value for found, own, value in self.samples if found == name and labels.items() <= own.items())

    def values(self, name: str, label: str) -> set[str]:
        return {own.get(label, "") for found, own, _ in self.samples if found == name}


def read_metrics(address: str) -> Page:
    text = httpx.get(f"http://{address}/metrics", trust_env=False).raise_for_status().text
    matches = [SAMPLE.match(line) for line in text.splitlines() if line and not line.startswith("#")]
    assert all(matches), "a line that is no sample"
    return Page([(m["name"], dict(LABEL.findall(m["labels"] or "")), float(m["value"])) for m in matches if m])

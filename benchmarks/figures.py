"""Medians, percentiles and ratios: every claim is a ratio taken within one round, over several rounds."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f})"


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def ratios(ours: Sequence[float], bare: Sequence[float]) -> Spread:
    """Round by round: what slows the machine down in one round slows both."""
    return spread([one / other for one, other in zip(ours, bare, strict=True)])


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest rank: a value that was measured."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def slope(places: Sequence[float], values: Sequence[float]) -> float:
    """By least squares."""
    return statistics.linear_regression(places, values).slope

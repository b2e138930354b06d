"""What fills cost, as text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds of CPU for one fill; of `peers` by name, pikepdf first."""

    name: str
    fields: int
    peers: dict[str, float]
    cold: float
    warm: float

    @property
    def peer(self) -> float:
        """What the goals are set by."""
        return self.peers["pikepdf"]


def table(real: list[Row], made: list[Row]) -> str:
    names = list((real + made)[0].peers)
    head = "".join(f" {name:>9}" for name in names)
    lines = [f"{'CPU ms a fill':40} {'fields':>6}{head} {'cold':>9} {'warm':>9} {'cold x':>8} {'warm x':>8}"]
    lines += [_line(row) for row in real + made]
    if real:
        others = "".join(f" {mean(row.peers[name] / row.peer for row in real):8.2f}x" for name in names)
        cold, warm = mean(row.cold / row.peer for row in real), mean(row.warm / row.peer for row in real)
        lines.append(f"{'geometric mean over the real forms':40} {'':6}{others} {'':19} {cold:8.3f} {warm:8.4f}")
    return "\n".join(lines)


def _line(row: Row) -> str:
    peers = "".join(f" {seconds * 1e3:9.2f}" for seconds in row.peers.values())
    return (
        f"{row.name[:40]:40} {row.fields:6}{peers} {row.cold * 1e3:9.2f} {row.warm * 1e3:9.3f} "
        f"{row.cold / row.peer:8.3f} {row.warm / row.peer:8.4f}"
    )


def mean(values: Iterable[float]) -> float:
    """The geometric one."""
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms))

"""The figures of one filler over many documents, and the table of all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Judged:
    """One document filled by one filler in one pass. `faults` by key, with [] for right fields."""

    document: str
    pass_: str
    filler: str
    faults: dict[str, list[str]]
    reasons: dict[str, str]
    dishonest: list[str]
    lost: str

    @property
    def right(self) -> int:
        return sum(not faults for faults in self.faults.values())


@dataclass(frozen=True)
class Tally:
    fields: int
    right: int
    mean: float
    documents: int
    lost: int
    dishonest: int

    @classmethod
    def of(cls, judged: Iterable[Judged]) -> Tally:
        found = [each for each in judged if each.faults]
        shares = [each.right / len(each.faults) for each in found]
        return cls(
            fields=sum(len(each.faults) for each in found),
            right=sum(each.right for each in found),
            mean=sum(shares) / max(len(shares), 1),
            documents=len(found),
            lost=sum(bool(each.lost) for each in found),
            dishonest=sum(len(each.dishonest) for each in found),
        )


def table(judged: list[Judged]) -> str:
    lines = [f"{'':22}{'fields right':>20}{'%':>8}{'mean of documents %':>21}{'lost':>6}{'said filled and is not':>24}"]
    for pass_ in dict.fromkeys(each.pass_ for each in judged):
        lines.append(pass_)
        for filler in dict.fromkeys(each.filler for each in judged):
            sums = Tally.of(each for each in judged if each.pass_ == pass_ and each.filler == filler)
            share = 100 * sums.right / max(sums.fields, 1)
            lines.append(
                f"  {filler:20}{sums.right:>11} of {sums.fields:>5}{share:>8.1f}{100 * sums.mean:>21.1f}"
                f"{sums.lost:>6}{sums.dishonest:>24}"
            )
    return "\n".join(lines)


def why_not(judged: list[Judged], filler: str) -> str:
    """Each field that the filler got wrong, most frequent cause first."""
    wrong = [
        (
            _cause(fault),
            f"{each.document} [{each.pass_}] {key}: {'; '.join(faults)}"
            + (f" (said {each.reasons[key][:100]})" if key in each.reasons else ""),
        )
        for each in judged
        if each.filler == filler
        for key, faults in each.faults.items()
        for fault in faults[:1]
    ]
    often = Counter(cause for cause, _line in wrong)
    lines = []
    for cause, count in often.most_common():
        lines.append(f"{count} x {cause}")
        lines += [f"    {line}" for each, line in wrong if each == cause]
    return "\n".join(lines)


def _cause(fault: str) -> str:
    """A fault without its particulars."""
    return re.sub(r"'.' stands [\d.]+", "a letter stands some", fault).split(":")[0].split(" holds ")[0]

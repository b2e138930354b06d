"""`python -m benchmarks.judge [part of a document's name]`: fill forms, judge what came out, print the table.

Made forms, and the real ones where a collection of them lies beside the checkout. A few minutes on two cores.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.judge.ask import Ask, asks_for
from benchmarks.judge.fillers import Fill, fillers
from benchmarks.judge.tally import Judged, table, why_not
from benchmarks.judge.verdict import Original, judge
from tests.rules.forms import RULES

REAL = Path(__file__).parents[3] / "shared" / "forms"
PASSES = {"Latin": False, "any Unicode": True}


def documents() -> dict[str, bytes]:
    made = {f"made/{name}": make() for name, make in RULES.items()}
    return made | {path.stem: path.read_bytes() for path in sorted(REAL.glob("*.pdf"))}


def judged(name: str, data: bytes, only: list[str]) -> list[Judged]:
    found = []
    original = Original.of(data)
    for pass_, any_script in PASSES.items():
        asks = asks_for(original.raw, any_script=any_script)
        if not asks:
            continue
        for filler, fill in fillers()[0].items():
            if only and filler not in only:
                continue
            found.append(_one(original, asks, Job(name, pass_, filler, fill)))
    return found


@dataclass(frozen=True)
class Job:
    document: str
    pass_: str
    filler: str
    fill: Fill


def _one(original: Original, asks: list[Ask], job: Job) -> Judged:
    about = job.document, job.pass_, job.filler
    try:
        filled = job.fill(original.data, asks)
    except Exception as error:  # whatever a library raises, its document is lost
        why = f"lost: {type(error).__name__}: {error}"[:200]
        return Judged(*about, {ask.key: [why] for ask in asks}, {}, [], why)
    verdict = judge(original, asks, filled.data)
    return Judged(*about, verdict.faults, filled.reasons, verdict.dishonest(filled.said), verdict.lost)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", default="", help="only documents with this in their name")
    parser.add_argument("--filler", action="append", default=[], help="only this filler (may be given twice)")
    options = parser.parse_args()
    began = time.monotonic()
    chosen = {name: data for name, data in documents().items() if options.part in name}
    found: list[Judged] = []
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for each in pool.map(judged, chosen, chosen.values(), [options.filler] * len(chosen)):
            found += each
    for title, part in (("Made forms", True), ("Real forms", False)):
        rows = [each for each in found if each.document.startswith("made/") is part]
        if rows:
            print(f"\n{title}\n{table(rows)}")
    print(f"\nWhat ours gets wrong, and why\n{why_not(found, 'ours') or 'nothing'}")
    for name, why in fillers()[1].items():
        print(f"\n{name} is left out: {why}")
    print(f"\n{time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

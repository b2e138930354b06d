"""`make fuzz`: thousands of mutated documents; prints each finding with the number that makes it again.

`python -m tests.fuzz 5000 [--first N] [--real] [--keep FOLDER]`
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.mutations import mutated
from tests.fuzz.runner import Outcome, run

STRETCH = 250  # documents a child, so that what leaks is not all charged to the last


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--real", action="store_true", help="mutate the real forms beside the checkout")
    parser.add_argument("--keep", type=Path, help="folder for the documents that found something")
    options = parser.parse_args()
    began = time.monotonic()
    numbers = range(options.first, options.first + options.count)
    stretches = [numbers[start : start + STRETCH] for start in range(0, len(numbers), STRETCH)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [each for part in pool.map(lambda some: list(run(some, real=options.real)), stretches) for each in part]
    for result, count in Counter(outcome.result for outcome in found).most_common():
        print(f"{count:6} {result}")
    findings = [outcome for outcome in found if outcome.fault]
    for each in findings:
        _tell(each, options.keep, real=options.real)
    print(f"{len(found)} documents, {len(findings)} findings, {time.monotonic() - began:.0f} s")
    return 1 if findings else 0


def _tell(outcome: Outcome, keep: Path | None, *, real: bool) -> None:
    print(f"  {outcome.number}: {outcome.fault}")
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        Path(keep, f"{outcome.number}.pdf").write_bytes(mutated(outcome.number, real=real))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.storm [--edits N] [--minutes M] [--seed S] [recovery|kills|cancels …]`: see README.md.

Exit code 0 where every promise was kept.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import threading
from concurrent.futures import Future
from pathlib import Path

from tests.storm.stack import Stack
from tests.storm.storms import Report, cancel_storm, kill_storm, open_field, recoveries

PARTS = ["recovery", "kills", "cancels"]
EDITS, MINUTES, KILLS = 1_000, 5.0, 9
WORKERS, GATEWAYS = 3, 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--edits", type=int, default=EDITS, help="in each storm")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="that each storm lasts")
    parser.add_argument("--kills", type=int, default=KILLS, help="of workers, for the recovery")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--home", type=Path, help="where logs and the storm's own stores go; kept where it is named")
    wanted = parser.parse_args()
    if unknown := set(wanted.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    print(f"seed {wanted.seed}", flush=True)
    if wanted.home is not None:
        return weather_it(wanted, wanted.home.absolute())
    with tempfile.TemporaryDirectory(prefix="edits-storm-", ignore_cleanup_errors=True) as home:
        return weather_it(wanted, Path(home))


def weather_it(wanted: argparse.Namespace, home: Path) -> int:
    with Stack(home, WORKERS, GATEWAYS) as stack:
        reports = run(stack, wanted)
        codes = stack.drain()
    left = stack.left_over()
    broken = sum(len(cases) for report in reports for cases in report.faults.values())
    if any(codes.values()):
        print(f"BROKEN: exit codes of the drain: {codes}")
    if left:
        print("BROKEN: left over:\n  " + "\n  ".join(left))
    return 1 if broken or left or any(code for name, code in codes.items() if name != "server") else 0


def run(stack: Stack, wanted: argparse.Namespace) -> list[Report]:
    """The event loop has a thread of its own; this one starts and ends processes."""
    done: Future[list[Report]] = Future()

    def loop() -> None:
        try:
            done.set_result(asyncio.run(parts(stack, wanted)))
        except BaseException as error:
            done.set_exception(error)

    thread = threading.Thread(target=loop)
    thread.start()
    stack.obey(done)
    thread.join()
    return done.result()


async def parts(stack: Stack, wanted: argparse.Namespace) -> list[Report]:
    chosen = wanted.parts or PARTS
    reports: list[Report] = []
    async with open_field(stack, wanted.seed) as field:
        first = 0
        for part in PARTS:
            if part not in chosen:
                continue
            if part == "recovery":
                report = await recoveries(field, wanted.kills, first)
            else:
                storm = kill_storm if part == "kills" else cancel_storm
                report = await storm(field, wanted.edits, wanted.minutes * 60, first)
            first += report.sent
            print(report.text(), flush=True)
            reports.append(report)
    return reports


if __name__ == "__main__":
    sys.exit(main())

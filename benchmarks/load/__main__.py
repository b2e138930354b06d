"""`python -m benchmarks.load [PART…]` (`make bench-load`): the service under load, kept in docs/load.json.

Each part stands alone and takes the place of its last figures there, so that parts can be run apart; on a quiet machine
of two cores each takes less than ten minutes. Without a name, all of them.

  pace     edits a second and CPU beside a bare workflow, 20, 50 and 100 callers     (--rounds, --callers)
  bytes    what an edit leaves in histories, rows and blobs
  production   CPU, commits and bytes of an edit on PostgreSQL, Temporal's own server and S3 (needs what
               `make up STACK=production` needs)
  workers  one worker and two                                                        (--rounds)
  steady   memory, handles, threads and children over thousands of edits             (--edits)
  backlog  thousands of edits queued while no worker runs, then worked off           (--edits, --workers)
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.lab import Lab, open_lab
from benchmarks.load import backlog, steady
from benchmarks.load.backlog import measure_backlog
from benchmarks.load.bytes import measure_bytes
from benchmarks.load.pace import CONCURRENCIES, ROUNDS, measure_pace
from benchmarks.load.production import measure_production
from benchmarks.load.steady import measure_steady
from benchmarks.load.workers import measure_workers
from benchmarks.machine import machine
from dev.errors import StackError
from dev.stack import ROOT
from dev.temporal_binary import find_server
from dev.temporal_cluster import VERSION

KEPT = ROOT / "docs" / "load.json"
PARTS = ("pace", "bytes", "production", "workers", "steady", "backlog")
STEADY_EDITS = 5_000
BACKLOG_EDITS = 10_000


def main(arguments: Sequence[str]) -> int:
    asked = _asked(arguments)
    for part in asked.parts or PARTS:
        began = time.monotonic()
        about = machine(find_server(say=lambda *_: None))
        print(f"{part}: {about['load'].partition(':')[0]} …", flush=True)
        try:
            # Beside the code, not in the system's temporary folder: that may be memory, and disk writes count.
            with tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT) as home:
                figures = _figures(Path(home), part, asked)
        except StackError as error:
            print(f"\n{part} stopped: {error}", file=sys.stderr)
            return 1
        if part == "production":
            about["versions"] = f"Python {platform.python_version()}, Temporal server {VERSION}, PostgreSQL"
        _keep(asked.out, part, about, figures)
        print(f"{part}: {time.monotonic() - began:.0f} s, kept in {os.path.relpath(asked.out)}\n", flush=True)
    return 0


def _figures(home: Path, part: str, asked: argparse.Namespace) -> list[Any]:
    if part == "production":
        return list(measure_production(home))
    with open_lab(home) as lab:
        return asyncio.run(_measure(lab, part, asked))


async def _measure(lab: Lab, part: str, asked: argparse.Namespace) -> list[Any]:
    """Rows; each part prints its own as they come."""
    match part:
        case "pace":
            return await measure_pace(lab, asked.callers, asked.rounds)
        case "bytes":
            return await measure_bytes(lab)
        case "workers":
            return await measure_workers(lab, asked.rounds)
        case "steady":
            rows = await measure_steady(lab, asked.edits or STEADY_EDITS)
            print("\n".join(steady.shown(row) for row in rows))
            return rows
        case _:
            row = await measure_backlog(lab, asked.edits or BACKLOG_EDITS, asked.workers)
            print(backlog.shown(row))
            return [row]


def _keep(path: Path, part: str, about: dict[str, str], figures: list[Any]) -> None:
    kept = json.loads(path.read_text()) if path.exists() else {}
    kept[part] = {"machine": about, "rows": [asdict(each) for each in figures]}
    path.write_text(json.dumps({name: kept[name] for name in PARTS if name in kept}, indent=1) + "\n")


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=PARTS, metavar="PART")
    parser.add_argument("--callers", type=int, nargs="+", default=CONCURRENCIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--edits", type=int, help=f"default: {STEADY_EDITS} (steady), {BACKLOG_EDITS} (backlog)")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=KEPT)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

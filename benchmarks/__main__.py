"""`python -m benchmarks` (`make bench`): measure, print the tables, draw docs/bench.png and docs/pdf-speed.png, keep
docs/bench.json.

Every claim is a ratio to something bare, measured in turn on the same file-backed Temporal server. About three minutes.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks import pdf_speed
from benchmarks.cancels import measure_cancels
from benchmarks.edits import forms, measure_edits, pdf_seconds
from benchmarks.lab import Lab, open_lab
from benchmarks.machine import machine
from benchmarks.plot import draw
from benchmarks.reads import measure_reads
from benchmarks.summary import Summary, cancel_row, edit_rows, read_rows
from benchmarks.table import table
from dev.errors import StackError
from dev.stack import ROOT
from dev.temporal_binary import find_server

DOCS = ROOT / "docs"


def main() -> int:
    began = time.monotonic()
    try:
        # Beside the code, not in the system's temporary folder: that may be memory, and a catalog's disk writes count.
        with tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT) as home:
            summary = measure(Path(home))
    except StackError as error:
        print(f"\nmake bench stopped: {error}", file=sys.stderr)
        return 1
    print(table(summary))
    DOCS.mkdir(exist_ok=True)
    (DOCS / "bench.json").write_text(json.dumps(asdict(summary), indent=1) + "\n")
    draw(summary, DOCS / "bench.png")
    print()
    pdf_speed.report(picture=DOCS / "pdf-speed.png")
    print(f"\n{time.monotonic() - began:.0f} s; drawn in docs/*.png, numbers in docs/bench.json")
    return 0


def measure(home: Path) -> Summary:
    about = machine(find_server(say=lambda *_: None))
    pdf = {name: pdf_seconds(document, instructions) for name, document, instructions in forms()}
    with open_lab(home) as lab:
        return asyncio.run(_measure(lab, about, pdf))


async def _measure(lab: Lab, about: dict[str, str], pdf: dict[str, float]) -> Summary:
    print("edits beside bare workflows …", flush=True)
    edits = edit_rows(await measure_edits(lab))
    print("status reads beside a bare route …", flush=True)
    reads = read_rows(await measure_reads(lab))
    print("cancels …", flush=True)
    cancels = cancel_row(await measure_cancels(lab))
    return Summary(about, pdf, edits, reads, cancels)


if __name__ == "__main__":
    sys.exit(main())

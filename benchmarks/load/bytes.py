"""What one edit leaves: bytes of history, of rows, of blobs, and of the Temporal server's own database."""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from benchmarks.edits import closed_loop, create, forms, upload_body, varied
from benchmarks.lab import Lab

EDITS = 200
CALLERS = 10


@dataclass(frozen=True, slots=True)
class Bytes:
    """Of one edit, on average. `transitions`: how often Temporal wrote its state; `blobs`: document, plan, filled
    document and report."""

    form: str
    document: int
    history: int
    events: int
    transitions: int
    rows: int
    blobs: int
    objects: float
    temporal: int


async def measure_bytes(lab: Lab, edits: int = EDITS) -> list[Bytes]:
    return [await _of(lab, name, document, text, edits) for name, document, text in forms()]


async def _of(lab: Lab, form: str, document: bytes, instructions: str, edits: int) -> Bytes:
    numbers, ids = itertools.count(), list[str]()
    async with lab.http() as client:

        async def run() -> None:
            edit = await create(client, upload_body(document, varied(instructions, next(numbers))))
            ids.append(edit["id"])

        await closed_loop(run, 2 * CALLERS, CALLERS)
        before = _sizes(lab.stack.home)
        await closed_loop(run, edits, CALLERS)
        after = _sizes(lab.stack.home)
    described = await (await lab.temporal()).get_workflow_handle(ids[-1]).describe()
    info = described.raw_description.workflow_execution_info
    rows, blobs, objects, temporal = ((now - then) / edits for now, then in zip(after, before, strict=True))
    found = Bytes(
        form=form,
        document=len(document),
        history=info.history_size_bytes,
        events=info.history_length,
        transitions=info.state_transition_count,
        rows=round(rows),
        blobs=round(blobs),
        objects=objects,
        temporal=round(temporal),
    )
    print(shown(found), flush=True)
    return found


def _sizes(home: Path) -> tuple[int, int, int, int]:
    """Bytes of the catalog, of the blobs, how many blobs, and bytes of Temporal's database; WALs put in."""
    files = [path for path in (home / "blobs").rglob("*") if path.is_file()]
    return (
        _database(home / "catalog.db"),
        sum(path.stat().st_size for path in files),
        len(files),
        _database(home / "temporal.db"),
    )


def _database(path: Path) -> int:
    with sqlite3.connect(path, timeout=30) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        pages: int = connection.execute("PRAGMA page_count").fetchone()[0]
        size: int = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    return pages * size


def shown(found: Bytes) -> str:
    return (
        f"{found.form} ({found.document} bytes): history {found.history} bytes in "
        f"{found.events} events and {found.transitions} writes, "
        f"rows {found.rows}, "
        f"{found.objects:.0f} blobs of {found.blobs} bytes, Temporal's database {found.temporal}"
    )

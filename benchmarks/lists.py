"""`python -m benchmarks.lists` (`make bench-lists`): lists of edits over 10,000, 100,000 and 1,000,000 of them.

By each filter and none, 10 and 100 rows, the first page and one behind 10,000 edits, on SQLite and PostgreSQL.
Without the HTTP around it, which is the same for any number of edits. Others on the machine disturb for seconds: each
list is asked for in several turns, far apart, and the quietest counts. About eight minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from benchmarks.figures import percentile
from benchmarks.many_edits import APART, COMMON, FIRST, ORGANIZATION, RARE, SOME, edit_id, fill
from dev.stack import ROOT
from durable_edits.contracts import DEFAULT_ORGANIZATION, Status
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.migrate import migrate
from durable_edits.storage.records import EditFilter, Position, from_microseconds
from tests.postgres import running_postgres

SIZES = (10_000, 100_000, 1_000_000)
LIMITS = (10, 100)
FAR = 10_000  # edits in front of the 1,000th page of ten, and of the 100th of a hundred
LAST = 1_000  # edits that are left behind it where there are not more than FAR
TURNS = 5
ASKED = 30  # times in one turn
WARM = 3
ALL = EditFilter((ORGANIZATION,))


@dataclass(frozen=True, slots=True)
class Timed:
    rows: int
    median: float
    p95: float


def filters(count: int) -> dict[str, EditFilter]:
    middle = from_microseconds(FIRST + count // 2 * APART)
    return {
        "none": ALL,
        "two organizations": replace(ALL, organizations=(ORGANIZATION, DEFAULT_ORGANIZATION)),
        "status=completed": replace(ALL, status=Status.COMPLETED),
        "status=cancelled": replace(ALL, status=Status.CANCELLED),
        "open": replace(ALL, open_only=True),
        "template_id": replace(ALL, template_id="edittplt_3"),
        "filename, all": replace(ALL, filename_prefix=COMMON),
        "filename, 1 of 100": replace(ALL, filename_prefix=SOME),
        "filename, 1 of 2,000": replace(ALL, filename_prefix=RARE),
        "filename, none": replace(ALL, filename_prefix="no such name"),
        "from_date, to_date": replace(ALL, created_from=middle - timedelta(hours=1), created_to=middle),
        "status and filename": replace(ALL, status=Status.FAILED, filename_prefix=SOME),
    }


async def measure(catalog: Catalog, count: int) -> dict[tuple[str, int, str], Timed]:
    number = max(count - FAR, LAST)
    far = Position(FIRST + number * APART, edit_id(number))
    lists = {
        (name, limit, page): (wanted, behind, limit)
        for name, wanted in filters(count).items()
        for limit in LIMITS
        for page, behind in (("first", None), ("far", far))
    }
    turns = [{key: await _timed(catalog, *asked) for key, asked in lists.items()} for _ in range(TURNS)]
    return {key: min((turn[key] for turn in turns), key=lambda timed: timed.p95) for key in lists}


async def _timed(catalog: Catalog, wanted: EditFilter, behind: Position | None, limit: int) -> Timed:
    took, rows = [], 0
    for number in range(WARM + ASKED):
        began = time.perf_counter()
        rows = len(await catalog.list_edits(wanted, order="desc", behind=behind, limit=limit + 1))
        if number >= WARM:
            took.append((time.perf_counter() - began) * 1000)
    return Timed(rows, percentile(took, 50), percentile(took, 95))


async def measure_all(url: str) -> dict[int, dict[tuple[str, int, str], Timed]]:
    catalog = Catalog(url)
    await migrate(catalog)
    found, before = {}, 0
    for count in SIZES:
        await fill(catalog, count, already=before)
        found[count], before = await measure(catalog, count), count
        print(f"  {count:,} edits measured", flush=True)
    await catalog.close()
    return found


@contextlib.contextmanager
def databases() -> Iterator[dict[str, str]]:
    # Beside the code, not in the system's temporary folder: that may be memory.
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT) as home, running_postgres() as (_, postgresql):
        yield {"SQLite": f"sqlite+aiosqlite:///{Path(home) / 'catalog.db'}", "PostgreSQL": postgresql}


def main() -> int:
    with databases() as urls:
        for name, url in urls.items():
            print(name, flush=True)
            _print(asyncio.run(measure_all(url)))
    return 0


def _print(found: dict[int, dict[tuple[str, int, str], Timed]]) -> None:
    small, large = SIZES[0], SIZES[-1]
    print(
        f"{'filter':22} rows page     " + "".join(f"{size:>11,}" for size in SIZES) + "  (p95, ms)   growth of median"
    )
    for key in found[small]:
        name, limit, page = key
        p95 = "".join(f"{found[size][key].p95:11.1f}" for size in SIZES)
        few, many = found[small][key], found[large][key]
        growth = f"{many.median / few.median:.2f}" if few.rows == many.rows else f"{few.rows} rows grew to {many.rows}"
        print(f"{name:22} {limit:4} {page:8}{p95}{growth:>25}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

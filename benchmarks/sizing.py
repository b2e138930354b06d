"""`python -m benchmarks.sizing`: what 1, 100 and 1,000 edits a second need, by what one costs in docs/load.json.

`--write` puts the tables into docs/sizing.md, where a test expects them to be those that this prints.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dev.stack import ROOT

FIGURES = ROOT / "docs" / "load.json"
PAGE = ROOT / "docs" / "sizing.md"
BEGIN, END = "<!-- begin: python -m benchmarks.sizing -->", "<!-- end -->"
RATES = (1, 100, 1000)  # edits a second
FORM = "sample"  # three pages, 21 KB; the figures of the small form are for comparison

BUSY = 0.6  # of a core; the rest is for peaks, restarts and what a neighbour takes
AT_LEAST = 2  # of each process: one may be away
# A shard writes one state after the other. At 5 ms each and a quarter of the time busy that is 50 a second; four times
# as many shards as that, since their number can never be changed.
SHARD_WRITES, SHARD_SPARE, SHARDS_AT_LEAST = 50, 4, 4
# Of an edit's tasks the first workflow task goes through the queue, and both steps where they are not eager.
TASKS, PARTITION_TASKS, PARTITIONS_AT_LEAST = 3, 100, 4
RETENTION_DAYS = 3  # of ended runs in Temporal: the catalog is the record
RETENTION = RETENTION_DAYS * 86_400  # seconds
YEAR = 365 * 86_400  # seconds
DATABASE_PRICE, BLOB_PRICE, PUT_PRICE = 0.115, 0.023, 0.005 / 1000  # dollars: a GB a month, a GB a month, one object


@dataclass(frozen=True, slots=True)
class Cost:
    """One edit: seconds of CPU, transactions, bytes, objects."""

    temporal: float
    postgres: float
    worker: float
    children: float
    gateway: float
    transitions: float
    temporal_commits: float
    catalog_commits: float
    wal: float
    catalog: float
    history: float
    blobs: float
    objects: float


def cost(figures: dict[str, Any], form: str) -> Cost:
    row, left = (next(row for row in figures[part]["rows"] if row["form"] == form) for part in ("production", "bytes"))
    cpu = row["cpu"]
    return Cost(
        temporal=cpu["temporal"],
        postgres=cpu["postgres"],
        worker=cpu["worker"],
        children=cpu["children"],
        gateway=cpu["gateway"],
        transitions=left["transitions"],
        temporal_commits=row["temporal_commits"],
        catalog_commits=row["catalog_commits"],
        wal=row["wal_bytes"],
        catalog=row["catalog_bytes"],
        history=row["temporal_bytes"],
        blobs=row["blob_bytes"],
        objects=row["blobs"],
    )


def cores(seconds: float, rate: float) -> int:
    return math.ceil(seconds * rate / BUSY)


def processes(seconds: float, rate: float) -> int:
    """Of Python's, each of which has one core's worth."""
    return max(AT_LEAST, cores(seconds, rate))


def shards(transitions: float, rate: float) -> int:
    return power_of_two(max(SHARDS_AT_LEAST, SHARD_SPARE * transitions * rate / SHARD_WRITES))


def partitions(rate: float) -> int:
    return max(PARTITIONS_AT_LEAST, math.ceil(TASKS * rate / PARTITION_TASKS))


def power_of_two(least: float) -> int:
    return int(2 ** math.ceil(math.log2(least)))


def tables(figures: dict[str, Any]) -> str:
    """Raises KeyError where a part of `python -m benchmarks.load` has not been run."""
    one = cost(figures, FORM)
    return "\n\n".join([_about(figures), _measured(figures), _needed(one), _kept(one)])


def _about(figures: dict[str, Any]) -> str:
    about = figures["production"]["machine"]
    return f"Measured on {about['date']}: {about['machine']}; {about['versions']}; load {about['load'].split()[0]}."


def _measured(figures: dict[str, Any]) -> str:
    forms = [row["form"] for row in figures["production"]["rows"]]
    costs = [cost(figures, form) for form in forms]
    left = [row for form in forms for row in figures["bytes"]["rows"] if row["form"] == form]

    def cpu(name: str, seconds: list[float]) -> list[str]:
        return [f"CPU, {name}", *(f"{1000 * each:.1f} ms" for each in seconds)]

    return _table(
        ["one edit", *(f"{form} form" for form in forms)],
        cpu("Temporal server", [each.temporal for each in costs]),
        cpu("PostgreSQL, of Temporal and catalog", [each.postgres for each in costs]),
        cpu("worker", [each.worker for each in costs]),
        cpu("its PDF children", [each.children for each in costs]),
        cpu("gateway", [each.gateway for each in costs]),
        ["writes of its state by Temporal", *(f"{each['transitions']}" for each in left)],
        ["transactions, Temporal's with its reads and polls", *(f"{each.temporal_commits:.1f}" for each in costs)],
        ["transactions, the catalog's with its reads", *(f"{each.catalog_commits:.1f}" for each in costs)],
        ["write-ahead log of both", *(_bytes(each.wal) for each in costs)],
        ["history", *(f"{_bytes(each['history'])}, {each['events']} events" for each in left)],
        ["Temporal's tables", *(_bytes(each.history) for each in costs)],
        ["the catalog's tables", *(_bytes(each.catalog) for each in costs)],
        ["blobs", *(f"{_bytes(each.blobs)} in {each.objects:.0f}" for each in costs)],
    )


def _needed(one: Cost) -> str:
    return _table(
        ["edits a second", *(f"{rate:,}" for rate in RATES)],
        ["cores for Temporal's services", *(f"{cores(one.temporal, rate)}" for rate in RATES)],
        ["cores for PostgreSQL", *(f"{cores(one.postgres, rate)}" for rate in RATES)],
        ["worker processes", *(f"{processes(one.worker, rate)}" for rate in RATES)],
        ["PDF slots of all workers, a core each", *(f"{processes(one.children, rate)}" for rate in RATES)],
        ["gateway processes", *(f"{processes(one.gateway, rate)}" for rate in RATES)],
        ["history shards", *(f"{shards(one.transitions, rate):,}" for rate in RATES)],
        ["partitions of the task queue", *(f"{partitions(rate)}" for rate in RATES)],
        ["transactions a second, Temporal's", *(f"{one.temporal_commits * rate:,.0f}" for rate in RATES)],
        ["transactions a second, the catalog's", *(f"{one.catalog_commits * rate:,.0f}" for rate in RATES)],
        ["write-ahead log a second", *(_bytes(one.wal * rate) for rate in RATES)],
        ["objects written a second", *(f"{one.objects * rate:,.0f}" for rate in RATES)],
        [f"Temporal's tables, {RETENTION_DAYS} days", *(_bytes(one.history * rate * RETENTION) for rate in RATES)],
    )


def _kept(one: Cost) -> str:
    year = [(rate, rate * YEAR) for rate in RATES]
    rows, blobs = [one.catalog * edits for _, edits in year], [one.blobs * edits for _, edits in year]
    return _table(
        ["a year of edits", *(f"{rate:,}/s" for rate, _ in year)],
        ["edits", *(f"{edits / 1e6:,.0f} million" for _, edits in year)],
        ["the catalog's tables", *(_bytes(each) for each in rows)],
        ["blobs", *(_bytes(each) for each in blobs)],
        ["to write its objects", *(f"${one.objects * edits * PUT_PRICE:,.0f}" for _, edits in year)],
        ["to keep its rows for a year", *(f"${each / 1e9 * DATABASE_PRICE * 12:,.0f}" for each in rows)],
        ["to keep its blobs for a year", *(f"${each / 1e9 * BLOB_PRICE * 12:,.0f}" for each in blobs)],
    )


def _table(head: list[str], *lines: list[str]) -> str:
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))


def _bytes(number: float) -> str:
    for unit, name in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "KB")):
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return f"{number:.0f} bytes"


def within(page: str) -> str:
    """The tables that a page holds."""
    found = re.search(f"{re.escape(BEGIN)}\n(.*)\n{re.escape(END)}", page, re.DOTALL)
    if found is None:
        raise ValueError(f"{PAGE} has no place for the tables: {BEGIN} and {END}, each in a line of its own.")
    return found[1].strip()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sizing", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/sizing.md")
    asked = parser.parse_args(arguments)
    found = tables(json.loads(FIGURES.read_text()))
    print(found)
    if asked.write:
        page = PAGE.read_text()
        PAGE.write_text(page.replace(within(page), found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

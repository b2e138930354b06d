"""Thousands of edits queued while no worker runs, then workers come: all end, and can be read meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import itertools
import json
import random
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.edits import closed_loop, forms, upload_body, upload_kind, varied
from benchmarks.figures import percentile
from benchmarks.lab import Lab, checked, headers
from dev.errors import PromiseBroken

CALLERS = 20
READS = 400  # of each kind, with nothing else to do
EVERY = 0.05  # seconds between two reads: a client that polls
SAY_EVERY = 20.0  # seconds
LONG = 900.0  # seconds without one more edit ended: then something hangs
READ_GOAL = 3.0  # times the same read's p95 when nothing else is done
SEED = 11
OPEN, ENDED = "open", "ended"


@dataclass(frozen=True, slots=True)
class ReadTimes:
    """Seconds. Of an edit that is open, for which Temporal is asked, or has ended, for which the catalog is."""

    kind: str
    quiet_p95: float
    queued_p95: float
    working_p50: float
    working_p95: float
    reads: int


@dataclass(frozen=True, slots=True)
class BacklogRow:
    edits: int
    workers: int
    queued_per_second: float
    done_per_second: float
    ended: dict[str, int]
    reads: list[ReadTimes]


async def measure_backlog(lab: Lab, edits: int, workers: int) -> BacklogRow:
    _, document, instructions = forms()[0]
    numbers = itertools.count()
    async with lab.http() as client:
        warm = upload_kind(lab, client, "warm", document, instructions)
        await closed_loop(warm.run, 60, CALLERS)
        assert lab.stack.worker is not None
        lab.stack.worker.stop()

        async def queue() -> None:
            body = upload_body(document, varied(instructions, next(numbers)), background=True)
            checked(await client.post("/v1/edits", content=body), 201)

        with _catalog(lab) as catalog:
            await closed_loop(queue, 60, CALLERS)
            quiet = await asyncio.to_thread(_some_reads, lab, catalog)
            began = time.perf_counter()
            await closed_loop(queue, edits - 60, CALLERS)
            queued = (edits - 60) / (time.perf_counter() - began)
            print(f"  {edits} edits queued, {queued:.1f}/s", flush=True)
            full = await asyncio.to_thread(_some_reads, lab, catalog)
            with contextlib.ExitStack() as started:
                for _ in range(workers):
                    started.enter_context(lab.another_worker())
                began = time.perf_counter()
                working = await asyncio.to_thread(_reads_until_done, lab, catalog)
                done = edits / (time.perf_counter() - began)
            ended = dict(catalog.execute("SELECT status, count(*) FROM edits GROUP BY status").fetchall())
    reads = [_times(kind, quiet, full, working) for kind in (OPEN, ENDED)]
    return BacklogRow(edits, workers, queued, done, ended, reads)


@contextlib.contextmanager
def _catalog(lab: Lab) -> Iterator[sqlite3.Connection]:
    """Which edits there are, without a request that would count."""
    connection = sqlite3.connect(f"file:{lab.stack.home / 'catalog.db'}?mode=ro", uri=True, check_same_thread=False)
    try:
        yield connection
    finally:
        connection.close()


def _some_reads(lab: Lab, catalog: sqlite3.Connection) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {OPEN: [], ENDED: []}
    ids = {kind: _ids(catalog, kind) for kind in times}
    with _connection(lab) as connection:
        for number in range(READS):
            for kind, taken in times.items():
                taken.append(_read(connection, ids[kind][number % len(ids[kind])])[1])
    return times


def _reads_until_done(lab: Lab, catalog: sqlite3.Connection) -> dict[str, list[float]]:
    """Reads in turn an edit that was open and one that had ended a moment ago, by what the answer then says."""
    times: dict[str, list[float]] = {OPEN: [], ENDED: []}
    chance = random.Random(SEED)  # noqa: S311
    progress, left = time.monotonic(), len(_ids(catalog, OPEN))
    ids = {kind: _ids(catalog, kind) for kind in times}
    looked = said = time.monotonic()
    with _connection(lab) as connection:
        while ids[OPEN]:
            for kind in (OPEN, ENDED):
                status, seconds = _read(connection, chance.choice(ids[kind]))
                times[ENDED if status in {"completed", "failed", "cancelled"} else OPEN].append(seconds)
                time.sleep(EVERY)
            now = time.monotonic()
            if now - looked < 1:
                continue
            looked, ids = now, {kind: _ids(catalog, kind) for kind in times}
            if len(ids[OPEN]) < left:
                progress, left = now, len(ids[OPEN])
            if now - said > SAY_EVERY:
                said = now
                print(f"  {left} edits left", flush=True)
            if now - progress > LONG:
                raise PromiseBroken(f"{left} edits are open, and none has ended for {LONG:g} s.")
    return times


def _ids(catalog: sqlite3.Connection, kind: str) -> list[str]:
    found = catalog.execute("SELECT id FROM edits WHERE (status IS NULL) = ?", [kind == OPEN])
    return [row[0] for row in found]


@contextlib.contextmanager
def _connection(lab: Lab) -> Iterator[http.client.HTTPConnection]:
    """A client so plain that it costs less than what it asks."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.gateway_port)
    try:
        yield connection
    finally:
        connection.close()


def _read(connection: http.client.HTTPConnection, edit_id: str) -> tuple[str, float]:
    began = time.perf_counter()
    connection.request("GET", f"/v1/edits/{edit_id}?include_output=false", headers=headers())
    answer = connection.getresponse()
    body = answer.read()
    seconds = time.perf_counter() - began
    if answer.status != http.HTTPStatus.OK:
        raise PromiseBroken(f"A status was answered with {answer.status}: {body[:200]!r}")
    return str(json.loads(body)["status"]), seconds


def _times(
    kind: str, quiet: dict[str, list[float]], queued: dict[str, list[float]], working: dict[str, list[float]]
) -> ReadTimes:
    return ReadTimes(
        kind=kind,
        quiet_p95=percentile(quiet[kind], 95),
        queued_p95=percentile(queued[kind], 95),
        working_p50=percentile(working[kind], 50),
        working_p95=percentile(working[kind], 95),
        reads=len(working[kind]),
    )


def shown(row: BacklogRow) -> str:
    ended = ", ".join(f"{count} {status}" for status, count in sorted(row.ended.items()))
    lines = [
        f"{row.edits} edits queued at {row.queued_per_second:.1f}/s, "
        f"worked off by {row.workers} at {row.done_per_second:.1f}/s: {ended}"
    ]
    lines += [
        f"  status of an {each.kind} edit, p95: {1000 * each.quiet_p95:.1f} ms quiet, {1000 * each.queued_p95:.1f} ms "
        f"with the queue, {1000 * each.working_p95:.1f} ms while it is worked off: "
        f"{each.working_p95 / each.quiet_p95:.2f} x "
        f"(goal {READ_GOAL:g}; p50 {1000 * each.working_p50:.1f} ms, {each.reads} reads)"
        for each in row.reads
    ]
    return "\n".join(lines)

"""`python -m benchmarks.polling` (`make bench-polling`): what 200 clients that poll cost the workers.

200 edits are in flight all the time: each client creates one, waits until it has ended, and creates the next. In one
half of a round the clients poll over HTTP, as the vendor's command line does; in the other they are told by somebody
who reads the catalog. In alternate halves, since others on the machine take their share of it: then fewer edits end in
a second, and more polls come to each, so only a free machine tells the ratio. What one poll costs is measured alone as
well. About six minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.edits import forms, varied
from benchmarks.figures import percentile, ratios
from benchmarks.lab import KEY, Lab, open_lab
from dev.edits_api import data_url
from dev.errors import PromiseBroken
from dev.stack import ROOT

CLIENTS = 200
CORES = len(os.sched_getaffinity(0))
INTERVALS = (2.0, 0.5)  # seconds between two polls of a client: the vendor's command line, and somebody in a hurry
ROUNDS = 3
WARM = 4.0  # seconds until 200 are in flight and the first have ended
SECONDS = 12.0  # that are counted, of each half of a round
LOOK = 0.1  # seconds between two looks into the catalog
ALONE = 500  # polls of an edit that waits, one after the other
EACH = 100  # edits that one client can make, each different
KEPT = 4.0  # seconds that an idle connection is trusted: the gateway closes it after five
SLOWEST = 1.0  # seconds that a request may take
LEAST = 0.8  # of the edits a second without polling


@dataclass
class Seen:
    """Of one half of a round: how many edits ended, what each took of the machine, and how long each request took."""

    per_second: float = 0.0
    cpu: float = 0.0
    polls: list[float] = field(default_factory=list)
    creates: list[float] = field(default_factory=list)


class Line:
    """One client's connection: so plain that it takes little of the machine that it measures."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._used = 0.0
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[bytes, float]:
        """The answer's body and the seconds it took; raises PromiseBroken unless it says that all is well."""
        head = f"{method} {path} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {KEY}\r\ncontent-length: {len(body)}"
        began = time.perf_counter()
        reader, writer = await self._open()
        writer.write(head.encode() + b"\r\n\r\n" + body)
        answered = await reader.readuntil(b"\r\n\r\n")
        if answered[9:10] != b"2":
            raise PromiseBroken(f"{method} {path}: {answered[:200]!r}")
        length = int(answered.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        got = await reader.readexactly(length)
        self._used = time.perf_counter()
        return got, self._used - began

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The connection, or a new one where the gateway may have closed it by now."""
        if self._reader is None or self._writer is None or time.perf_counter() - self._used > KEPT:
            self.close()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self._reader, self._writer


Waits = Callable[[Line, str], Awaitable[None]]


async def half(lab: Lab, bodies: list[bytes], interval: float | None) -> Seen:
    """`interval` None: nobody polls."""
    seen = Seen()
    async with contextlib.AsyncExitStack() as stack:
        wait = _polling(seen, interval) if interval is not None else await stack.enter_async_context(_told(lab))

        async def client(number: int) -> None:
            line = stack.enter_context(contextlib.closing(Line(lab.gateway_port)))
            await asyncio.sleep(WARM / 2 * number / CLIENTS)
            for body in random.Random(number).sample(bodies, len(bodies)):  # noqa: S311
                created, took = await line.ask("POST", "/v1/edits", body)
                seen.creates.append(took)
                await wait(line, json.loads(created)["id"])
            raise PromiseBroken("A client ran out of edits to create: raise EACH.")

        clients = [asyncio.create_task(client(number)) for number in range(CLIENTS)]
        await _pause(clients, WARM)
        seen.polls.clear()
        seen.creates.clear()
        before, spent, began = _closed(lab), lab.edit_meter.read(), time.perf_counter()
        await _pause(clients, SECONDS)
        closed = _closed(lab) - before
        seen.per_second = closed / (time.perf_counter() - began)
        seen.cpu = (lab.edit_meter.read() - spent).total / closed
        for each in clients:
            each.cancel()
        await asyncio.wait(clients)
        while _open(lab):  # noqa: ASYNC110 - what is left must not be counted in the next half
            await asyncio.sleep(LOOK)
    return seen


def _closed(lab: Lab) -> int:
    return _count(lab, "status IS NOT NULL")


def _open(lab: Lab) -> int:
    return _count(lab, "status IS NULL")


def _count(lab: Lab, which: str) -> int:
    with contextlib.closing(sqlite3.connect(lab.stack.home / "catalog.db", isolation_level=None)) as catalog:
        found: int = catalog.execute(f"SELECT count(*) FROM edits WHERE {which}").fetchone()[0]  # noqa: S608
    return found


async def one_poll(lab: Lab, body: bytes) -> float:
    """Seconds of CPU that a poll of an edit in flight takes, with nobody else at work."""
    assert lab.stack.worker is not None
    lab.stack.worker.freeze()
    try:
        with contextlib.closing(Line(lab.gateway_port)) as line:
            edit_id = json.loads((await line.ask("POST", "/v1/edits", body))[0])["id"]
            before = lab.edit_meter.read()
            for _ in range(ALONE):
                await line.ask("GET", f"/v1/edits/{edit_id}?include_output=false")
            return (lab.edit_meter.read() - before).total / ALONE
    finally:
        lab.stack.worker.thaw()


async def _pause(clients: list[asyncio.Task[None]], seconds: float) -> None:
    """Raises what a client has raised."""
    done, _ = await asyncio.wait(clients, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for each in done:
        each.result()


def _polling(seen: Seen, interval: float) -> Waits:
    async def wait(line: Line, edit_id: str) -> None:
        while True:
            await asyncio.sleep(interval)
            answer, took = await line.ask("GET", f"/v1/edits/{edit_id}?include_output=false")
            seen.polls.append(took)
            status = json.loads(answer)["status"]
            if status == "completed":
                return
            if status not in {"pending", "queued", "in_progress"}:
                raise PromiseBroken(f"The edit {edit_id} is {status}.")

    return wait


@contextlib.asynccontextmanager
async def _told(lab: Lab) -> AsyncIterator[Waits]:
    waiting: dict[str, asyncio.Event] = {}

    async def look() -> None:
        catalog = sqlite3.connect(lab.stack.home / "catalog.db", isolation_level=None)
        while True:
            await asyncio.sleep(LOOK)
            asked = f"SELECT id FROM edits WHERE status IS NOT NULL AND id IN ({','.join('?' * len(waiting))})"  # noqa: S608
            for (edit_id,) in catalog.execute(asked, list(waiting)).fetchall():
                waiting[edit_id].set()

    async def wait(_line: Line, edit_id: str) -> None:
        event = waiting.setdefault(edit_id, asyncio.Event())
        await event.wait()
        del waiting[edit_id]

    looking = asyncio.create_task(look())
    try:
        yield wait
    finally:
        looking.cancel()
        await asyncio.wait({looking})


def main() -> int:
    # Beside the code, not in the system's temporary folder: that may be memory.
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT) as home, open_lab(Path(home)) as lab:
        _, document, instructions = forms()[0]
        bodies = [_background(document, varied(instructions, number)) for number in range(EACH)]
        asyncio.run(half(lab, bodies, None))  # warm: fonts, connections, caches
        poll = asyncio.run(one_poll(lab, bodies[0]))
        for interval in INTERVALS:
            share = CLIENTS / interval * poll / CORES
            print(
                f"a poll every {interval:g} s: {poll * 1000:.2f} ms of CPU each, {share:.0%} of {CORES} cores",
                flush=True,
            )
            polled, left_alone = [], []
            for _ in range(ROUNDS):
                polled.append(asyncio.run(half(lab, bodies, interval)))
                left_alone.append(asyncio.run(half(lab, bodies, None)))
            _print(interval, polled, left_alone)
    return 0


def _background(document: bytes, instructions: str) -> bytes:
    form = {"filename": "form.pdf", "url": data_url(document)}
    return json.dumps({"document": form, "instructions": instructions, "background": True}).encode()


def _print(interval: float, polled: list[Seen], left_alone: list[Seen]) -> None:
    speed = ratios([each.per_second for each in polled], [each.per_second for each in left_alone])
    cpu = ratios([each.cpu for each in left_alone], [each.cpu for each in polled])
    polls = [took for each in polled for took in each.polls]
    creates = [took for each in polled for took in each.creates]
    rounds = [f"{one.per_second:.1f}/{other.per_second:.1f}" for one, other in zip(polled, left_alone, strict=True)]
    print(
        f"{CLIENTS} clients, a poll every {interval:g} s ({len(polls) / ROUNDS / SECONDS:.0f}/s): {speed}x the edits a"
        f" second without polling, by CPU {cpu}x (goal {LEAST}x; {', '.join(rounds)})\n  polls {_times(polls)}; creates"
        f" {_times(creates)} (goal: none over {SLOWEST * 1000:g} ms)",
        flush=True,
    )


def _times(took: list[float]) -> str:
    p50, p95, most = (percentile(took, percent) * 1000 for percent in (50, 95, 100))
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, most {most:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())

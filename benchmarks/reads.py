"""What the status of an edit costs to read, beside a bare FastAPI route that does one SQLite read."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.cancels import start_long_edit
from benchmarks.edits import create, forms, upload_body
from benchmarks.lab import Lab, checked, headers
from dev.errors import PromiseBroken

ROUNDS = 5
PAIRS = 200  # in one round: one to two seconds, within those of the edit in flight
WARM = 50


@dataclass(frozen=True, slots=True)
class Reads:
    """Seconds of each request in one round. `kind`: of a finished edit, of one in flight, with its worker frozen."""

    kind: str
    ours: list[float]
    bare: list[float]


class Reader:
    """Reads one edit's status from both, in turn, by a client so plain that it costs less than either."""

    def __init__(self, lab: Lab, edit_id: str) -> None:
        self._gateway = http.client.HTTPConnection("127.0.0.1", lab.gateway_port)
        self._route = http.client.HTTPConnection("127.0.0.1", lab.route_port)
        self._path = f"/v1/edits/{edit_id}?include_output=false"
        self._bare_path = f"/{edit_id}"

    def close(self) -> None:
        self._gateway.close()
        self._route.close()

    def pairs(self, kind: str, statuses: set[str], count: int) -> Reads:
        """Raises PromiseBroken for another status: then it was not what it was meant to measure."""
        reads = Reads(kind, [], [])
        for _ in range(count):
            status, seconds = _timed(self._gateway, self._path)
            if status not in statuses:
                raise PromiseBroken(f"An edit to be read {kind} is {status}; raise FIELDS.")
            reads.ours.append(seconds)
            reads.bare.append(_timed(self._route, self._bare_path)[1])
        return reads


async def measure_reads(lab: Lab) -> list[Reads]:
    reads = []
    async with lab.http() as client:
        _, document, instructions = forms()[0]
        finished = await create(client, upload_body(document, instructions))
        await asyncio.to_thread(_read, lab, finished["id"], "warm", {"completed"}, WARM)
        for _ in range(ROUNDS):
            reads.append(await asyncio.to_thread(_read, lab, finished["id"], "finished", {"completed"}, PAIRS))
            running = await start_long_edit(client)
            reads.append(await asyncio.to_thread(_read, lab, running, "in flight", {"in_progress"}, PAIRS))
            with _frozen(lab):
                reads.append(await asyncio.to_thread(_read, lab, running, "in flight, quiet", {"in_progress"}, PAIRS))
            checked(await client.post(f"/v1/edits/{running}/cancel"), 200)
    return reads


@contextlib.contextmanager
def _frozen(lab: Lab) -> Iterator[None]:
    """An edit in flight without a core spent on it: on a busy machine waiting for a core hides what a read costs."""
    assert lab.stack.worker is not None
    lab.stack.worker.freeze()
    try:
        yield
    finally:
        lab.stack.worker.thaw()


def _read(lab: Lab, edit_id: str, kind: str, statuses: set[str], count: int) -> Reads:
    reader = Reader(lab, edit_id)
    try:
        return reader.pairs(kind, statuses, count)
    finally:
        reader.close()


def _timed(connection: http.client.HTTPConnection, path: str) -> tuple[str, float]:
    began = time.perf_counter()
    connection.request("GET", path, headers=headers())
    body = connection.getresponse().read()
    seconds = time.perf_counter() - began
    return str(json.loads(body)["status"]), seconds

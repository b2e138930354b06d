"""`python -m benchmarks.requests` (`make bench-requests`): requests a second, beside a bare route that reads one row.

Status reads and cancels of an edit that has ended, over a few connections that are kept open, in alternate rounds.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.edits import create, forms, upload_body
from benchmarks.figures import ratios
from benchmarks.lab import KEY, Lab, checked, open_lab
from dev.errors import PromiseBroken
from dev.stack import ROOT

CONNECTIONS = 4
ROUNDS = 7
SECONDS = 3.0  # of one round
GOAL = 0.5


@dataclass(frozen=True, slots=True)
class Rate:
    """`cpu`: milliseconds of the server's for one request; others on the machine do not change it much."""

    per_second: float
    cpu: float


def rate(port: int, pid: int, request: bytes) -> Rate:
    """Each connection sends its next request when it is answered with 200."""
    server = psutil.Process(pid)
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    with selectors.DefaultSelector() as ready:
        for line in lines:
            ready.register(line, selectors.EVENT_READ)
            line.sendall(request)
        answered, began, before = 0, time.perf_counter(), _cpu(server)
        while time.perf_counter() - began < SECONDS:
            for key, _ in ready.select():
                assert isinstance(key.fileobj, socket.socket)
                _read_answer(key.fileobj)
                key.fileobj.sendall(request)
                answered += 1
        took, cpu = time.perf_counter() - began, _cpu(server) - before
    for line in lines:
        line.close()
    return Rate(answered / took, cpu * 1000 / answered)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _read_answer(line: socket.socket) -> None:
    got = line.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    if b" 200 " not in head[:20]:
        raise PromiseBroken(f"Answered with {head[:200]!r}")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += line.recv(1_000_000)


def _request(method: str, path: str) -> bytes:
    return f"{method} {path} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {KEY}\r\n\r\n".encode()


async def _ended(lab: Lab) -> dict[str, str]:
    """Ids of a completed edit and of a cancelled one."""
    _, document, instructions = forms()[0]
    async with lab.http() as http:
        completed = await create(http, upload_body(document, instructions))
        failed = {"document": {"filename": "no.pdf", "url": "data:application/pdf;base64,JVBERi0xLjcK"}}
        body = failed | {"instructions": "name: Ada", "background": True}
        cancelled = checked(await http.post("/v1/edits", json=body), 201)
        while True:
            answer = checked(await http.post(f"/v1/edits/{cancelled['id']}/cancel"), 200)
            if answer["status"] in {"cancelled", "failed"}:
                return {"completed": completed["id"], "without output": cancelled["id"]}


def main() -> int:
    # Beside the code, not in the system's temporary folder: that may be memory.
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=ROOT) as home, open_lab(Path(home)) as lab:
        ids = asyncio.run(_ended(lab))
        kinds = {
            "status-only GET": _request("GET", f"/v1/edits/{ids['completed']}?include_output=false"),
            "cancel, ended without output": _request("POST", f"/v1/edits/{ids['without output']}/cancel"),
            "cancel, completed (document sent)": _request("POST", f"/v1/edits/{ids['completed']}/cancel"),
        }
        gateway = next(process.pid for process in lab.stack.processes if process.name == "gateway")
        bare = _request("GET", f"/{ids['completed']}")
        for kind, request in kinds.items():
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(rate(lab.gateway_port, gateway, request))
                theirs.append(rate(lab.route_port, lab.route_pid, bare))
            _print(kind, ours, theirs)
    return 0


def _print(kind: str, ours: list[Rate], bare: list[Rate]) -> None:
    def middle(values: list[float]) -> float:
        return sorted(values)[len(values) // 2]

    speed = ratios([each.per_second for each in ours], [each.per_second for each in bare])
    cpu = ratios([each.cpu for each in bare], [each.cpu for each in ours])
    print(
        f"{kind:36} {middle([each.per_second for each in ours]):5.0f}/s, bare "
        f"{middle([each.per_second for each in bare]):5.0f}/s: {speed}x (goal {GOAL}x); by CPU "
        f"{middle([each.cpu for each in ours]):.2f} ms, bare {middle([each.cpu for each in bare]):.2f} ms: {cpu}x",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())

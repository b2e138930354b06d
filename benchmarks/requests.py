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
from pathlib import Path

from benchmarks.edits import create, forms, upload_body
from benchmarks.figures import ratios
from benchmarks.lab import KEY, Lab, checked, open_lab
from dev.errors import PromiseBroken
from dev.stack import ROOT

CONNECTIONS = 4
ROUNDS = 7
SECONDS = 3.0  # of one round
GOAL = 0.5


def per_second(port: int, request: bytes) -> float:
    """How many of these are answered with 200 in a second, each connection sending its next one when it is answered."""
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    with selectors.DefaultSelector() as ready:
        for line in lines:
            ready.register(line, selectors.EVENT_READ)
            line.sendall(request)
        answered, began = 0, time.perf_counter()
        while time.perf_counter() - began < SECONDS:
            for key, _ in ready.select():
                assert isinstance(key.fileobj, socket.socket)
                _read_answer(key.fileobj)
                key.fileobj.sendall(request)
                answered += 1
        took = time.perf_counter() - began
    for line in lines:
        line.close()
    return answered / took


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
        bare = _request("GET", f"/{ids['completed']}")
        for kind, request in kinds.items():
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(per_second(lab.gateway_port, request))
                theirs.append(per_second(lab.route_port, bare))
            ratio = ratios(ours, theirs)
            print(f"{kind:36} {sorted(ours)[ROUNDS // 2]:6.0f}/s  bare {sorted(theirs)[ROUNDS // 2]:6.0f}/s  {ratio}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())

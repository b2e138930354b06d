"""Start the Temporal dev server as this project wants it: file-backed without the usual cost, and quick on its feet."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import httpx

from dev.errors import NotReady
from dev.processes import POLL, Process, free_ports, start

START = 60.0  # seconds until it must answer: about 1 s, the first time after a reboot rather more
# Measured on 2 cores: one step 150 -> 28 ms. The task processors poll 20 times a second unless told otherwise.
DYNAMIC_CONFIG = (
    "history.transferProcessorMaxPollRPS=1000",
    "history.visibilityProcessorMaxPollRPS=1000",
    "history.timerProcessorMaxPollRPS=1000",
    "system.enableActivityEagerExecution=true",
    # Organizations that have edits waiting take turns; a dev server keeps to it with one partition for each queue.
    "matching.enableFairness=true",
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
)
# Without them a file costs 2.2 times the CPU; with them kill -9 lost nothing.
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")


def start_server(binary: Path, *, db: Path | None, port: int, ui_port: int | None, log: Path) -> Process:
    """Start it on 127.0.0.1 and wait until the `default` namespace answers.

    `db`: its SQLite file; None keeps everything in memory. `ui_port`: None for no UI. Raises ProcessDied, NotReady.
    """
    if db is not None:
        db.parent.mkdir(parents=True, exist_ok=True)
    [http_port] = free_ports(1)
    command = [str(binary), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port)]
    command += ["--http-port", str(http_port), "--log-level", "warn"]
    command += ["--headless"] if ui_port is None else ["--ui-port", str(ui_port)]
    for value in DYNAMIC_CONFIG:
        command += ["--dynamic-config-value", value]
    if db is not None:
        command += ["--db-filename", str(db)]
        for pragma in PRAGMAS:
            command += ["--sqlite-pragma", pragma]
    server = start("Temporal server", command, log=log)
    try:
        _wait(server, port, http_port)
    except BaseException:
        server.kill()
        raise
    return server


def _wait(server: Process, port: int, http_port: int) -> None:
    end = time.monotonic() + START
    while not (_listens(port) and _has_namespace(http_port)):
        server.check()
        if time.monotonic() > end:
            raise NotReady(f"The Temporal server did not answer within {START:g} s. Its log ends:\n{server.tail()}")
        time.sleep(POLL)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _has_namespace(http_port: int) -> bool:
    try:
        answer = httpx.get(f"http://127.0.0.1:{http_port}/api/v1/namespaces/default", timeout=2, trust_env=False)
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.OK

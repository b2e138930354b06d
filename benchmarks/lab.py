"""Everything that is measured, on one Temporal server: the service as deployed, and its bare counterparts."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from benchmarks.bare_worker import READY
from benchmarks.cpu import Meter
from dev.errors import NotReady, PromiseBroken
from dev.processes import POLL, Process, free_ports, is_free, start
from dev.stack import GRACE, ROOT, Stack

KEY = "key-of-the-benchmarks"
BARE_QUEUE = "bare"
START = 60.0  # seconds
# Idle ones are closed here before the gateway does, or a request may meet the close.
CONNECTIONS = httpx.Limits(max_connections=None, keepalive_expiry=2.0)
ANSWER = 60.0  # seconds for one call


@dataclass(frozen=True)
class Lab:
    stack: Stack
    edit_meter: Meter
    bare_meter: Meter
    gateway_port: int
    route_port: int
    route_pid: int

    async def temporal(self) -> Client:
        """Connected as the gateway is."""
        return await Client.connect(self.stack.temporal_address, data_converter=pydantic_data_converter)

    def http(self) -> httpx.AsyncClient:
        return open_client(self.stack)

    @contextlib.contextmanager
    def another_worker(self) -> Iterator[Process]:
        """One more beside the stack's own, or in its place; ready when it is given, drained behind it."""
        command = [sys.executable, "worker.py"]
        log = self.stack.home / "logs" / f"worker-{time.monotonic_ns()}.log"
        worker = start("another worker", command, log=log, env=self.stack.env, cwd=ROOT)
        try:
            worker.wait_for_line("worker ready", START)
            yield worker
        finally:
            worker.stop(GRACE)


def open_client(stack: Stack) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=stack.url, headers=headers(), timeout=ANSWER, limits=CONNECTIONS, trust_env=False)


def headers() -> dict[str, str]:
    return {"authorization": f"Bearer {KEY}", "content-type": "application/json"}


def checked(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The body; raises PromiseBroken for another status than wanted: an error is no fast answer."""
    if answer.status_code != status:
        raise PromiseBroken(f"Answered with {answer.status_code}, not {status}: {answer.text[:300]}")
    body: dict[str, Any] = answer.json()
    return body


@contextlib.contextmanager
def open_lab(home: Path) -> Iterator[Lab]:
    """State under `home`. Never on a Temporal server of somebody else's: its CPU could not be read."""
    temporal_port, gateway_port, route_port = free_ports(3)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("EDITS_", "TEMPORAL_"))}
    env |= {"EDITS_API_KEYS": f"benchmarks:{KEY}"}
    stack = Stack(home, temporal_port=temporal_port, ui_port=None, gateway_port=gateway_port, env=env)
    with stack, contextlib.ExitStack() as bare:
        worker = _start(stack, "bare_worker", stack.temporal_address, BARE_QUEUE)
        bare.callback(worker.kill)
        route = _start(stack, "bare_route", f"sqlite+aiosqlite:///{home / 'catalog.db'}", str(route_port))
        bare.callback(route.kill)
        worker.wait_for_line(READY, START)
        _wait_for_port(route, route_port)
        pids = {process.name: process.pid for process in stack.processes}
        server = pids["Temporal server"]
        yield Lab(
            stack,
            Meter(server=server, worker=pids["worker"], caller=pids["gateway"]),
            Meter(server=server, worker=worker.pid),
            gateway_port,
            route_port,
            route.pid,
        )


def _start(stack: Stack, module: str, *arguments: str) -> Process:
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    return start(module, command, log=stack.home / "logs" / f"{module}.log", env=stack.env, cwd=ROOT)


def _wait_for_port(process: Process, port: int) -> None:
    end = time.monotonic() + START
    while is_free(port):
        process.check()
        if time.monotonic() > end:
            raise NotReady(f"{process.name} did not listen within {START:g} s. Its log ends:\n{process.tail()}")
        time.sleep(POLL)

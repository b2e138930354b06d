"""What a storm runs on: real processes that it starts itself, and the stores they share.

As everywhere: TEMPORAL_ADDRESS, EDITS_CATALOG_URL and EDITS_BLOBS_URL name what is there already (then the storm leaves
it alone but for its workers and gateways); what is not named is started or made in a folder of the storm's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import os
import queue
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig

from dev.processes import Process, is_free, start
from dev.temporal_binary import find_server
from dev.temporal_server import start_server
from durable_edits.payloads import data_converter
from durable_edits.runs import connect
from durable_edits.settings import Settings

ROOT = Path(__file__).parents[2]
KEY = "key-of-the-storm"
MARK = "EDITS_STORM"  # in the environment of every process of a storm: none of them may be left
GRACE = 10.0
SECONDS_TO_START = 10.0
SHARED = ("EDITS_CATALOG_URL", "EDITS_BLOBS_URL", "EDITS_PAYLOAD_KEYS")
READY_SECONDS = 90.0


class Member:
    """One process of the stack, which comes back as often as it is ended."""

    def __init__(self, name: str, begin: Callable[[], Process]) -> None:
        self.name = name
        self._begin = begin
        self.process = begin()
        self._began = time.monotonic()

    @property
    def role(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def ended(self) -> bool:
        return self.process.exit_code is not None

    @property
    def is_new(self) -> bool:
        """Before its signal handlers stand, SIGTERM ends a process as it ends any."""
        return time.monotonic() - self._began < SECONDS_TO_START

    def drain(self) -> None:
        os.kill(self.process.pid, signal.SIGTERM)

    def again(self) -> None:
        self.process.kill()  # whatever it left
        self.process, self._began = self._begin(), time.monotonic()


@dataclass
class Stack:
    home: Path
    workers: int
    gateways: int
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    members: list[Member] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    orders: queue.Queue[tuple[Callable[[], None], Future[None]]] = field(default_factory=queue.Queue)
    name: str = field(default_factory=lambda: f"storm-{secrets.token_hex(4)}")

    def __enter__(self) -> Stack:
        self.home.mkdir(parents=True, exist_ok=True)
        self.binary = find_server(self.environ, lambda _: None)
        self.temporal = self.environ.get("TEMPORAL_ADDRESS", "")
        try:
            if not self.temporal:
                [port] = steady_ports(1)
                self.temporal = f"127.0.0.1:{port}"
                self.members.append(Member("server", functools.partial(self._server, port)))
            for number, port in enumerate(steady_ports(self.gateways)):
                self.urls.append(f"http://127.0.0.1:{port}")
                self.members.append(Member(f"gateway {number}", functools.partial(self._gateway, port, number)))
            for number in range(self.workers):
                self.members.append(Member(f"worker {number}", functools.partial(self._worker, number)))
            self.wait_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for member in self.members:
            member.process.kill()

    @property
    def settings(self) -> Settings:
        """As the processes have them."""
        own = {name: value for name, value in self._env.items() if name.startswith("EDITS_")}
        return Settings.model_validate({name.removeprefix("EDITS_").lower(): value for name, value in own.items()})

    async def client(self) -> Client:
        quiet = Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter="OFF")))
        if self.environ.get("TEMPORAL_ADDRESS"):
            return await connect(self.settings.encryption, quiet)
        return await Client.connect(self.temporal, data_converter=data_converter([]), runtime=quiet)

    async def in_main_thread(self, work: Callable[[], None]) -> None:
        """Where processes are started; the event loop has a thread of its own."""
        done: Future[None] = Future()
        self.orders.put((work, done))
        await asyncio.wrap_future(done)

    def obey(self, until: Future[Any]) -> None:
        """In the main thread: do what is ordered, until the event loop's work is done."""
        while not until.done():
            with contextlib.suppress(queue.Empty):
                work, done = self.orders.get(timeout=0.1)
                try:
                    work()
                except BaseException as error:
                    done.set_exception(error)
                else:
                    done.set_result(None)

    @property
    def organization(self) -> str:
        return self.name

    def of(self, role: str) -> list[Member]:
        return [member for member in self.members if member.role == role]

    def wait_ready(self) -> None:
        for member in self.of("worker"):
            wait_for_start(member.process)
        for url in self.urls:
            wait_until(functools.partial(_listens, url), READY_SECONDS, f"nothing listens at {url}")

    def drain(self) -> dict[str, int]:
        """Everything is asked to end; the exit codes."""
        return {member.name: member.process.stop(3 * GRACE) for member in reversed(self.members)}

    def left_over(self) -> list[str]:
        """Processes of this storm that live after it: none of its members is theirs to outlive."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.name and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(f"{process.pid}: {' '.join(process.cmdline())[:100]}")
            except psutil.Error:
                continue
        return found

    @property
    def _env(self) -> dict[str, str]:
        theirs = self.environ.get("TEMPORAL_ADDRESS")
        kept = {
            name: value
            for name, value in self.environ.items()
            if name in SHARED
            or not name.startswith(("EDITS_", "TEMPORAL_"))
            or (theirs and name.startswith("TEMPORAL_"))
        }
        return kept | {
            MARK: self.name,
            "TEMPORAL_ADDRESS": self.temporal,
            "EDITS_HOME": str(self.home),
            "EDITS_API_KEYS": f"{self.organization}:{KEY}",
            "EDITS_TASK_QUEUE": self.name,
            "EDITS_PDF_SLOTS": "1",
            "EDITS_GRACE": str(GRACE),
            "EDITS_LOG_LEVEL": "WARNING"
            if self.environ.get("EDITS_LOG_LEVEL") is None
            else self.environ["EDITS_LOG_LEVEL"],
            "PYTHONPATH": str(ROOT),
        }

    def _worker(self, number: int) -> Process:
        env = self._env | {"EDITS_LOG_LEVEL": "INFO"}
        return start("worker", [sys.executable, "worker.py"], log=self.home / f"worker-{number}.log", env=env, cwd=ROOT)

    def _gateway(self, port: int, number: int) -> Process:
        env = self._env | {"EDITS_PORT": str(port)}
        command = [sys.executable, "-m", "gateway"]
        return start("gateway", command, log=self.home / f"gateway-{number}.log", env=env, cwd=ROOT)

    def _server(self, port: int) -> Process:
        log, database = self.home / "temporal.log", self.home / "temporal.db"
        return start_server(self.binary, db=database, port=port, ui_port=None, log=log)


def wait_for_start(process: Process) -> None:
    process.wait_for_line("worker ready", READY_SECONDS)


def wait_until(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{otherwise} within {seconds:g} s")
        time.sleep(0.05)


def steady_ports(count: int) -> list[int]:
    """Free ports that no connection is given: who connects again and again to one of those, while nobody listens there,
    at last gets it as its own end, connects to itself, and keeps the port from whoever comes back."""
    return list(itertools.islice(filter(is_free, _picked_ports()), count))


def _picked_ports() -> Iterator[int]:
    while True:
        yield 15_000 + secrets.randbelow(17_000)


def _listens(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True

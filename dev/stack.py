"""The whole service on this machine: Temporal server, worker and gateway, up together and down together."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from dev.errors import NotReady
from dev.processes import POLL, Process, start
from dev.temporal_binary import find_server
from dev.temporal_server import start_server

ROOT = Path(__file__).parent.parent
READY = 60.0  # seconds until worker and gateway must answer: about 3 s on 2 cores
GRACE = 40.0  # seconds of draining before a process is killed; more than EDITS_GRACE, which is 30


class Stack:
    """`with Stack(...) as stack:` starts everything and waits until it answers; on the way out all is taken down.

    `env` is what worker and gateway get beside the places named here. A TEMPORAL_ADDRESS in it means a server that
    somebody else runs: then none is started. `ui_port` None: no Temporal UI. `copies` of worker and gateway, the
    gateways at ports from `gateway_port` on. Raises a StackError.
    """

    def __init__(
        self,
        home: Path,
        *,
        temporal_port: int,
        ui_port: int | None,
        gateway_port: int,
        env: Mapping[str, str],
        copies: int = 1,
    ) -> None:
        self.home = home.absolute()
        self.binary: Path | None = None
        self.server: Process | None = None
        self.worker: Process | None = None
        self.gateway: Process | None = None
        self.copies: list[Process] = []
        self._temporal_port = temporal_port
        self._ui_port = ui_port
        self._gateway_ports = [gateway_port + number for number in range(copies)]
        self._external = env.get("TEMPORAL_ADDRESS")
        self.env = dict(env) if self._external else _without_temporal(env)
        self.env |= {"TEMPORAL_ADDRESS": self.temporal_address, "EDITS_HOME": str(self.home)}
        self.env |= {"EDITS_HOST": "127.0.0.1", "EDITS_PORT": str(gateway_port)}

    @property
    def url(self) -> str:
        return self.urls[0]

    @property
    def urls(self) -> list[str]:
        """Of every gateway."""
        return [f"http://127.0.0.1:{port}" for port in self._gateway_ports]

    @property
    def temporal_address(self) -> str:
        return self._external or f"127.0.0.1:{self._temporal_port}"

    @property
    def ui_url(self) -> str | None:
        """None for a server that is not ours: it knows where its UI is."""
        return None if self._external or self._ui_port is None else f"http://127.0.0.1:{self._ui_port}"

    @property
    def processes(self) -> list[Process]:
        """In the order in which they drain: no new work, then no work, then nothing."""
        return [*self._named("gateway"), *self._named("worker"), *([self.server] if self.server else [])]

    def __enter__(self) -> Self:
        try:
            if self._external is None:
                self.server = self._start_server()
            self.worker = self._start_python("worker", "worker.py")
            self.gateway = self._start_python("gateway", "-m", "gateway")
            for number, port in enumerate(self._gateway_ports[1:], start=2):
                self.copies.append(self._start_python(f"worker-{number}", "worker.py"))
                self.copies.append(self._start_python(f"gateway-{number}", "-m", "gateway", EDITS_PORT=str(port)))
            for url, gateway in zip(self.urls, self._named("gateway"), strict=True):
                _wait_for_gateway(gateway, url)
            for worker in self._named("worker"):
                worker.wait_for_line("worker ready", READY)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> dict[str, int]:
        """Drain and end everything; the exit code of each process by its name."""
        return {process.name: process.stop(GRACE) for process in self.processes}

    def check(self) -> None:
        """Raises ProcessDied, with the end of its log, if one of them has ended."""
        for process in self.processes:
            process.check()

    def _start_server(self) -> Process:
        self.binary = find_server()
        db, log = self.home / "temporal.db", self._log("temporal")
        return start_server(self.binary, db=db, port=self._temporal_port, ui_port=self._ui_port, log=log)

    def _start_python(self, name: str, *arguments: str, **settings: str) -> Process:
        return start(name, [sys.executable, *arguments], log=self._log(name), env=self.env | settings, cwd=ROOT)

    def _named(self, kind: str) -> list[Process]:
        started = (self.worker, self.gateway, *self.copies)
        return [each for each in started if each is not None and each.name.startswith(kind)]

    def _log(self, name: str) -> Path:
        """A fresh log: what the last run said would pass for what this one says."""
        log = self.home / "logs" / f"{name}.log"
        log.unlink(missing_ok=True)
        return log


def _wait_for_gateway(gateway: Process, url: str) -> None:
    end = time.monotonic() + READY
    while not _is_ready(url):
        gateway.check()
        if time.monotonic() > end:
            raise NotReady(f"The gateway was not ready within {READY:g} s. Its log ends:\n{gateway.tail()}")
        time.sleep(POLL)


def _is_ready(url: str) -> bool:
    try:
        answer = httpx.get(f"{url}/readyz", timeout=5, trust_env=False)
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.OK


def _without_temporal(env: Mapping[str, str]) -> dict[str, str]:
    """Without the namespace, key or profile of another server: ours knows none of them."""
    kept = {name: value for name, value in env.items() if not name.startswith("TEMPORAL_")}
    return {**kept, "TEMPORAL_CONFIG_FILE": os.devnull}

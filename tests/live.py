"""Real processes for tests: workers and gateways on one Temporal server, one catalog and one object store."""

from __future__ import annotations

import base64
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from dev.processes import Process, free_ports, start

ROOT = Path(__file__).parent.parent
KEY, OTHER_KEY = "key-of-acme", "key-of-beta"
READY_SECONDS = 60.0
TERMINAL = {"completed", "failed", "cancelled"}


@dataclass
class Live:
    """Starts `python worker.py` and `python -m gateway` as an operator would, by environment alone."""

    home: Path
    temporal: str
    settings: dict[str, str] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)
    gateways: list[Gateway] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("EDITS_", "TEMPORAL_"))}
        own = {
            "TEMPORAL_ADDRESS": self.temporal,
            "EDITS_HOME": str(self.home),
            "EDITS_API_KEYS": f"acme:{KEY},beta:{OTHER_KEY}",
            "EDITS_PDF_SLOTS": "1",
            "EDITS_GRACE": "10",
            "PYTHONPATH": str(ROOT),
        }
        return inherited | own | self.settings

    def worker(self, *, wait: bool = True, **settings: str) -> Process:
        process = self.python("worker", "worker.py", **settings)
        if wait:
            process.wait_for_line("worker ready", READY_SECONDS)
        return process

    def gateway(self, **settings: str) -> Gateway:
        [port] = free_ports(1)
        process = self.python("gateway", "-m", "gateway", **{"EDITS_PORT": str(port)} | settings)
        gateway = Gateway(process, f"http://127.0.0.1:{port}")
        self.gateways.append(gateway)
        gateway.wait_ready()
        return gateway

    def python(self, name: str, *arguments: str, **settings: str) -> Process:
        log = self.home / f"{name}-{len(self.processes)}.log"
        process = start(name, [sys.executable, *arguments], log=log, env=self.env | settings, cwd=ROOT)
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for gateway in self.gateways:
            gateway.close()
        for process in self.processes:
            process.kill()


class Gateway:
    """A running gateway and a client that speaks to it with a valid key."""

    def __init__(self, process: Process, url: str, key: str = KEY) -> None:
        self.process = process
        self.url = url
        self._clients: list[httpx.Client] = []
        self.http = self.client(key)

    def client(self, key: str | None) -> httpx.Client:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)
        self._clients.append(client)
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def wait_ready(self) -> None:
        def ready() -> bool:
            self.process.check()
            try:
                return httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).status_code == 200
            except httpx.TransportError:
                return False

        until(ready, READY_SECONDS)

    def create(self, document: bytes | dict[str, str], instructions: str, **body: Any) -> httpx.Response:
        """POST /v1/edits, in the background unless `body` says otherwise."""
        named = inline(document) if isinstance(document, bytes) else document
        wanted = {"document": named, "instructions": instructions, "background": True} | body
        return self.http.post("/v1/edits", json=wanted)

    def start(self, document: bytes | dict[str, str], instructions: str, **body: Any) -> str:
        response = self.create(document, instructions, **body)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def get(self, edit_id: str, **query: str) -> dict[str, Any]:
        response = self.http.get(f"/v1/edits/{edit_id}", params=query)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def page(self, **query: Any) -> dict[str, Any]:
        """GET /v1/edits."""
        response = self.http.get("/v1/edits", params=query)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def cancel(self, edit_id: str) -> dict[str, Any]:
        response = self.http.post(f"/v1/edits/{edit_id}/cancel")
        assert response.status_code == 200, response.text
        return dict(response.json())

    def status(self, edit_id: str) -> str:
        return str(self.get(edit_id, include_output="false")["status"])

    def wait(self, edit_id: str, wanted: str | None = None, seconds: float = 60) -> dict[str, Any]:
        """Until the edit has the status, or any final one."""
        until(lambda: self.status(edit_id) in ({wanted} if wanted else TERMINAL), seconds)
        return self.get(edit_id)


def inline(document: bytes, filename: str = "form.pdf") -> dict[str, str]:
    return {"filename": filename, "url": f"data:application/pdf;base64,{base64.b64encode(document).decode()}"}


def until(condition: Callable[[], bool], seconds: float, every: float = 0.02) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds:g} s"
        time.sleep(every)

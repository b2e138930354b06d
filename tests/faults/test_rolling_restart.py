"""A deploy under load: every worker and every gateway is replaced, and no client notices more than a cut connection."""

from __future__ import annotations

import itertools
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import pytest

from tests.forms import many_fields_form, many_values
from tests.live import KEY, Live, inline, until

FORM, INSTRUCTIONS = inline(many_fields_form(60)), many_values(60)
CLIENTS = 3
GRACE = 20.0
TRIES = 8  # of a request whose connection was cut, at the next gateway


@dataclass
class Load:
    """Clients that create edits, at once and in the background, and read them, without a pause."""

    gateways: list[str]
    edits: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    cut: int = 0
    stopped: bool = False

    def run(self) -> None:
        for number in itertools.count():
            if self.stopped:
                return
            body = {"document": FORM, "instructions": INSTRUCTIONS, "background": number % 3 != 0}
            edit = self._asked("POST", "/v1/edits", body)
            if edit is not None:
                self.edits.add(edit["id"])
                self._asked("GET", f"/v1/edits/{edit['id']}?include_output=false")

    def _asked(self, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, str] | None:
        headers = {"authorization": f"Bearer {KEY}", "idempotency-key": str(uuid4())}
        for number in range(TRIES):
            gateway = self.gateways[number % len(self.gateways)]
            try:
                answer = httpx.request(
                    method, f"{gateway}{path}", json=body, headers=headers, timeout=60, trust_env=False
                )
            except httpx.TransportError:
                self.cut += 1
                time.sleep(0.1)
                continue
            if answer.is_success:
                return dict(answer.json())
            self.failed.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            return None
        self.failed.append(f"{method} {path}: no gateway took it")
        return None


@contextmanager
def under_load(load: Load) -> Iterator[None]:
    clients = [threading.Thread(target=load.run) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        load.stopped = True
        for client in clients:
            client.join()


def roll(live: Live, load: Load) -> list[int]:
    """Replace every process, one after the other: the new one first. The exit codes of the old ones."""
    codes = []
    for old in live.gateways[-2:]:
        new = live.gateway()
        load.gateways = [each for each in load.gateways if each != old.url] + [new.url]
        codes.append(old.process.stop(GRACE + 10))
    for worker in [each for each in live.processes if each.name == "worker"][-2:]:
        live.worker()
        codes.append(worker.stop(GRACE + 10))
    return codes


@pytest.mark.parametrize("rolls", [1, pytest.param(6, marks=pytest.mark.long)])
@pytest.mark.timeout(900)
def test_a_rolling_restart_of_everything_fails_no_request_and_no_edit(live: Live, rolls: int) -> None:
    live.settings["EDITS_GRACE"] = str(GRACE)
    load = Load([live.gateway().url, live.gateway().url])
    for _ in range(2):
        live.worker()

    with under_load(load):
        until(lambda: len(load.edits) > CLIENTS, 60)
        codes = [code for _ in range(rolls) for code in roll(live, load)]

    gateway = live.gateways[-1]
    ended = {edit_id: gateway.wait(edit_id)["status"] for edit_id in load.edits}
    print(f"{len(load.edits)} edits, {load.cut} connections cut, exit codes {codes}")
    assert load.failed == []
    assert set(ended.values()) == {"completed"}
    assert codes == [0] * 4 * rolls
    with closing(sqlite3.connect(live.home / "catalog.db")) as catalog:
        [[made]] = catalog.execute("SELECT count(*) FROM edits")
    assert made == len(load.edits)  # a request that was sent again made nothing twice

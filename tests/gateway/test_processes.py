"""The deployed gateway: is it up, is it ready, does it drain, and what do its log and the worker's tell."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from dev.errors import ProcessDied
from dev.processes import Process, free_ports
from tests.forms import many_fields_form, many_values, text_form
from tests.live import KEY, Gateway, Live, inline, until

FORM = text_form(["name"])


class InBackground(threading.Thread):
    """A call that takes its time; `result()` waits for it."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__()
        self._call = call
        self._outcome: Any = None
        self.start()

    def run(self) -> None:
        try:
            self._outcome = self._call()
        except httpx.HTTPError as error:
            self._outcome = error

    def result(self) -> Any:
        self.join()
        return self._outcome


# Up and ready


def test_a_running_gateway_is_up_and_ready(gateway: Gateway) -> None:
    assert gateway.http.get("/healthz").json() == {"status": "ok"}
    assert gateway.http.get("/readyz").json() == {"status": "ready"}


def test_a_gateway_without_temporal_is_up_but_not_ready_until_it_is_back(
    live: Live, own_temporal: Callable[[], Process]
) -> None:
    server = own_temporal()
    gateway = live.gateway()
    closed, running = gateway.start(FORM, "name: Ada"), gateway.start(FORM, "name: Ada")
    gateway.cancel(closed)
    server.kill()

    answer = gateway.http.get("/readyz")
    detail = answer.json()["detail"]
    assert (answer.status_code, detail["code"], answer.headers["retry-after"]) == (503, "temporal_unavailable", "1")
    assert detail["message"]
    assert gateway.http.get("/healthz").status_code == 200

    assert gateway.get(closed)["status"] == "cancelled"
    read = InBackground(lambda: gateway.http.get(f"/v1/edits/{running}"))
    own_temporal()
    until(lambda: gateway.http.get("/readyz").status_code == 200, 30)
    assert read.result().json()["status"] == "pending"  # a restart that is over within 10 s fails no read


def test_a_gateway_that_finds_no_temporal_at_its_start_ends_and_says_where_it_looked(live: Live) -> None:
    [port] = free_ports(1)
    live.temporal = f"127.0.0.1:{port}"

    with pytest.raises(ProcessDied, match=f"Temporal does not answer at 127.0.0.1:{port}; check TEMPORAL_ADDRESS"):
        live.gateway()
    assert live.processes[0].exit_code not in {0, None}


def test_a_certificate_that_is_not_there_is_named_at_the_start(live: Live, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")

    with pytest.raises(ProcessDied, match=r"CRITICAL gateway Temporal's settings cannot be used.*missing.pem"):
        live.gateway(TEMPORAL_TLS_CLIENT_CERT_PATH=missing, TEMPORAL_TLS_CLIENT_KEY_PATH=missing)


# The end


def test_sigterm_lets_a_running_request_end_and_exits_0(live: Live) -> None:
    gateway = live.gateway()
    live.worker()
    document = inline(many_fields_form(1_500), "long.pdf")
    waiting = InBackground(lambda: gateway.create(document, many_values(1_500), background=False))
    until(lambda: bool(gateway.page(status="in_progress")["data"]), 30)

    assert gateway.process.stop(30) == 0
    answer = waiting.result()
    assert (answer.status_code, answer.json()["status"]) == (201, "completed")


def test_a_draining_gateway_takes_nothing_new(live: Live) -> None:
    gateway = live.gateway(EDITS_GRACE="2")
    waiting = InBackground(lambda: gateway.create(FORM, "name: Ada", background=False))
    until(lambda: bool(gateway.page()["data"]), 30)

    os.kill(gateway.process.pid, signal.SIGTERM)
    until(lambda: refuses(gateway), 2)
    assert gateway.process.exit_code is None
    waiting.join()


def refuses(gateway: Gateway) -> bool:
    try:
        httpx.get(f"{gateway.url}/healthz", trust_env=False)
    except httpx.TransportError:  # nobody listens any more, or hangs up at once
        return True
    return False


def test_a_request_that_outlives_the_grace_holds_no_exit_and_loses_no_edit(live: Live) -> None:
    gateway, other = live.gateway(EDITS_GRACE="1"), live.gateway()
    waiting = InBackground(lambda: gateway.create(FORM, "name: Ada", background=False))
    until(lambda: bool(other.page()["data"]), 30)

    began = time.monotonic()
    assert gateway.process.stop(30) == 0
    assert time.monotonic() - began < 5

    [row] = other.page()["data"]
    assert row["status"] == "pending"
    answer = waiting.result()
    detail = answer.json()["detail"]
    assert (answer.status_code, detail["code"], detail["details"]) == (503, "gateway_stopping", {"edit_id": row["id"]})
    assert answer.headers["x-request-id"].startswith("req_")
    assert "Traceback" not in gateway.process.tail(100)


def test_idle_connections_hold_no_exit(live: Live) -> None:
    gateway = live.gateway()
    with socket.create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2]))):
        gateway.http.get("/healthz")

        began = time.monotonic()
        assert gateway.process.stop(30) == 0
        assert time.monotonic() - began < 3


def test_sigint_ends_it_like_sigterm(live: Live) -> None:
    gateway = live.gateway()

    os.kill(gateway.process.pid, signal.SIGINT)
    until(lambda: gateway.process.exit_code is not None, 10)
    assert gateway.process.exit_code == 0


# Settings


def test_everything_is_set_by_the_environment(live: Live, tmp_path: Path) -> None:
    catalog, blobs = tmp_path / "elsewhere.db", tmp_path / "objects"
    gateway = live.gateway(
        EDITS_HOST="localhost",
        EDITS_API_KEYS="solo:my-own-key",
        EDITS_CATALOG_URL=f"sqlite+aiosqlite:///{catalog}",
        EDITS_BLOBS_URL=blobs.as_uri(),
        EDITS_LOG_LEVEL="WARNING",
        EDITS_MAX_DOCUMENT_MB="0.5",
    )

    assert gateway.http.get("/v1/edits").status_code == 401
    own = gateway.client("my-own-key")
    body = {"document": inline(FORM), "instructions": "name: Ada", "background": True}
    assert own.post("/v1/edits", json=body).status_code == 201
    assert own.post("/v1/edits", content=b" " * 600_000).status_code == 413
    assert catalog.exists()
    assert len(list(blobs.rglob("document-*.bin"))) == 1
    assert not (live.home / "catalog.db").exists()
    assert " INFO " not in gateway.process.tail()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("EDITS_API_KEYS", "a-key-without-its-organization"), ("EDITS_GRACE", "soon"), ("EDITS_LOG_LEVEL", "LOUD")],
)
def test_a_senseless_setting_ends_the_process_with_a_line_that_names_it(live: Live, setting: str, value: str) -> None:
    with pytest.raises(ProcessDied, match=f"ended with code 1. Its log ends:\n{setting}: [^\n]+$"):
        live.gateway(**{setting: value})

    assert value not in live.processes[0].tail()


def test_a_port_in_use_ends_the_process_and_is_named(live: Live) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        with pytest.raises(ProcessDied, match=f"(?s)ended with code .*{port}.*address already in use"):
            live.gateway(EDITS_PORT=port)


# Logs


def test_a_workers_lines_carry_the_edit_and_the_run(live: Live) -> None:
    gateway = live.gateway()
    edit_id = gateway.start(FORM, "name: Ada")
    [document] = (live.home / "blobs").rglob("document-*.bin")
    document.unlink()

    worker = live.worker()
    worker.wait_for_line("blob_missing", 30)
    [line, *_] = [line for line in worker.log.read_text().splitlines() if "blob_missing" in line]
    assert re.search(rf"WARNING .* edit={edit_id} run=[0-9a-f-]{{36}} step=plan_edit attempt=1$", line)
    gateway.cancel(edit_id)


def test_a_gateways_warning_carries_the_request_and_the_edit(gateway: Gateway, stack: Live) -> None:
    edit_id = gateway.create(FORM, "name: Ada", background=False).json()["id"]
    [filled] = (stack.home / "blobs").glob(f"edits/{edit_id}/filled-*")
    filled.unlink()

    answer = gateway.http.get(f"/v1/edits/{edit_id}")
    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, "blob_missing")
    wanted = f"edit={edit_id} request={answer.headers['x-request-id']}"
    assert re.search(rf"WARNING gateway blob_missing: .* {wanted}\n", gateway.process.log.read_text())


def test_the_settings_are_told_at_the_start_without_the_keys(gateway: Gateway) -> None:
    [line] = [line for line in gateway.process.log.read_text().splitlines() if "gateway on http://" in line]

    assert "max_document_mb=32.0" in line
    assert KEY not in line

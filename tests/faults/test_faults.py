"""What dies meanwhile does not matter: an accepted edit ends, once, and a cancelled one stays cancelled."""

from __future__ import annotations

import fcntl
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dev.processes import free_ports, start
from dev.temporal_server import start_server
from tests.forms import many_fields_form, many_values, text_form
from tests.held_document import held_document
from tests.live import ROOT, Live, until
from tests.temporal_cli import TemporalCli
from worker import STEPS_WAITING

LONG = 3_000  # fields: some seconds of work
SOON = 8.0  # seconds: less than a silent host is waited for
STARTING = 4.0  # seconds: into the middle of a start


def results(live: Live) -> list[Path]:
    return sorted((live.home / "blobs").glob("edits/*/filled-*"))


def test_a_worker_killed_in_the_middle_of_a_fill_is_replaced(live: Live, cli: TemporalCli) -> None:
    gateway, worker = live.gateway(), live.worker()
    edit_id = gateway.start(many_fields_form(LONG), many_values(LONG))
    until(lambda: cli.step_at_work(edit_id) == "fill_document", 60)

    worker.kill()
    live.worker()

    assert gateway.wait(edit_id, seconds=60)["status"] == "completed"
    assert len(results(live)) == 1


def test_the_temporal_server_is_killed_and_restarted_on_its_file(live: Live, temporal_binary: Path) -> None:
    [port] = free_ports(1)
    live.temporal = f"127.0.0.1:{port}"
    database, log = live.home / "temporal.db", live.home / "temporal.log"
    server = start_server(temporal_binary, db=database, port=port, ui_port=None, log=log)
    live.processes.append(server)
    gateway = live.gateway()
    live.worker()
    edits = [gateway.start(many_fields_form(400), many_values(400)) for _ in range(3)]

    server.kill()
    live.processes.append(start_server(temporal_binary, db=database, port=port, ui_port=None, log=log))

    assert [gateway.wait(edit_id, seconds=90)["status"] for edit_id in edits] == ["completed"] * 3
    assert len(results(live)) == 3


def test_a_create_that_temporal_does_not_answer_leaves_nothing_behind(live: Live, temporal_binary: Path) -> None:
    [port] = free_ports(1)
    live.temporal = f"127.0.0.1:{port}"
    server = start_server(temporal_binary, db=None, port=port, ui_port=None, log=live.home / "temporal.log")
    live.processes.append(server)
    gateway = live.gateway()

    server.kill()
    answer = gateway.create(text_form(["name"]), "name: Ada")

    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, "temporal_unavailable")
    assert [path for path in (live.home / "blobs").rglob("*") if path.is_file()] == []
    assert gateway.http.get("/v1/edits").json()["data"] == []


def test_cancel_without_any_worker_is_final_within_four_seconds(live: Live, cli: TemporalCli) -> None:
    gateway = live.gateway()
    edit_id = gateway.start(text_form(["name"]), "name: Ada")

    began = time.monotonic()
    answer = gateway.cancel(edit_id)
    took = time.monotonic() - began
    live.worker()
    until(lambda: cli.is_closed(edit_id), 30)

    assert (answer["status"], answer["error"], answer["output"]) == ("cancelled", None, None)
    assert took < 4
    assert gateway.get(edit_id) == answer
    assert cli.run_status(edit_id) == "CANCELED"
    assert results(live) == []


def test_a_frozen_worker_cannot_complete_a_cancelled_edit(live: Live, cli: TemporalCli) -> None:
    gateway, worker = live.gateway(), live.worker()
    edit_id = gateway.start(many_fields_form(LONG), many_values(LONG))
    until(lambda: cli.step_at_work(edit_id) == "fill_document", 60)
    worker.freeze()

    statuses = {gateway.status(edit_id) for _ in range(5)}
    answer = gateway.cancel(edit_id)
    worker.thaw()
    until(lambda: cli.is_closed(edit_id), 60)

    assert statuses == {"in_progress"}
    assert answer["status"] == "cancelled"
    assert gateway.get(edit_id) == answer
    until(lambda: list((live.home / "blobs").glob("edits/*/*")) == [], 20)


def test_a_gateway_killed_while_a_client_waits_loses_no_edit(live: Live) -> None:
    with held_document(text_form(["name"])) as (url, release):
        first, second = live.gateway(), live.gateway()
        live.worker(EDITS_FETCH_HOSTS=url)

        def send() -> None:
            with pytest.raises(httpx.TransportError):
                first.create({"filename": "form.pdf", "url": f"{url}/form.pdf"}, "name: Ada", background=False)

        waiting = threading.Thread(target=send)
        waiting.start()
        until(lambda: bool(second.http.get("/v1/edits").json()["data"]), 30)
        first.process.kill()
        waiting.join()
        release.set()

        [row] = second.http.get("/v1/edits").json()["data"]
        assert second.wait(row["id"])["status"] == "completed"


def test_an_edit_whose_start_was_never_sent_ends(live: Live) -> None:
    """The gateway died between record and start: the row is there, the run is not."""
    gateway = live.gateway()
    with sqlite3.connect(live.home / "catalog.db") as catalog:
        columns = "id, organization, created_at, file_id, filename, filename_folded, mime_type, model, color"
        values = "'edt_lost', 'acme', 1, 'file_x', 'a.pdf', 'a.pdf', 'application/pdf', 'retab-small', '#000080'"
        catalog.execute(f"INSERT INTO edits ({columns}) VALUES ({values})")  # noqa: S608
    catalog.close()

    edit = gateway.get("edt_lost")
    assert (edit["status"], edit["error"]["code"]) == ("failed", "not_started")


def test_sigterm_drains_worker_and_gateway_and_they_exit_0(live: Live) -> None:
    gateway, worker = live.gateway(), live.worker()
    edit_id = gateway.start(many_fields_form(1_000), many_values(1_000))
    until(lambda: gateway.status(edit_id) == "in_progress", 30)

    assert worker.stop(30) == 0
    assert "drained" in worker.tail()
    live.worker()
    assert gateway.wait(edit_id)["status"] == "completed"
    assert gateway.process.stop(30) == 0


@contextmanager
def held_migration(live: Live) -> Iterator[None]:
    """As by another process that is at the catalog's tables, and stays there."""
    with (live.home / "catalog.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_sigterm_ends_a_worker_that_is_not_ready_yet(live: Live) -> None:
    with held_migration(live):
        worker = live.worker(wait=False)
        time.sleep(STARTING)
        assert worker.exit_code is None

        assert worker.stop(10) == 0
    assert "stopped before it was ready" in worker.tail()


def test_sigterm_ends_a_gateway_that_is_not_ready_yet(live: Live) -> None:
    with held_migration(live):
        [port] = free_ports(1)
        command, env = [sys.executable, "-m", "gateway"], live.env | {"EDITS_PORT": str(port)}
        gateway = start("gateway", command, log=live.home / "gateway.log", env=env, cwd=ROOT)
        live.processes.append(gateway)
        time.sleep(STARTING)
        assert gateway.exit_code is None

        assert gateway.stop(10) == 0
    assert "stopped before it was ready" in gateway.tail()


def test_sigint_ends_a_worker_like_sigterm(live: Live) -> None:
    worker = live.worker()

    subprocess.run(["kill", f"-{signal.SIGINT.value}", str(worker.pid)], check=True)
    until(lambda: worker.exit_code is not None, 20)
    assert worker.exit_code == 0


def test_two_workers_and_two_gateways_share_the_work(live: Live) -> None:
    first, second = live.gateway(), live.gateway()
    live.worker()
    live.worker()

    edits = [each.start(text_form(["name"]), "name: Ada") for each in (first, second) for _ in range(4)]
    assert {other.wait(edit_id)["status"] for edit_id in edits for other in (second, first)} == {"completed"}
    assert len(results(live)) == 8


def test_a_deleted_edit_in_flight_does_not_come_back(live: Live, cli: TemporalCli) -> None:
    gateway = live.gateway()
    live.worker()
    edit_id = gateway.start(many_fields_form(LONG), many_values(LONG))
    until(lambda: gateway.status(edit_id) == "in_progress", 30)

    assert gateway.http.delete(f"/v1/edits/{edit_id}").status_code == 204
    until(lambda: cli.is_closed(edit_id), 30)

    assert gateway.http.get(f"/v1/edits/{edit_id}").status_code == 404
    assert gateway.http.get("/v1/edits").json()["data"] == []
    assert results(live) == []


def test_a_cancel_during_the_fetch_of_a_document_is_quick(live: Live) -> None:
    with held_document(text_form(["name"])) as (url, _release):
        gateway = live.gateway()
        live.worker(EDITS_FETCH_HOSTS=url)
        edit_id = gateway.start({"filename": "form.pdf", "url": f"{url}/form.pdf"}, "name: Ada")
        gateway.wait(edit_id, "in_progress")

        began = time.monotonic()
        answer = gateway.cancel(edit_id)
        assert (answer["status"], time.monotonic() - began < 1.0) == ("cancelled", True)


def test_a_document_is_fetched_by_the_worker(live: Live) -> None:
    with held_document(text_form(["name"])) as (url, release):
        release.set()
        gateway = live.gateway()
        live.worker(EDITS_FETCH_HOSTS=url)
        edit_id = gateway.start({"filename": "form.pdf", "url": f"{url}/form.pdf"}, "name: Ada")

        assert gateway.wait(edit_id)["status"] == "completed"


def test_silent_document_urls_do_not_keep_other_edits_waiting(live: Live) -> None:
    with held_document(text_form(["name"])) as (url, _release):
        gateway = live.gateway()
        live.worker(EDITS_FETCH_HOSTS=url)
        for _ in range(STEPS_WAITING):
            gateway.start({"filename": "form.pdf", "url": f"{url}/form.pdf"}, "name: Ada")

        began = time.monotonic()
        answer = gateway.create(text_form(["name"]), "name: Ada", background=False)

        assert (answer.status_code, time.monotonic() - began < SOON) == (201, True)

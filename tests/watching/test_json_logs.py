"""With EDITS_LOG_FORMAT=json every line of every process is an object that names its edit, run and request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.forms import text_form
from tests.live import Live, inline, until

FILENAME, NAME = "wedding-of-zebulon.pdf", "Zebulon"


@dataclass(frozen=True)
class Life:
    """All that two processes said from their start to their drain, of one edit that met a store that was away."""

    edit_id: str
    request_id: str
    gateway: list[dict[str, Any]]
    worker: list[dict[str, Any]]


@pytest.fixture(scope="module")
def life(temporal_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    settings = {"EDITS_TASK_QUEUE": "json-logs", "EDITS_LOG_FORMAT": "json"}
    live = Live(tmp_path_factory.mktemp("json"), temporal_address, settings)
    gateway = live.gateway()
    answer = gateway.create(inline(text_form(["name"]), FILENAME), f"name: {NAME}")
    edit_id = answer.json()["id"]
    store, away = live.home / "blobs", live.home / "away"
    store.rename(away)
    worker = live.worker()
    until(lambda: bool(_about(_lines(worker.log), edit_id)), 30)
    until(lambda: not store.exists() or not list(store.iterdir()), 5)
    if store.exists():
        store.rmdir()
    away.rename(store)
    gateway.wait(edit_id)
    assert [process.stop(30) for process in (gateway.process, worker)] == [0, 0]
    yield Life(edit_id, answer.headers["x-request-id"], _lines(gateway.process.log), _lines(worker.log))
    live.stop()


def _lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def _about(lines: list[dict[str, Any]], edit_id: str) -> list[dict[str, Any]]:
    return [line for line in lines if line.get("edit") == edit_id]


def test_the_gateways_lines_name_the_request_and_its_edit(life: Life) -> None:
    line = _about(life.gateway, life.edit_id)[0]

    assert (line["logger"], line["request"]) == ("gateway.access", life.request_id)


def test_the_workers_lines_name_the_edit_its_run_and_its_step(life: Life) -> None:
    line = _about(life.worker, life.edit_id)[0]

    assert (line["step"], line["attempt"], line["level"]) == ("plan_edit", 1, "WARNING")
    assert line["run"]
    assert "blob" in line["message"]


def test_every_line_of_a_whole_life_is_an_object(life: Life) -> None:
    """With everything that libraries say."""
    common = set.intersection(*(set(line) for line in life.gateway + life.worker))

    assert {"time", "level", "logger", "message"} <= common


def test_no_line_has_what_a_person_wrote(life: Life) -> None:
    told = json.dumps(life.gateway + life.worker)

    assert [word for word in (FILENAME, NAME) if word in told] == []

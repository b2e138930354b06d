"""With EDITS_LOG_FORMAT=json every line of every process is an object that names its edit, run and request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dev.processes import Process
from tests.forms import text_form
from tests.live import Live, until


@pytest.fixture
def json_live(live: Live) -> Live:
    live.settings["EDITS_LOG_FORMAT"] = "json"
    return live


def lines(process: Process) -> list[dict[str, Any]]:
    return [json.loads(line) for line in process.log.read_text().splitlines()]


def about(process: Process, edit_id: str) -> list[dict[str, Any]]:
    return [line for line in lines(process) if line.get("edit") == edit_id]


def test_the_gateways_lines_name_the_request_and_its_edit(json_live: Live) -> None:
    gateway = json_live.gateway()
    answer = gateway.create(text_form(["name"]), "name: Ada")

    def told() -> list[dict[str, Any]]:
        return about(gateway.process, answer.json()["id"])

    until(lambda: bool(told()), 5)
    [line] = told()
    assert (line["logger"], line["request"]) == ("gateway.access", answer.headers["x-request-id"])


def test_the_workers_lines_name_the_edit_its_run_and_its_step(json_live: Live) -> None:
    edit_id = json_live.gateway().start(text_form(["name"]), "name: Ada")
    (json_live.home / "blobs").rename(json_live.home / "away")
    worker = json_live.worker()

    until(lambda: bool(about(worker, edit_id)), 30)

    line = about(worker, edit_id)[0]
    assert (line["step"], line["attempt"], line["level"]) == ("plan_edit", 1, "WARNING")
    assert line["run"]
    assert "blob" in line["message"]


def test_every_line_of_a_whole_life_is_an_object(json_live: Live) -> None:
    """From the start to the drain, with everything that libraries say."""
    gateway, worker = json_live.gateway(), json_live.worker()
    gateway.wait(gateway.start(text_form(["name"]), "name: Ada"))
    codes = [process.stop(30) for process in (gateway.process, worker)]

    assert codes == [0, 0]
    for process in (gateway.process, worker):
        assert {"time", "level", "logger", "message"} <= set.intersection(*(set(line) for line in lines(process)))

"""A line an event, with the edit and the run it belongs to."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

import pytest

from durable_edits.logs import JsonFormatter, LineFormatter, configure_logs


def line(**context: object) -> str:
    record = logging.makeLogRecord(
        {"name": "worker", "levelname": "INFO", "msg": "filled %s", "args": ("it",)} | context
    )
    return LineFormatter().format(record)


def json_line(**context: object) -> dict[str, object]:
    record = logging.makeLogRecord(
        {"name": "worker", "levelname": "INFO", "msg": "filled %s", "args": ("it",)} | context
    )
    shown = JsonFormatter().format(record)
    assert "\n" not in shown
    return dict(json.loads(shown))


def test_as_json_a_line_is_an_object_with_the_same_names() -> None:
    told = {"workflow_id": "edt_1", "workflow_run_id": "run-1", "activity_type": "plan_edit", "attempt": 2}

    assert json_line(created=0.25, msecs=250.0, temporal_activity=told, request="req_1") == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "INFO",
        "logger": "worker",
        "message": "filled it",
        "edit": "edt_1",
        "run": "run-1",
        "step": "plan_edit",
        "attempt": 2,
        "request": "req_1",
    }


def test_as_json_a_traceback_is_a_field_of_its_line() -> None:
    shown = json_line(exc_info=(ValueError, ValueError("broken\nin two"), None))

    assert str(shown["error"]).endswith("ValueError: broken\nin two")


def test_as_json_a_line_that_belongs_to_nothing_says_nothing_of_it() -> None:
    assert set(json_line()) == {"time", "level", "logger", "message"}


def test_a_line_has_its_time_in_utc_its_level_and_its_logger() -> None:
    assert line(created=0.25, msecs=250.0) == "1970-01-01T00:00:00.250Z INFO worker filled it"


def test_a_line_names_the_edit_the_run_and_the_request() -> None:
    assert line(edit="edt_1", run="run-1", request="req_1").endswith("filled it edit=edt_1 run=run-1 request=req_1")


def test_a_step_names_itself_and_its_attempt() -> None:
    told = {"workflow_id": "edt_1", "workflow_run_id": "run-1", "activity_type": "plan_edit", "attempt": 2}

    assert line(temporal_activity=told).endswith("edit=edt_1 run=run-1 step=plan_edit attempt=2")


def test_a_workflow_names_its_edit_and_run() -> None:
    told = {"workflow_id": "edt_1", "run_id": "run-1", "attempt": 1}

    assert line(temporal_workflow=told).endswith("edit=edt_1 run=run-1 attempt=1")


def test_a_traceback_follows_its_line() -> None:
    shown = line(edit="edt_1", exc_info=(ValueError, ValueError("broken"), None))

    assert shown.splitlines()[0].endswith("filled it edit=edt_1")
    assert shown.splitlines()[-1] == "ValueError: broken"


@pytest.mark.parametrize("forged", ["a\n2026-01-31T12:00:00.000Z INFO worker b", "a\r\nb", "a\x1b[2Kb", "a\x85b"])
def test_what_a_stranger_sends_stays_within_its_line(forged: str) -> None:
    shown = line(edit=forged, args=(forged,))

    assert shown.isprintable()


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """As it was, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    root.handlers[:], root.level = handlers, level


def test_the_level_is_the_configured_one(root_logger: logging.Logger) -> None:
    configure_logs("WARNING")

    assert root_logger.level == logging.WARNING


def test_lines_go_to_standard_error(root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")

    logging.getLogger("worker").info("ready", extra={"edit": "edt_1"})

    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO worker ready edit=edt_1\n", err)


def test_libraries_that_talk_on_every_call_are_quiet(root_logger: logging.Logger) -> None:
    configure_logs("INFO")

    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)

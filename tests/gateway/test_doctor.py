"""`python -m durable_edits.doctor` beside real processes: what it says when one of them is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from temporalio.client import Client

from dev.processes import free_ports
from durable_edits.housekeeping.schedule import schedule_id
from tests.live import ROOT, Live


def examined(live: Live, *arguments: str, **settings: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the findings by what they are of."""
    command = [sys.executable, "-m", "durable_edits.doctor", "--json", *arguments]
    run = subprocess.run(
        command, cwd=ROOT, env=live.env | settings, capture_output=True, text=True, check=False, timeout=60
    )
    assert not run.stderr
    return run.returncode, {finding["what"].partition(" (")[0]: finding for finding in json.loads(run.stdout)}


def test_a_healthy_installation_is_well_from_end_to_end(live: Live) -> None:
    live.worker()
    gateway = live.gateway()

    code, findings = examined(live, "--gateway", gateway.url)

    assert (code, {finding["level"] for finding in findings.values()}) == (0, {"ok"})


def test_a_queue_without_workers_is_told_with_its_name(live: Live) -> None:
    live.gateway()

    code, findings = examined(live)

    assert (code, findings["step workers"]["level"]) == (1, "fault")
    assert live.settings["EDITS_TASK_QUEUE"] in findings["workflow workers"]["seen"]


async def test_housekeeping_that_somebody_has_paused_is_told(live: Live, temporal: Client) -> None:
    live.worker()
    live.gateway()
    await temporal.get_schedule_handle(schedule_id(live.settings["EDITS_TASK_QUEUE"])).pause(note="while we look")

    code, findings = examined(live)

    assert (code, findings["housekeeping"]["level"]) == (0, "warning")
    assert "while we look" in findings["housekeeping"]["seen"]


def test_a_namespace_that_is_not_there_is_told(live: Live) -> None:
    live.gateway()

    code, findings = examined(live, TEMPORAL_NAMESPACE="elsewhere")

    assert code == 1
    assert "TEMPORAL_NAMESPACE" in findings["Temporal"]["next"]


def test_a_gateway_that_does_not_answer_is_told(live: Live) -> None:
    [port] = free_ports(1)

    code, findings = examined(live, "--gateway", f"http://127.0.0.1:{port}")

    assert (code, findings["gateway"]["level"]) == (1, "fault")


def test_a_setting_that_is_wrong_is_told_as_the_processes_tell_it(live: Live) -> None:
    code, findings = examined(live, EDITS_PORT="many")

    assert code == 1
    assert findings["settings"]["seen"].startswith("EDITS_PORT: ")

"""Temporal's own command line, as an operator types it."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RUNNING = "RUNNING"
STEP_AT_WORK = "PENDING_ACTIVITY_STATE_STARTED"


@dataclass(frozen=True)
class TemporalCli:
    binary: Path
    address: str

    def workflow(self, verb: str, *arguments: str) -> Any:
        """`temporal workflow VERB …`, its JSON output; None where it says nothing."""
        command = [str(self.binary), "workflow", verb, "--address", self.address, "--output", "json", *arguments]
        shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return json.loads(shown) if shown.strip() else None

    def run_status(self, edit_id: str) -> str:
        """RUNNING, COMPLETED, FAILED, CANCELED, TERMINATED or TIMED_OUT."""
        info = self._described(edit_id)["workflowExecutionInfo"]
        return str(info["status"]).removeprefix("WORKFLOW_EXECUTION_STATUS_")

    def is_closed(self, edit_id: str) -> bool:
        return self.run_status(edit_id) != RUNNING

    def step_at_work(self, edit_id: str) -> str:
        """The step a worker is at, "" between two."""
        steps = self._described(edit_id).get("pendingActivities", [])
        return next((str(step["activityType"]["name"]) for step in steps if step["state"] == STEP_AT_WORK), "")

    def _described(self, edit_id: str) -> dict[str, Any]:
        return dict(self.workflow("describe", "--workflow-id", edit_id))

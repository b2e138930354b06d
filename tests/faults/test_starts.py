"""A start that cannot be: one line that names what to mend, and exit code 1."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from dev.processes import Process, free_ports, start
from tests.live import ROOT, Live

WORKER, GATEWAY = ["worker.py"], ["-m", "gateway"]
NOBODY = "127.0.0.1:1"


def started(live: Live, program: list[str], log: Path, **settings: str) -> Process:
    [port] = free_ports(1)
    env = live.env | {"EDITS_PORT": str(port)} | settings
    process = start("start", [sys.executable, *program], log=log, env=env, cwd=ROOT)
    live.processes.append(process)
    return process


@pytest.mark.parametrize(
    ("program", "setting", "value", "named"),
    [
        (WORKER, "TEMPORAL_ADDRESS", NOBODY, "TEMPORAL_ADDRESS"),
        (GATEWAY, "TEMPORAL_ADDRESS", "127.0.0.1:99999", "TEMPORAL_"),
        (WORKER, "TEMPORAL_PROFILE", "nobody's", "TEMPORAL_"),
        (GATEWAY, "EDITS_CATALOG_URL", f"postgresql+asyncpg://edits@{NOBODY}/edits", "EDITS_CATALOG_URL"),
        (GATEWAY, "EDITS_CATALOG_URL", "postgresql+asyncpg://:::/", "EDITS_CATALOG_URL"),
        (GATEWAY, "EDITS_BLOBS_URL", "nothing://here", "EDITS_BLOBS_URL"),
    ],
)
def test_a_start_that_cannot_be_says_why_in_one_line(
    live: Live, program: list[str], setting: str, value: str, named: str
) -> None:
    log = live.home / "log"

    process = started(live, program, log, **{setting: value})
    code = process.wait(60)

    said = log.read_text()
    [line] = [line for line in said.splitlines() if "CRITICAL" in line]
    assert (code, bool(re.search(named, line)), "Traceback" in said) == (1, True, False), said

"""The storms' short form: the same code, for half a minute each. `make storm` is the long one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.storm.stack import ROOT

SHORT = ["--edits", "60", "--minutes", "0.4", "--seed", "7"]


@pytest.mark.parametrize("part", ["kills", "cancels"])
def test_every_promise_is_kept_in_a_short_storm(part: str) -> None:
    command = [sys.executable, "-m", "tests.storm", part, *SHORT]

    storm = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False)

    assert storm.returncode == 0, storm.stdout + storm.stderr[-3_000:]

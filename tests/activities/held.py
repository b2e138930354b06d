"""A child that another process than the test's holds (holder.py)."""

from __future__ import annotations

import subprocess
import sys

from tests.live import ROOT


def hold_a_child(limit: str, job: str, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-u", "-m", "tests.activities.holder", limit, job, *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)


def begun_in(worker: subprocess.Popen[bytes]) -> int:
    """The pid of the child that has told its holder that it began."""
    assert worker.stdout is not None
    [_, child, *_] = worker.stdout.readline().decode().replace(":", "").split()
    return int(child)

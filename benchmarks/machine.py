"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def machine(server: Path) -> dict[str, str]:
    temporal = subprocess.run([server, "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": computer(),
        "versions": f"Python {platform.python_version()}, temporalio {version('temporalio')}, {temporal.strip()}",
        "load": f"{os.getloadavg()[0]:.1f} before the run: well above 0 means that others used the machine",
    }


def computer() -> str:
    return f"{len(os.sched_getaffinity(0))} cores of {_cpu_model()}, {platform.system()} {platform.release()}"


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())

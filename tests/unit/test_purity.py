"""Who may load whom: the engine runs in a child process that starts fast and can reach nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OUTSIDE = ["temporalio", "httpx", "fastapi", "uvicorn", "sqlalchemy", "alembic", "obstore", "aiosqlite", "asyncpg"]
ENGINE = ["pypdf", "uharfbuzz", "rapidfuzz", "durable_edits.pdf", "durable_edits.planner"]
DEFINITIONS = ["workflows", "activities"]


def loaded_by(module: str, among: list[str]) -> list[str]:
    """Which of the packages a fresh interpreter has loaded once it has imported the module."""
    code = f"import {module}, sys; print(*[name for name in {among} if name in sys.modules])"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    return ran.stdout.split()


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("durable_edits.errors", OUTSIDE + ENGINE),
        ("durable_edits.form", OUTSIDE + ENGINE),
        ("durable_edits.contracts", OUTSIDE + ENGINE),
        ("durable_edits.pdf", OUTSIDE),
        ("durable_edits.planner", OUTSIDE),
        ("durable_edits.storage.fetch", ["temporalio", "fastapi", *ENGINE]),
        ("durable_edits.client", ["fastapi", *DEFINITIONS, *ENGINE]),
        ("gateway.app", [*DEFINITIONS, *ENGINE]),
    ],
)
def test_a_room_loads_nothing_it_may_not(module: str, never: list[str]) -> None:
    assert loaded_by(module, never) == []


def test_a_package_that_is_loaded_would_be_noticed() -> None:
    assert loaded_by("durable_edits.storage.fetch", OUTSIDE) == ["httpx"]

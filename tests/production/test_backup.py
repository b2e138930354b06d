"""Backup and restore as docs/operations.md has them: the very lines, on a running installation."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.processes import free_ports
from dev.production import TEMPORAL, Production
from dev.temporal_cluster import free_cluster_ports
from dev.temporal_server import start_server
from tests.forms import many_fields_form, many_values, text_form
from tests.live import ROOT, Live

PAGE = (ROOT / "docs" / "operations.md").read_text()
FORM = text_form(["name"])


def run(heading: str, **env: str) -> None:
    """The lines below `<!-- tried: heading -->`."""
    lines = re.findall(rf"<!-- tried: {heading} -->\n```\n(.*?)```", PAGE, re.DOTALL)
    assert len(lines) == 1, heading
    done = subprocess.run(
        ["bash", "-euc", lines[0]], env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def elsewhere(production_home: Path) -> Iterator[Production]:
    """Another machine, as it were: servers that know nothing."""
    [port] = free_cluster_ports(1)
    with Production(production_home / "elsewhere", temporal_port=port) as platform:
        yield platform


def shell(platform: Production, backup: Path) -> dict[str, str]:
    """What an operator has in the shell."""
    postgres = platform.postgres
    return {
        "PATH": f"{postgres.programs}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres.port),
        "PGUSER": "edits",
        "PGPASSWORD": postgres.password,
        "BACKUP": str(backup),
        "OBJECTS": str(platform.home / "objects"),
    }


def test_what_was_done_is_there_and_what_was_under_way_goes_on(
    production: Production, elsewhere: Production, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    (backup / "documents").mkdir(parents=True)
    here = Live(tmp_path / "here", production.temporal_address, production.settings | {"EDITS_TASK_QUEUE": "backup"})
    there = Live(tmp_path / "there", elsewhere.temporal_address, elsewhere.settings | {"EDITS_TASK_QUEUE": "backup"})
    try:
        gateway, worker = here.gateway(), here.worker()
        done = gateway.wait(gateway.start(FORM, "name: Ada Lovelace"))
        worker.stop()
        under_way = gateway.start(FORM, "name: Grace Hopper")

        run("back up on PostgreSQL", **shell(production, backup))
        elsewhere.processes[TEMPORAL].stop()
        run("restore on PostgreSQL", **shell(elsewhere, backup))
        elsewhere.restart(TEMPORAL)
        there.worker()
        restored = there.gateway()

        assert restored.get(done["id"])["output"] == done["output"]
        assert restored.wait(under_way)["status"] == "completed"
    finally:
        here.stop()
        there.stop()


def test_with_an_empty_temporal_what_was_under_way_is_lost_and_says_so(
    live: Live, temporal_binary: Path, tmp_path: Path
) -> None:
    backup, home = tmp_path / "backup", tmp_path / "elsewhere"
    for folder in (backup / "blobs", home / "blobs"):
        folder.mkdir(parents=True)
    gateway, worker = live.gateway(), live.worker()
    done = gateway.wait(gateway.start(FORM, "name: Ada Lovelace"))
    under_way = gateway.start(many_fields_form(1_500), many_values(1_500))
    gateway.wait(under_way, "in_progress")
    worker.kill()

    run("back up SQLite", EDITS_HOME=str(live.home), BACKUP=str(backup))
    run("restore SQLite", EDITS_HOME=str(home), BACKUP=str(backup))
    [port] = free_ports(1)
    empty = start_server(temporal_binary, db=None, port=port, ui_port=None, log=tmp_path / "temporal.log")
    there = Live(home, f"127.0.0.1:{port}", live.settings)
    try:
        restored = there.gateway()

        assert restored.get(done["id"])["output"] == done["output"]
        assert restored.get(under_way)["error"]["code"] == "run_lost"
    finally:
        there.stop()
        empty.kill()

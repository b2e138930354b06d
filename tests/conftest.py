"""A real Temporal server for the whole session, and real processes on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from dev.processes import Process, free_ports, start
from dev.temporal_server import find_server, start_server
from tests.live import Gateway, Live, until
from tests.temporal_cli import TemporalCli

SKIP_NOTHING = bool(os.environ.get("EDITS_TESTS_SKIP_NOTHING"))  # where everything a test needs is said to be there


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if SKIP_NOTHING and report.skipped and call.excinfo is not None and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and EDITS_TESTS_SKIP_NOTHING is set: {call.excinfo.value}"
    return report


@pytest.fixture(scope="session")
def temporal_binary() -> Path:
    return find_server()


@pytest.fixture(scope="session")
def temporal_address(temporal_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("temporal")
    [port] = free_ports(1)
    server = start_server(
        temporal_binary, db=folder / "temporal.db", port=port, ui_port=None, log=folder / "temporal.log"
    )
    yield f"127.0.0.1:{port}"
    server.kill()


@pytest.fixture(scope="session")
def cli(temporal_binary: Path, temporal_address: str) -> TemporalCli:
    return TemporalCli(temporal_binary, temporal_address)


@pytest.fixture(scope="session")
async def temporal(temporal_address: str) -> Client:
    return await Client.connect(temporal_address, data_converter=pydantic_data_converter)


@pytest.fixture(scope="session")
def stack(temporal_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One worker and one gateway that tests share; they have a queue of their own."""
    live = Live(tmp_path_factory.mktemp("stack"), temporal_address, {"EDITS_TASK_QUEUE": "shared"})
    live.worker(wait=False)
    yield live
    live.stop()


@pytest.fixture(scope="session")
def gateway(stack: Live) -> Gateway:
    found = stack.gateway()
    stack.processes[0].wait_for_line("worker ready", 60)
    return found


@pytest.fixture
def live(temporal_address: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Live]:
    """Processes of the test's own: to be killed, frozen and restarted."""
    live = Live(tmp_path, temporal_address, {"EDITS_TASK_QUEUE": request.node.name[:200]})
    yield live
    live.stop()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of our own on a Unix socket, with one empty database."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    folder = Path(tmp_path_factory.mktemp("pg"))
    as_user = _unprivileged(folder)
    data = folder / "data"
    subprocess.run(
        [*as_user, programs / "initdb", "-D", data, "-U", "edits", "-A", "trust"], check=True, capture_output=True
    )
    server = _start_postgres(as_user, programs, data, folder)
    yield f"postgresql+asyncpg://edits@/postgres?host={folder}"
    server.stop()


def _start_postgres(as_user: list[str], programs: Path, data: Path, folder: Path) -> Process:
    command = [*as_user, str(programs / "postgres"), "-D", str(data), "-k", str(folder), "-h", "", "-F"]
    server = start("postgres", command, log=folder.parent / f"{folder.name}.log")

    def ready() -> bool:
        server.check()
        asked = subprocess.run([programs / "pg_isready", "-h", folder, "-q"], check=False)
        return asked.returncode == 0

    until(ready, 30)
    return server


def _postgres_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    on_path = shutil.which("postgres")
    program = Path(on_path).resolve() if on_path else (found[-1] if found else None)
    return program.parent if program else None


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    for parent in [folder, *folder.parents]:
        if parent.stat().st_uid == 0 and parent != Path("/tmp") and parent.is_relative_to("/tmp"):  # noqa: S108
            parent.chmod(parent.stat().st_mode | 0o011)
    return ["runuser", "-u", "postgres", "--"]

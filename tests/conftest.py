"""A real Temporal server for the whole session, and real processes on it."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from dev.processes import free_ports
from dev.temporal_binary import find_server
from dev.temporal_server import start_server
from tests.live import Gateway, Live
from tests.postgres import running_postgres
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
def temporal_ports() -> tuple[int, int]:
    """Of the server, and of its web pages."""
    port, ui_port = free_ports(2)
    return port, ui_port


@pytest.fixture(scope="session")
def temporal_address(
    temporal_binary: Path, temporal_ports: tuple[int, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("temporal")
    port, ui_port = temporal_ports
    server = start_server(
        temporal_binary, db=folder / "temporal.db", port=port, ui_port=ui_port, log=folder / "temporal.log"
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
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of our own, with one empty database."""
    with running_postgres() as (_, url):
        yield url

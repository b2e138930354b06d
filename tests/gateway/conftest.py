"""A gateway on which nothing moves, and organizations that have it to themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev.processes import Process, free_ports
from dev.temporal_server import start_server
from tests.live import Gateway, Live

ORGANIZATIONS = 200  # one for each test that wants the world to itself


@pytest.fixture(scope="session")
def unused_keys() -> Iterator[str]:
    # Not the first one: the operator's own organization sees what others start straight through Temporal.
    return (f"key-{number}" for number in range(1, ORGANIZATIONS))


@pytest.fixture(scope="session")
def unattended(stack: Live) -> Gateway:
    """A gateway on a queue without workers: what is created there stays as it is. It takes 1 MiB."""
    # The first of a gateway's organizations also sees what was started straight through Temporal: nobody's here.
    keys = ",".join(["operator:key-operator", *(f"org{number}:key-{number}" for number in range(ORGANIZATIONS))])
    return stack.gateway(EDITS_API_KEYS=keys, EDITS_TASK_QUEUE="unattended", EDITS_MAX_DOCUMENT_MB="1")


@pytest.fixture(scope="session")
def attended(stack: Live, gateway: Gateway) -> Gateway:
    """A gateway with a worker behind it."""
    keys = ",".join(f"org{number}:key-{number}" for number in range(ORGANIZATIONS))
    return stack.gateway(EDITS_API_KEYS=keys)


@pytest.fixture
def alone_with_a_worker(attended: Gateway, unused_keys: Iterator[str]) -> Gateway:
    """The attended gateway for an organization that has nothing yet."""
    attended.http.headers["authorization"] = f"Bearer {next(unused_keys)}"
    return attended


@pytest.fixture
def alone(unattended: Gateway, unused_keys: Iterator[str]) -> Gateway:
    """The unattended gateway for an organization that has no edits yet."""
    unattended.http.headers["authorization"] = f"Bearer {next(unused_keys)}"
    return unattended


@pytest.fixture
def own_temporal(live: Live, temporal_binary: Path) -> Callable[[], Process]:
    """Starts a Temporal server of the test's own, every time on the same port and file."""
    [port] = free_ports(1)
    live.temporal = f"127.0.0.1:{port}"

    def start() -> Process:
        database, log = live.home / "temporal.db", live.home / "temporal.log"
        server = start_server(temporal_binary, db=database, port=port, ui_port=None, log=log)
        live.processes.append(server)
        return server

    return start

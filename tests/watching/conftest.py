from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dev.processes import Process, free_ports
from tests.live import Gateway, Live
from tests.watching.metrics_page import Page, read_metrics


@dataclass
class Measured:
    """A worker and a gateway that are measured."""

    live: Live
    gateway: Gateway
    worker: Process
    worker_address: str
    gateway_address: str

    def of_worker(self) -> Page:
        return read_metrics(self.worker_address)

    def of_gateway(self) -> Page:
        return read_metrics(self.gateway_address)


@pytest.fixture(scope="module")
def measured(temporal_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    of_worker, of_gateway = (f"127.0.0.1:{port}" for port in free_ports(2))
    settings = {
        "EDITS_TASK_QUEUE": "measured",
        "EDITS_METRICS": of_worker,
        "EDITS_GATEWAY_METRICS": of_gateway,
        "EDITS_FILL_TIMEOUT": "5",
    }
    live = Live(tmp_path_factory.mktemp("measured"), temporal_address, settings)
    worker = live.worker(wait=False)
    gateway = live.gateway()
    worker.wait_for_line("worker ready", 60)
    yield Measured(live, gateway, worker, of_worker, of_gateway)
    live.stop()

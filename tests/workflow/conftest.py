from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from durable_edits.settings import Settings
from tests.workflow.bench import Bench, open_bench


@pytest.fixture
async def bench(temporal: Client, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    queue = f"{request.node.name[:150]}-{tmp_path.name}"
    async with open_bench(temporal, Settings(home=tmp_path, task_queue=queue, pdf_slots=1, grace=1)) as bench:
        yield bench


@pytest.fixture
async def working(bench: Bench) -> AsyncIterator[Bench]:
    """The bench with its worker running."""
    async with bench.worker():
        yield bench

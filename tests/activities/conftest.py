"""Steps on stores of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from tests.activities.bench import Bench, open_bench


@pytest.fixture
async def bench(temporal: Client, tmp_path: Path) -> AsyncIterator[Bench]:
    async with open_bench(temporal, tmp_path) as bench:
        yield bench

"""The production stack: PostgreSQL, the real Temporal server, an object store; two of each of ours on it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.object_store import GO_PACKAGE as VERSITYGW
from dev.postgres import postgres_programs
from dev.production import Production
from dev.program_cache import cached, runnable, versioned
from dev.temporal_cluster import SERVER, SQL_TOOL, UI, free_cluster_ports
from tests.live import Gateway, Live

PROGRAMS = {"temporal-server": SERVER, "temporal-sql-tool": SQL_TOOL, "temporal-ui-server": UI, "versitygw": VERSITYGW}


@pytest.fixture(scope="session")
def production_programs() -> None:
    """Skips the test where they are not; building them takes minutes, which no single test has."""
    if postgres_programs() is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    if not all(runnable(cached(versioned(name, package))) for name, package in PROGRAMS.items()):
        pytest.skip("the production stack's servers are not built yet (make servers; it needs Go)")


@pytest.fixture(scope="session")
def production_home(production_programs: None) -> Iterator[Path]:
    """Where PostgreSQL's user can go: root's pytest folders are closed to all others."""
    with tempfile.TemporaryDirectory(prefix="edits-production-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        home.chmod(0o755)
        yield home


@pytest.fixture(scope="session")
def production(production_home: Path) -> Iterator[Production]:
    port, ui_port = free_cluster_ports(2)
    with Production(production_home / "state", temporal_port=port, ui_port=ui_port) as platform:
        yield platform


@pytest.fixture(scope="session")
def gateways(production: Production, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Gateway]]:
    live = Live(tmp_path_factory.mktemp("production"), production.temporal_address, production.settings)
    workers = [live.worker(wait=False) for _ in range(2)]
    yield [live.gateway() for _ in workers]
    live.stop()

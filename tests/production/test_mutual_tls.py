"""A Temporal that asks everybody for a certificate, reached by Temporal's own settings alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.production import Production
from dev.temporal_cluster import free_cluster_ports
from tests.forms import text_form
from tests.live import Live, until
from tests.production.certificates import Authority

FORM = text_form(["name"])


@pytest.fixture(scope="module")
def guarded(production_home: Path) -> Iterator[Production]:
    certificates = Authority(production_home / "certificates").certificate("durable-edits")
    [port] = free_cluster_ports(1)
    with Production(production_home / "guarded", temporal_port=port, certificates=certificates) as platform:
        yield platform


@pytest.fixture
def live(guarded: Production, tmp_path: Path) -> Iterator[Live]:
    live = Live(tmp_path, guarded.temporal_address, guarded.settings)
    yield live
    live.stop()


def test_an_edit_completes_over_mutual_tls(live: Live) -> None:
    live.worker()
    gateway = live.gateway()

    assert gateway.wait(gateway.start(FORM, "name: Ada Lovelace"))["status"] == "completed"


def test_a_worker_without_a_certificate_is_refused_and_says_where_to_look(live: Live) -> None:
    for name in ("TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_KEY_PATH"):
        del live.settings[name]

    worker = live.worker(wait=False)

    until(lambda: worker.exit_code == 1, 60)
    assert "Temporal does not answer" in worker.tail(1)
    assert "TEMPORAL_TLS" in worker.tail(1)

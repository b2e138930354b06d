"""The commit point from outside: a cancel over HTTP against a worker about to commit, one that just has, one that dies.

A test holds the catalog's write lock, as another writer would: whoever wants to commit then waits for it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.forms import many_fields_form, many_values, text_form
from tests.held_document import held_document
from tests.live import Gateway, Live, until
from tests.temporal_cli import TemporalCli
from worker import steps_held

FORM, INSTRUCTIONS = text_form(["name"]), "name: Ada"
LONG = 2_000  # fields: long enough to take the lock while the fill is at work
LONG_FORM, LONG_INSTRUCTIONS = many_fields_form(LONG), many_values(LONG)
RUN = {"completed": "COMPLETED", "cancelled": "CANCELED"}


@pytest.fixture(scope="module")
def one_gateway(temporal_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    live = Live(tmp_path_factory.mktemp("commit"), temporal_address, {"EDITS_TASK_QUEUE": "commit"})
    live.gateway()
    yield live
    live.stop()


@pytest.fixture
def live(one_gateway: Live) -> Iterator[Live]:
    """No worker runs until the test starts one."""
    before = len(one_gateway.processes)
    yield one_gateway
    for worker in one_gateway.processes[before:]:
        worker.kill()


@pytest.fixture
def gateway(live: Live) -> Gateway:
    return live.gateways[0]


class Catalog:
    """Another program at the same SQLite file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def lock(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def unlock(self) -> None:
        self._connection.execute("ROLLBACK")

    def status(self, edit_id: str) -> str | None:
        [found] = self._connection.execute("SELECT status FROM edits WHERE id = ?", (edit_id,))
        return None if found[0] is None else str(found[0])


@contextmanager
def held_at_its_commit(live: Live, gateway: Gateway, cli: TemporalCli) -> Iterator[tuple[str, Catalog]]:
    """An edit whose filled document is stored, and whose worker waits to commit it."""
    edit_id = gateway.start(LONG_FORM, LONG_INSTRUCTIONS)
    until(lambda: cli.step_at_work(edit_id) == "fill_document", 60)
    with closing(sqlite3.connect(live.home / "catalog.db", isolation_level=None)) as connection:
        catalog = Catalog(connection)
        catalog.lock()
        until(lambda: all(stored(live, edit_id, name) for name in ("filled-*.pdf", "result-*.json")), 60)
        assert catalog.status(edit_id) is None
        yield edit_id, catalog


def stored(live: Live, edit_id: str, name: str = "*") -> list[Path]:
    return list((live.home / "blobs" / "edits" / edit_id).glob(name))


@pytest.mark.parametrize("seconds", [0.3, 2.3], ids=["while the cancel waits", "when the gateway commits itself"])
def test_a_cancel_that_meets_the_commit_agrees_with_it(
    live: Live, gateway: Gateway, cli: TemporalCli, seconds: float
) -> None:
    live.worker()
    with held_at_its_commit(live, gateway, cli) as (edit_id, catalog), ThreadPoolExecutor() as pool:
        cancelling = pool.submit(gateway.cancel, edit_id)
        time.sleep(seconds)
        catalog.unlock()
        answer = cancelling.result(30)
    until(lambda: cli.is_closed(edit_id), 30)

    assert gateway.get(edit_id) == answer
    assert cli.run_status(edit_id) == RUN[answer["status"]]
    assert (stored(live, edit_id) != []) is (answer["status"] == "completed")


def test_a_cancel_after_the_commit_returns_the_completed_edit_though_its_worker_died(
    live: Live, gateway: Gateway, cli: TemporalCli
) -> None:
    worker = live.worker()
    with held_at_its_commit(live, gateway, cli) as (edit_id, catalog):
        catalog.unlock()
        until(lambda: catalog.status(edit_id) == "completed", 30, every=0.0)
        worker.kill()

    answer = gateway.cancel(edit_id)
    live.worker()
    until(lambda: cli.is_closed(edit_id), 60)

    assert (answer["status"], cli.run_status(edit_id)) == ("completed", "COMPLETED")
    assert gateway.get(edit_id) == answer
    assert len(stored(live, edit_id, "filled-*.pdf")) == 1


def test_a_worker_that_dies_between_storing_and_committing_leaves_nothing_of_a_cancelled_edit(
    live: Live, gateway: Gateway, cli: TemporalCli
) -> None:
    worker = live.worker()
    with held_at_its_commit(live, gateway, cli) as (edit_id, catalog):
        worker.kill()
        catalog.unlock()

    answer = gateway.cancel(edit_id)
    left = stored(live, edit_id)
    live.worker()
    until(lambda: cli.is_closed(edit_id), 60)

    assert (answer["status"], left, cli.run_status(edit_id)) == ("cancelled", [], "CANCELED")
    assert (gateway.get(edit_id), stored(live, edit_id)) == (answer, [])


def test_a_cancel_of_a_queued_edit_is_final_while_every_slot_is_taken(
    live: Live, gateway: Gateway, cli: TemporalCli
) -> None:
    with held_document(FORM) as (url, release):
        live.worker(EDITS_FETCH_HOSTS=url)
        document = {"filename": "form.pdf", "url": f"{url}/form.pdf"}
        ahead = [gateway.start(document, INSTRUCTIONS) for _ in range(steps_held(1))]
        for edit_id in ahead:
            gateway.wait(edit_id, "in_progress")
        behind = gateway.start(document, INSTRUCTIONS)
        gateway.wait(behind, "queued")

        answer = gateway.cancel(behind)
        release.set()
        until(lambda: cli.is_closed(behind), 30)

    assert (answer["status"], cli.run_status(behind)) == ("cancelled", "CANCELED")
    assert (gateway.get(behind), gateway.cancel(behind)) == (answer, answer)

"""What the callers of two gateways are told while workers are there, gone, killed and frozen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, pairwise

import pytest

from tests.forms import many_fields_form, many_values, text_form
from tests.held_document import held_document
from tests.live import TERMINAL, Gateway, Live, until
from tests.temporal_cli import TemporalCli
from worker import steps_held

FORM, INSTRUCTIONS = text_form(["name"]), "name: Ada"
LONG = 2_000  # fields: some seconds of work
LONG_FORM, LONG_INSTRUCTIONS = many_fields_form(LONG), many_values(LONG)
PAUSE = 0.03  # seconds between two questions: two cores have more to do than to answer them
HEARTBEAT_TIMEOUT = 5.0  # seconds until Temporal knows that a step's worker is gone


@dataclass
class Callers:
    """The live processes, and what both gateways say of an edit, read by itself and in their lists."""

    live: Live
    gateways: list[Gateway]

    @property
    def first(self) -> Gateway:
        return self.gateways[0]

    def told(self, edit_id: str) -> set[str]:
        return {told for gateway in self.gateways for told in (gateway.status(edit_id), listed(gateway, edit_id))}


def listed(gateway: Gateway, edit_id: str) -> str:
    rows = gateway.http.get("/v1/edits", params={"limit": 100}).json()["data"]
    return next(str(row["status"]) for row in rows if row["id"] == edit_id)


@pytest.fixture(scope="module")
def two_gateways(temporal_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    live = Live(tmp_path_factory.mktemp("statuses"), temporal_address, {"EDITS_TASK_QUEUE": "statuses"})
    live.gateway()
    live.gateway()
    yield live
    live.stop()


@pytest.fixture
def callers(two_gateways: Live) -> Iterator[Callers]:
    """No worker runs until the test starts one."""
    before = len(two_gateways.processes)
    yield Callers(two_gateways, two_gateways.gateways)
    for worker in two_gateways.processes[before:]:
        worker.kill()


class Poller(threading.Thread):
    """A caller that asks one gateway after the other until the edit has ended, and keeps what it was told."""

    def __init__(self, callers: Callers, edit_id: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._callers = callers
        self._edit_id = edit_id
        self.start()

    def run(self) -> None:
        for gateway in cycle(self._callers.gateways):
            self.seen.append(gateway.status(self._edit_id))
            self.seen.append(listed(gateway, self._edit_id))
            if self.seen[-1] in TERMINAL:
                return
            time.sleep(PAUSE)

    def told(self, seconds: float = 60) -> list[str]:
        """All of it, each status once for as long as it stood."""
        self.join(seconds)
        return self.seen[:1] + [later for earlier, later in pairwise(self.seen) if earlier != later]


def test_an_edit_is_pending_until_a_worker_has_looked_at_it(callers: Callers) -> None:
    edit_id = callers.first.start(FORM, INSTRUCTIONS)

    assert callers.told(edit_id) == {"pending"}
    callers.live.worker()
    assert callers.first.wait(edit_id)["status"] == "completed"
    assert callers.told(edit_id) == {"completed"}


def test_an_edit_is_queued_while_every_slot_is_taken(callers: Callers) -> None:
    with held_document(FORM) as (url, release):
        callers.live.worker(EDITS_FETCH_HOSTS=url)
        document = {"filename": "form.pdf", "url": f"{url}/form.pdf"}
        ahead = [callers.first.start(document, INSTRUCTIONS) for _ in range(steps_held(1))]
        for edit_id in ahead:
            callers.first.wait(edit_id, "in_progress")
        behind = callers.first.start(document, INSTRUCTIONS)
        callers.first.wait(behind, "queued")

        assert callers.told(behind) == {"queued"}
        assert callers.told(ahead[0]) == {"in_progress"}
        release.set()
        assert {callers.first.wait(edit_id)["status"] for edit_id in [*ahead, behind]} == {"completed"}


def test_a_status_never_goes_backwards_while_workers_come_and_die(callers: Callers, cli: TemporalCli) -> None:
    edit_id = callers.first.start(LONG_FORM, LONG_INSTRUCTIONS)
    polled = Poller(callers, edit_id)
    worker = callers.live.worker()
    until(lambda: cli.step_at_work(edit_id) == "fill_document", 60)

    worker.kill()
    until(lambda: cli.step_at_work(edit_id) == "", 4 * HEARTBEAT_TIMEOUT)  # Temporal has noticed
    told = callers.told(edit_id)
    callers.live.worker()

    assert told == {"in_progress"}
    assert [status for status in polled.told() if status != "queued"] == ["pending", "in_progress", "completed"]


def test_an_edit_stays_in_progress_when_its_worker_is_frozen(callers: Callers, cli: TemporalCli) -> None:
    worker = callers.live.worker()
    edit_id = callers.first.start(LONG_FORM, LONG_INSTRUCTIONS)
    until(lambda: cli.step_at_work(edit_id) != "", 60)
    polled = Poller(callers, edit_id)

    worker.freeze()
    until(lambda: cli.step_at_work(edit_id) == "", 4 * HEARTBEAT_TIMEOUT)
    told = callers.told(edit_id)
    worker.thaw()

    assert told == {"in_progress"}
    assert polled.told() == ["in_progress", "completed"]


def test_a_cancel_while_the_worker_is_dead_is_final_for_both_gateways(callers: Callers, cli: TemporalCli) -> None:
    worker = callers.live.worker()
    edit_id = callers.first.start(LONG_FORM, LONG_INSTRUCTIONS)
    until(lambda: cli.step_at_work(edit_id) == "fill_document", 60)
    worker.kill()

    answer = callers.first.cancel(edit_id)
    told = callers.told(edit_id)
    open_still = cli.run_status(edit_id)
    callers.live.worker()
    until(lambda: cli.is_closed(edit_id), 60)

    assert (answer["status"], told, open_still) == ("cancelled", {"cancelled"}, "RUNNING")
    assert [gateway.get(edit_id) for gateway in callers.gateways] == [answer, answer]
    assert cli.run_status(edit_id) == "CANCELED"


def test_cancels_through_both_gateways_at_once_get_the_same_answer(callers: Callers) -> None:
    callers.live.worker()
    edit_id = callers.first.start(LONG_FORM, LONG_INSTRUCTIONS)
    callers.first.wait(edit_id, "in_progress")

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda gateway: gateway.cancel(edit_id), callers.gateways * 3))

    assert answers == [callers.first.get(edit_id)] * 6
    assert answers[0]["status"] == "cancelled"


def test_a_cancel_from_temporal_while_no_worker_runs_waits_for_one(callers: Callers, cli: TemporalCli) -> None:
    edit_id = callers.first.start(FORM, INSTRUCTIONS)
    polled = Poller(callers, edit_id)

    cli.workflow("cancel", "--workflow-id", edit_id)
    assert callers.told(edit_id) == {"pending"}
    callers.live.worker()

    assert polled.told()[-1] == "cancelled"
    assert cli.run_status(edit_id) == "CANCELED"

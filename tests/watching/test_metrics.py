"""What Prometheus is told: real processes, real edits, their own endpoints."""

from __future__ import annotations

import psutil

from dev.processes import Process
from tests.forms import many_fields_form, many_values, text_form
from tests.live import Live, until
from tests.watching.conftest import Measured

LONG = 2_000  # fields: some seconds of work
LONG_FORM, LONG_INSTRUCTIONS = many_fields_form(LONG), many_values(LONG)


def test_edits_are_counted_by_outcome_and_reason(measured: Measured) -> None:
    before = measured.of_worker()
    gateway = measured.gateway
    for document in (text_form(["name"]), b"%PDF-1.7 no objects"):
        gateway.wait(gateway.start(document, "name: Ada"))

    after = measured.of_worker()

    def more(**labels: str) -> float:
        return after.total("edits_ended_total", **labels) - before.total("edits_ended_total", **labels)

    assert more(status="completed", reason="") == 1
    assert more(status="failed", reason="invalid_document") == 1


def test_every_accepted_edit_is_counted_at_the_gateway_and_its_end_at_the_worker(measured: Measured) -> None:
    gateway = measured.gateway
    accepted, ended = measured.of_gateway(), measured.of_worker()
    for edit_id in [gateway.start(text_form(["name"]), "name: Ada") for _ in range(5)]:
        gateway.wait(edit_id)

    assert measured.of_gateway().total("edits_accepted_total") - accepted.total("edits_accepted_total") == 5
    assert measured.of_worker().total("edits_ended_total") - ended.total("edits_ended_total") == 5


def test_steps_waits_and_whole_edits_have_times(measured: Measured) -> None:
    measured.gateway.wait(measured.gateway.start(text_form(["name"]), "name: Ada"))

    page = measured.of_worker()

    assert page.total("edits_step_seconds_count", step="plan_edit", result="ok") >= 1
    assert page.total("edits_step_seconds_count", step="fill_document", result="ok") >= 1
    assert page.total("edits_queue_wait_seconds_count") >= 1
    assert 0 < page.total("edits_duration_seconds_sum", status="completed") < 600


def test_a_cancel_is_timed_by_who_ended_the_edit(measured: Measured) -> None:
    gateway = measured.gateway
    edit_id = gateway.start(LONG_FORM, LONG_INSTRUCTIONS)
    until(lambda: gateway.status(edit_id) == "in_progress", 30)
    before = measured.of_gateway().total("edits_cancel_seconds_count", by="worker")

    assert gateway.cancel(edit_id)["status"] == "cancelled"

    assert measured.of_gateway().total("edits_cancel_seconds_count", by="worker") - before == 1
    assert measured.of_worker().total("edits_child_kills_total", cause="cancel") >= 1
    assert measured.of_worker().total("edits_ended_total", status="cancelled") >= 1


def test_a_child_that_is_killed_in_a_job_is_counted_by_its_cause(measured: Measured) -> None:
    gateway = measured.gateway
    edit_id = gateway.start(LONG_FORM, LONG_INSTRUCTIONS)
    until(lambda: gateway.status(edit_id) == "in_progress", 30)

    def crashed() -> bool:
        for child in children_of(measured.worker):
            child.kill()
        return measured.of_worker().total("edits_child_kills_total", cause="crash") >= 1

    until(crashed, 30, every=0.2)

    gateway.cancel(edit_id)


def children_of(worker: Process) -> list[psutil.Process]:
    """Those that work on documents: grandchildren, of the process that they are forked from."""
    below = psutil.Process(worker.pid).children(recursive=True)
    return [each for each in below if not each.children()]


def test_requests_are_counted_by_route_and_status_never_by_what_a_stranger_writes(measured: Measured) -> None:
    gateway = measured.gateway
    gateway.http.get("/v1/edits/nobody-has-this-id")
    gateway.http.get("/strange/path-of-a-scanner")
    gateway.http.request("BREW", "/v1/edits")
    gateway.client("no key").get("/v1/edits")

    page = measured.of_gateway()

    assert page.total("edits_requests_total", method="GET", route="/v1/edits/{edit_id}", status="404") >= 1
    assert page.total("edits_requests_total", method="GET", route="", status="404") >= 1
    assert page.total("edits_requests_total", route="", status="401") >= 1
    assert page.total("edits_requests_total", method="other") >= 1
    shown = " ".join(page.values("edits_requests_total", "route") | page.values("edits_requests_total", "method"))
    assert [word for word in ("nobody", "strange", "BREW") if word in shown] == []


def test_a_frozen_worker_shows_in_the_age_of_the_oldest_edit(measured: Measured) -> None:
    measured.worker.freeze()
    try:
        edit_id = measured.gateway.start(text_form(["name"]), "name: Ada")
        until(lambda: measured.of_gateway().total("edits_open") >= 1, 40)
        until(lambda: measured.of_gateway().total("edits_oldest_open_seconds") > 0, 5)
    finally:
        measured.worker.thaw()
    measured.gateway.wait(edit_id)
    until(lambda: measured.of_gateway().total("edits_open") == 0, 40)


def test_a_store_that_is_away_is_counted(measured: Measured) -> None:
    before = measured.of_gateway().total("edits_store_errors_total", store="blobs")
    blobs = measured.live.home / "blobs"
    aside = blobs.rename(measured.live.home / "aside")
    blobs.write_text("no folder")
    try:
        assert measured.gateway.create(text_form(["name"]), "name: Ada").status_code == 503
    finally:
        blobs.unlink()
        aside.rename(blobs)

    assert measured.of_gateway().total("edits_store_errors_total", store="blobs") > before


def test_the_sdks_own_metrics_are_on_the_same_page(measured: Measured) -> None:
    assert "temporal_request" in measured.of_worker().names
    assert "temporal_worker_task_slots_available" in measured.of_worker().names
    assert "temporal_request" in measured.of_gateway().names


def test_the_gateways_own_port_shows_no_metrics(measured: Measured) -> None:
    assert measured.gateway.http.get("/metrics").status_code == 404


def test_an_address_that_is_taken_ends_the_start_with_a_line_that_names_it(measured: Measured, live: Live) -> None:
    worker = live.worker(wait=False, EDITS_METRICS=measured.worker_address)

    until(lambda: worker.exit_code is not None, 60)

    assert worker.exit_code == 1
    assert f"Metrics cannot be served at {measured.worker_address}" in worker.tail()

"""Idempotency-Key on POST /v1/edits: one edit for all requests with one key (contract section 8)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest
from ulid import ULID

from dev.processes import Process
from tests.forms import text_form
from tests.live import OTHER_KEY, Gateway, Live, inline, until

FORM = inline(text_form(["name"]))
BODY: dict[str, Any] = {"document": FORM, "instructions": "name: Ada", "background": True}
OTHER_BODY = BODY | {"instructions": "name: Grace"}


@pytest.fixture
def key() -> str:
    return str(ULID())


def create(gateway: Gateway, key: str, body: Any = BODY, client: httpx.Client | None = None) -> httpx.Response:
    content = json.dumps(body)
    return (client or gateway.http).post("/v1/edits", content=content, headers={"Idempotency-Key": key})


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]["code"]


def count(gateway: Gateway) -> int:
    return len(gateway.page(limit=100)["data"])


def test_a_request_sent_twice_makes_one_edit(alone: Gateway, key: str) -> None:
    first, second = create(alone, key), create(alone, key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert count(alone) == 1


def test_the_second_answer_is_the_edit_as_it_is_then(alone: Gateway, key: str) -> None:
    cancelled = alone.cancel(create(alone, key).json()["id"])

    second = create(alone, key)
    assert (second.status_code, second.json()) == (201, cancelled)


def test_without_a_key_every_request_makes_an_edit(alone: Gateway) -> None:
    answers = [
        alone.http.post("/v1/edits", json=BODY, headers=headers) for headers in ({}, {"Idempotency-Key": ""}) * 2
    ]

    assert len({answer.json()["id"] for answer in answers}) == 4


def test_the_key_with_another_body_is_409(alone: Gateway, key: str) -> None:
    create(alone, key)

    assert code(create(alone, key, OTHER_BODY)) == (409, "idempotency_conflict")
    assert count(alone) == 1


def test_a_key_belongs_to_its_organization(gateway: Gateway, key: str) -> None:
    mine, theirs = create(gateway, key), create(gateway, key, OTHER_BODY, gateway.client(OTHER_KEY))

    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]


def test_a_key_that_is_too_long_is_422(alone: Gateway) -> None:
    assert code(create(alone, "x" * 256)) == (422, "invalid_request")
    assert create(alone, "x" * 255).status_code == 201


@pytest.mark.parametrize("odd", ["'; DROP TABLE edits --", "a/b?c=d%00", "é", '"quoted"'])
def test_a_key_is_any_text(alone: Gateway, odd: str) -> None:
    headers = [(b"idempotency-key", odd.encode())]
    answers = [alone.http.post("/v1/edits", content=json.dumps(BODY), headers=headers) for _ in range(2)]

    assert answers[0].json()["id"] == answers[1].json()["id"]


# Several at once, and several gateways


def test_of_requests_at_the_same_moment_on_two_gateways_one_makes_the_edit(live: Live, key: str) -> None:
    gateways = [live.gateway(), live.gateway()]

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda number: create(gateways[number % 2], key), range(12)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert count(gateways[0]) == 1


def test_of_two_bodies_at_the_same_moment_one_is_409(live: Live, key: str) -> None:
    gateways = [live.gateway(), live.gateway()]

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(create, gateways, [key, key], [BODY, OTHER_BODY]))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert count(gateways[0]) == 1


def test_a_key_outlives_its_gateway(live: Live, key: str) -> None:
    gateway = live.gateway()
    first = create(gateway, key).json()["id"]
    gateway.process.kill()

    assert create(live.gateway(), key).json()["id"] == first


def test_a_gateway_removes_keys_that_have_expired(live: Live, key: str) -> None:
    create(live.gateway(), key)
    with closing(sqlite3.connect(live.home / "catalog.db")) as catalog, catalog:
        catalog.execute("UPDATE idempotency_keys SET created_at = created_at - 25 * 3600 * 1000000")

    live.gateway()

    with closing(sqlite3.connect(live.home / "catalog.db")) as catalog:
        until(lambda: catalog.execute("SELECT count(*) FROM idempotency_keys").fetchone() == (0,), 10)


# Requests that wait for their edit


def test_a_waiting_request_sent_again_gets_the_finished_edit(gateway: Gateway, key: str) -> None:
    body = BODY | {"background": False}
    first, second = create(gateway, key, body), create(gateway, key, body)

    assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())
    assert second.json()["output"] is not None


def test_a_second_request_waits_for_the_edit_of_the_first(live: Live, key: str) -> None:
    gateways = [live.gateway(), live.gateway()]
    body = BODY | {"background": False}

    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(create, gateway, key, body) for gateway in gateways]
        until(lambda: count(gateways[0]) == 1, 20)
        live.worker()
        first, second = (answer.result() for answer in answers)

    assert (first.status_code, first.json()["status"], second.json()) == (201, "completed", first.json())
    assert count(gateways[0]) == 1


def test_a_document_that_cannot_be_filled_is_422_again_and_read_once(gateway: Gateway, key: str) -> None:
    name = f"{key}.pdf"
    body = BODY | {"background": False, "document": inline(b"%PDF-1.7 and no more", name)}
    first, second = create(gateway, key, body), create(gateway, key, body)

    assert (first.status_code, second.status_code, second.json()) == (422, 422, first.json())
    [failed] = gateway.page(filename=name)["data"]
    told = first.json()["detail"]
    del told["details"]["errors"]  # which every 422 lists, and no edit
    assert (failed["status"], failed["error"]) == ("failed", told)


def test_an_edit_that_was_deleted_does_not_come_back_by_its_key(alone: Gateway, key: str) -> None:
    edit_id = create(alone, key).json()["id"]
    alone.http.delete(f"/v1/edits/{edit_id}")

    assert code(create(alone, key)) == (404, "not_found")
    assert count(alone) == 0


# Errors


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (BODY | {"instructions": 1}, (422, "invalid_request")),
        (BODY | {"template_id": "edittplt_1"}, (400, "bad_request")),
        (BODY | {"document": {"id": "file_unknown"}}, (404, "not_found")),
    ],
)
def test_an_error_of_the_callers_is_the_answer_to_the_key(
    alone: Gateway, key: str, body: dict[str, Any], answer: tuple[int, str]
) -> None:
    first, second = create(alone, key, body), create(alone, key, body)

    assert (code(first), second.json()) == (answer, first.json())
    assert code(create(alone, key)) == (409, "idempotency_conflict")


def test_an_outage_is_not_kept_and_leaves_the_key_free(
    live: Live, own_temporal: Callable[[], Process], key: str
) -> None:
    server = own_temporal()
    gateway = live.gateway()
    server.kill()
    failed = create(gateway, key)

    own_temporal()
    until(lambda: gateway.http.get("/readyz").status_code == 200, 30)
    again = create(gateway, key)

    assert (failed.status_code, again.status_code, count(gateway)) == (503, 201, 1)


@pytest.mark.parametrize("body", [BODY, BODY | {"instructions": "", "values": {"name": "Ada"}}])
def test_an_edit_whose_gateway_died_before_it_started_is_started_by_the_next_request(
    live: Live, own_temporal: Callable[[], Process], key: str, body: dict[str, Any]
) -> None:
    server = own_temporal()
    gateway, other = live.gateway(), live.gateway()
    server.freeze()
    with ThreadPoolExecutor(1) as threads:
        lost = threads.submit(create, gateway, key, body)
        until(lambda: (live.home / "catalog.db").exists() and edits_in_catalog(live) == 1, 10)
        gateway.process.kill()
        assert isinstance(lost.exception(), httpx.TransportError)
    server.kill()
    own_temporal()
    until(lambda: other.http.get("/readyz").status_code == 200, 30)

    answer = create(other, key, body)

    live.worker()
    assert answer.status_code == 201
    assert other.wait(answer.json()["id"])["status"] == "completed"
    assert count(other) == 1


def edits_in_catalog(live: Live) -> int:
    with closing(sqlite3.connect(live.home / "catalog.db")) as connection:
        [found] = connection.execute("SELECT count(*) FROM edits")
    return int(found[0])

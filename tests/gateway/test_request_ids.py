"""`x-request-id` on every answer, and the same id in the log (contract section 1)."""

from __future__ import annotations

import re
import sqlite3

import httpx
import pytest

from tests.forms import text_form
from tests.live import Gateway, Live, inline, until

FORM = inline(text_form(["name"]))


def test_every_answer_carries_an_id_of_its_own(alone: Gateway, stack: Live) -> None:
    edit_id, broken = alone.start(FORM, "name: Ada"), alone.start(FORM, "name: Ada")
    with sqlite3.connect(stack.home / "catalog.db", timeout=30) as catalog:
        catalog.execute("""UPDATE edits SET status = 'failed', problem = '{"odd": 1}' WHERE id = ?""", (broken,))
    catalog.close()

    http, path = alone.http, f"/v1/edits/{edit_id}"
    answers = [
        http.get("/healthz"),
        http.get(path),
        http.get("/v1/edits", params={"filename": "none"}),
        http.post("/v1/edits", json={"document": FORM, "instructions": "name: Ada", "background": True}),
        http.delete(path),
        http.get("/v1/edits?from_date=nope"),
        httpx.get(f"{alone.url}/v1/edits", trust_env=False),
        http.get(path),
        http.get("/nothing"),
        http.put("/v1/edits"),
        http.post("/v1/edits", content=b" " * 1_100_000),
        http.get("/v1/edits?limit=0"),
        http.get(f"/v1/edits/{broken}"),
    ]
    expected = [200, 200, 200, 201, 204, 400, 401, 404, 404, 405, 413, 422, 500]
    assert [answer.status_code for answer in answers] == expected
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert all(re.fullmatch(r"req_[0-9A-Za-z]+", request_id) for request_id in ids)
    assert len(set(ids)) == len(ids)


def test_an_id_that_a_client_sends_is_not_taken_over(gateway: Gateway) -> None:
    answer = gateway.http.get("/healthz", headers={"x-request-id": "req_mine"})

    assert answer.headers.get_list("x-request-id") != ["req_mine"]
    assert len(answer.headers.get_list("x-request-id")) == 1


def access_line(gateway: Gateway, answer: httpx.Response) -> str:
    request_id = answer.headers["x-request-id"]
    until(lambda: request_id in gateway.process.log.read_text(), 5)
    [line] = [line for line in gateway.process.log.read_text().splitlines() if request_id in line]
    return line


def test_the_log_has_a_line_for_each_request_with_its_id_and_edit(gateway: Gateway) -> None:
    created = gateway.create(FORM, "name: Ada")
    edit_id = created.json()["id"]
    read = gateway.http.get(f"/v1/edits/{edit_id}")
    cancelled = gateway.http.post(f"/v1/edits/{edit_id}/cancel")

    tail = r" \d+ ms edit={} request={}"
    for method, path, answer in [
        ("POST", "/v1/edits", created),
        ("GET", f"/v1/edits/{edit_id}", read),
        ("POST", f"/v1/edits/{edit_id}/cancel", cancelled),
    ]:
        wanted = f"{method} {path} {answer.status_code}" + tail.format(edit_id, answer.headers["x-request-id"])
        assert re.search(f"INFO gateway.access {wanted}$", access_line(gateway, answer))


@pytest.mark.parametrize("path", ["/v1/edits/a%0A2026-01-01T00:00:00.000Z INFO forged", "/v1/edits/" + "x" * 20_000])
def test_a_strangers_path_stays_within_a_line_of_ordinary_length(gateway: Gateway, path: str) -> None:
    line = access_line(gateway, gateway.http.get(path))

    assert re.match(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z INFO gateway.access GET /v1/edits/", line)
    assert len(line) < 700


def test_no_key_and_no_instructions_are_in_the_log(gateway: Gateway) -> None:
    gateway.create(FORM, "name: Zebulon", background=False)
    gateway.http.get("/v1/edits", params={"filename": "Zebulon"})
    gateway.client("a-wrong-key").get("/v1/edits")

    log = gateway.process.log.read_text()
    assert [word for word in ("Zebulon", "key-of-acme", "key-of-beta", "a-wrong-key") if word in log] == []

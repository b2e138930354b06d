"""Who is calling, and whose edits that caller sees (contract section 1)."""

from __future__ import annotations

import json
import socket

import httpx
import pytest

from dev.errors import ProcessDied
from tests.forms import text_form
from tests.live import KEY, OTHER_KEY, Gateway, Live, inline
from tests.temporal_cli import TemporalCli

FORM = inline(text_form(["name"]))


def ask(gateway: Gateway, headers: dict[str, str], method: str = "GET", path: str = "/v1/edits") -> httpx.Response:
    with gateway.client(None) as nobody:
        return nobody.request(method, path, headers=headers)


# No key, or a wrong one


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": "Bearer"},
        {"authorization": KEY},
        {"authorization": f"Basic {KEY}"},
        {"authorization": f"Bearer {KEY[:-1]}"},
        {"authorization": f"Bearer {KEY}x"},
        {"authorization": f"Bearer {KEY.upper()}"},
        {"authorization": f"Bearer acme:{KEY}"},
        {"api-key": "wrong"},
        {"api-key": f"Bearer {KEY}"},
        {"x-api-key": KEY},
        {"cookie": f"api-key={KEY}"},
    ],
    ids=str,
)
def test_a_missing_or_wrong_key_is_401(gateway: Gateway, headers: dict[str, str]) -> None:
    response = ask(gateway, headers)

    detail = response.json()["detail"]
    assert (response.status_code, detail["code"]) == (401, "unauthorized")
    assert detail["message"]
    assert response.headers["www-authenticate"] == "Bearer"


def test_a_key_in_the_query_is_no_key(gateway: Gateway) -> None:
    assert ask(gateway, {}, path=f"/v1/edits?access_token={KEY}&api_key={KEY}").status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/edits/edt_unknown"),
        ("DELETE", "/v1/edits/edt_unknown"),
        ("POST", "/v1/edits/edt_unknown/cancel"),
        ("GET", "/v1/edits/edt_unknown/report"),
        ("GET", "/v1/edits/templates"),
        ("GET", "/v1/edits?limit=0"),
        ("PUT", "/v1/edits"),
        ("GET", "/v1/nothing"),
        ("GET", "/"),
        ("GET", "//v1/edits"),
        ("GET", "/healthz/"),
        ("GET", "/HEALTHZ"),
    ],
)
def test_a_stranger_learns_nothing_but_401(gateway: Gateway, method: str, path: str) -> None:
    assert ask(gateway, {}, method, path).status_code == 401


def test_a_stranger_is_answered_before_the_body_is_sent(gateway: Gateway) -> None:
    host, port = gateway.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(b"POST /v1/edits HTTP/1.1\r\nhost: here\r\ncontent-length: 1000000\r\n\r\n")

        assert line.recv(1_000).startswith(b"HTTP/1.1 401 ")


def test_a_stranger_who_sends_a_large_body_sees_the_401(gateway: Gateway) -> None:
    with gateway.client(None) as stranger:
        response = stranger.post("/v1/edits", content=(b"x" * 1024 * 1024 for _ in range(8)))

    assert response.status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/docs"])
def test_what_tells_nothing_about_anybody_needs_no_key(gateway: Gateway, path: str) -> None:
    assert ask(gateway, {}, path=path).status_code == 200


# A right one


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {KEY}"},
        {"authorization": f"bearer   {KEY}"},
        {"api-key": KEY},
        {"Api-Key": KEY},
        {"authorization": "Basic abc", "api-key": KEY},
    ],
    ids=str,
)
def test_a_key_is_taken_as_bearer_or_as_api_key(gateway: Gateway, headers: dict[str, str]) -> None:
    assert ask(gateway, headers).status_code == 200


def test_bearer_decides_where_both_are_sent(gateway: Gateway) -> None:
    edit_id = gateway.start(FORM, "name: Ada")
    path = f"/v1/edits/{edit_id}"

    mine, wrong = f"Bearer {KEY}", "Bearer wrong"
    assert ask(gateway, {"authorization": mine, "api-key": "wrong"}, path=path).status_code == 200
    assert ask(gateway, {"authorization": mine, "api-key": OTHER_KEY}, path=path).status_code == 200
    assert ask(gateway, {"authorization": f"Bearer {OTHER_KEY}", "api-key": KEY}, path=path).status_code == 404
    assert ask(gateway, {"authorization": wrong, "api-key": KEY}, path=path).status_code == 401


# Organizations


def test_an_edit_of_another_organization_is_as_good_as_unknown(gateway: Gateway) -> None:
    edit_id = gateway.start(FORM, "name: Ada")
    other = gateway.client(OTHER_KEY)

    def answers(wanted: str) -> list[tuple[int, str]]:
        path = f"/v1/edits/{wanted}"
        found = [other.get(path), other.post(f"{path}/cancel"), other.delete(path), other.get(f"{path}/report")]
        return [(answer.status_code, answer.text.replace(wanted, "ID")) for answer in found]

    assert answers(edit_id) == answers("edt_unknown")
    assert gateway.wait(edit_id)["status"] == "completed"


def test_a_stored_document_of_another_organization_is_not_found_by_its_url(gateway: Gateway) -> None:
    file_id = gateway.create(FORM, "name: Ada", background=False).json()["file"]["id"]
    other = gateway.client(OTHER_KEY)

    for organization in ("", "acme/", "beta/"):
        document = {"filename": "form.pdf", "url": f"https://storage.retab.com/{organization}{file_id}.pdf"}
        response = other.post("/v1/edits", json={"document": document, "instructions": "name: Bo"})
        assert response.status_code == 404


def test_the_first_organization_sees_what_was_started_in_temporal(gateway: Gateway, cli: TemporalCli) -> None:
    started = json.dumps({"document": FORM, "instructions": "name: Ada"})
    arguments = ["--type", "EditWorkflow", "--task-queue", "shared", "--input", started]
    cli.workflow("start", "--workflow-id", "started-in-temporal", *arguments)

    assert gateway.wait("started-in-temporal")["status"] == "completed"
    assert "started-in-temporal" in [row["id"] for row in gateway.page(limit=100)["data"]]
    other = gateway.client(OTHER_KEY)
    assert other.get("/v1/edits/started-in-temporal").status_code == 404
    assert "started-in-temporal" not in [row["id"] for row in other.get("/v1/edits").json()["data"]]


# Without any keys


def test_without_keys_whoever_reaches_the_loopback_is_served(live: Live) -> None:
    gateway = live.gateway(EDITS_API_KEYS="")

    assert ask(gateway, {}).status_code == 200
    assert ask(gateway, {"authorization": "Bearer whatever"}).status_code == 200
    assert "EDITS_API_KEYS is empty" in gateway.process.tail()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])  # noqa: S104
def test_without_keys_no_other_address_is_served(live: Live, host: str) -> None:
    with pytest.raises(ProcessDied, match="ended with code 1"):
        live.gateway(EDITS_API_KEYS="", EDITS_HOST=host)

    assert "without keys the gateway serves loopback only" in live.processes[0].tail()

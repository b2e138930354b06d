"""What a refused request is told: one envelope, the right status, words to go on with (contract section 2)."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.forms import text_form
from tests.live import Gateway, Live, inline, until

FORM = inline(text_form(["name"]))
MEGABYTE = 1024 * 1024


def detail(response: httpx.Response) -> dict[str, Any]:
    """The envelope's inside; what a client finds there never changes its shape."""
    body = response.json()
    assert list(body) == ["detail"]
    assert list(body["detail"]) == ["code", "message", "details"]
    return dict(body["detail"])


def refused(gateway: Gateway, **body: Any) -> tuple[int, dict[str, Any]]:
    response = gateway.http.post("/v1/edits", json={"document": FORM, "instructions": "name: Ada"} | body)
    return response.status_code, detail(response)


def wrong_parts(found: dict[str, Any]) -> list[str]:
    return [str(fault["loc"][-1]) for fault in found["details"]["errors"]]


# The envelope


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/edits?from_date=nope", 400),
        ("GET", "/v1/edits/edt_unknown", 404),
        ("GET", "/v1/nothing", 404),
        ("PUT", "/v1/edits", 405),
        ("GET", "/v1/edits?limit=0", 422),
        ("POST", "/v1/edits", 422),
    ],
)
def test_every_error_is_a_code_and_a_message_in_json(gateway: Gateway, method: str, path: str, status: int) -> None:
    response = gateway.http.request(method, path)

    found = detail(response)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/json")
    assert found["code"]
    assert found["message"]


def test_a_422_lists_every_fault_the_way_each_client_reads_it(gateway: Gateway) -> None:
    status, found = refused(gateway, instructions=7, background="yes", config={"color": "blue"})

    assert (status, found["code"]) == (422, "invalid_request")
    assert [fault["loc"] for fault in found["details"]["errors"]] == [
        ["body", "instructions"],
        ["body", "config", "color"],
        ["body", "background"],
    ]
    for fault in found["details"]["errors"]:
        assert set(fault) == {"loc", "msg", "type", "message", "code"}
        assert fault["msg"] == fault["message"] != ""
        assert fault["type"] == fault["code"] != ""


def test_a_422_for_what_a_well_formed_body_holds_is_listed_there_too(gateway: Gateway) -> None:
    status, found = refused(gateway, document=inline(b"%PDF-1.7 nothing else"))

    assert (status, found["code"]) == (422, "invalid_document")
    [fault] = found["details"]["errors"]
    assert (fault["loc"], fault["msg"], fault["type"]) == (["body"], found["message"], found["code"])
    assert (fault["message"], fault["code"]) == (found["message"], found["code"])


def test_the_message_of_a_422_names_the_first_fault(gateway: Gateway) -> None:
    _, found = refused(gateway, config={"color": "blue"})

    assert found["message"].startswith("body.config.color: ")


# Requests that say too much, too little or nonsense


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("named", [{"template_id": "edittplt_1"}, {"document": None}])
def test_both_or_neither_of_document_and_template_is_400(
    gateway: Gateway, named: dict[str, Any], background: bool
) -> None:
    status, found = refused(gateway, background=background, **named)

    assert (status, found["code"]) == (400, "bad_request")
    assert "either a document or a template_id" in found["message"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"instructions": "\\ud800"}'])
def test_a_body_that_is_no_json_object_is_422(gateway: Gateway, content: bytes) -> None:
    response = gateway.http.post("/v1/edits", content=content)

    found = detail(response)
    assert (response.status_code, found["code"]) == (422, "invalid_request")
    assert found["details"]["errors"][0]["loc"][0] == "body"


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"instructions": None}, "instructions"),
        ({"instructions": ""}, "instructions"),
        ({"instructions": " \n\t"}, "instructions"),
        ({"instructions": ["name: Ada"]}, "instructions"),
        ({"document": "form.pdf"}, "document"),
        ({"document": {}}, "document"),
        ({"document": {"url": FORM["url"]}}, "document"),
        ({"document": {"filename": "form.pdf"}}, "document"),
        ({"document": {"filename": "form.pdf", "url": ""}}, "url"),
        ({"document": {"filename": "", "url": FORM["url"]}}, "filename"),
        ({"document": {"filename": 7, "url": FORM["url"]}}, "filename"),
        ({"template_id": 7}, "template_id"),
        ({"model": 7}, "model"),
        ({"config": "#000080"}, "config"),
        ({"config": {"color": "navy"}}, "color"),
        ({"config": {"color": "#00008"}}, "color"),
        ({"bust_cache": "no"}, "bust_cache"),
        ({"background": 1}, "background"),
        ({"stream": True}, "stream"),
        ({"stream": True, "background": True}, "stream"),
    ],
)
def test_a_wrong_part_of_a_request_is_422_and_named(gateway: Gateway, wrong: dict[str, Any], part: str) -> None:
    status, found = refused(gateway, **wrong)

    assert (status, wrong_parts(found)) == (422, [part])


def test_a_request_without_instructions_is_422(gateway: Gateway) -> None:
    response = gateway.http.post("/v1/edits", json={"document": FORM})

    assert (response.status_code, wrong_parts(detail(response))) == (422, ["instructions"])


def test_a_refused_request_leaves_no_edit(alone: Gateway) -> None:
    refused(alone, stream=True)
    refused(alone, template_id="edittplt_1")
    refused(alone, document={"id": "file_unknown"})

    assert alone.page()["data"] == []


# Requests that are too large


def streamed(megabytes: int) -> Iterator[bytes]:
    for _ in range(megabytes):
        yield b" " * MEGABYTE


@pytest.mark.parametrize("megabytes", [2, 12])
def test_a_client_that_streams_a_body_over_the_limit_sees_the_413(alone: Gateway, megabytes: int) -> None:
    response = alone.http.post("/v1/edits", content=streamed(megabytes))

    found = detail(response)
    assert (response.status_code, found["code"]) == (413, "request_too_large")
    assert found["details"] == {"limit": MEGABYTE}
    assert "EDITS_MAX_DOCUMENT_MB" in found["message"]


def test_a_client_that_says_its_length_sees_the_413(alone: Gateway) -> None:
    assert alone.http.post("/v1/edits", content=b" " * (MEGABYTE + 1)).status_code == 413


def test_a_body_right_at_the_limit_is_read(alone: Gateway) -> None:
    body = json.dumps({"document": FORM, "instructions": "name: Ada", "background": True}).encode()

    assert alone.http.post("/v1/edits", content=body.rjust(MEGABYTE)).status_code == 201


def test_the_default_limit_is_32_mebibytes(gateway: Gateway) -> None:
    assert gateway.http.post("/v1/edits", content=streamed(32)).status_code == 422
    assert gateway.http.post("/v1/edits", content=streamed(33)).status_code == 413


# What is not there


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "/v1/edits/edt_unknown", "Edit edt_unknown not found"),
        ("POST", "/v1/edits/edt_unknown/cancel", "edit 'edt_unknown' not found"),
        ("DELETE", "/v1/edits/edt_unknown", "edit 'edt_unknown' not found"),
    ],
)
def test_an_unknown_edit_is_404_in_the_documented_words(gateway: Gateway, method: str, path: str, message: str) -> None:
    response = gateway.http.request(method, path)

    found = detail(response)
    assert (response.status_code, found["code"], found["message"]) == (404, "not_found", message)


@pytest.mark.parametrize("background", [False, True])
def test_an_unknown_template_is_404(gateway: Gateway, background: bool) -> None:
    status, found = refused(gateway, document=None, template_id="edittplt_unknown", background=background)

    assert (status, found["message"]) == (404, "Template edittplt_unknown not found")


@pytest.mark.parametrize(
    "document",
    [
        {"id": "file_unknown"},
        {"id": ""},
        {"filename": "form.pdf", "url": "https://storage.retab.com/file_unknown"},
        {"filename": "form.pdf", "url": "https://storage.retab.com/acme/file_unknown.pdf"},
    ],
)
@pytest.mark.parametrize("background", [False, True])
def test_an_unknown_stored_file_is_404(gateway: Gateway, document: dict[str, str], background: bool) -> None:
    status, found = refused(gateway, document=document, background=background)

    assert (status, found["code"]) == (404, "not_found")
    assert found["message"].startswith("File not found")


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/jobs", "/v1/edit", "/v2/edits", "/v1/editsx", "/v1/edits%20"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_nobody_knows_is_404(gateway: Gateway, method: str, path: str) -> None:
    assert gateway.http.request(method, path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/edits", "GET, POST, HEAD, OPTIONS"),
        ("DELETE", "/v1/edits", "GET, POST, HEAD, OPTIONS"),
        ("PATCH", "/v1/edits/edt_1", "GET, DELETE, HEAD, OPTIONS"),
        ("POST", "/v1/edits/edt_1", "GET, DELETE, HEAD, OPTIONS"),
        ("GET", "/v1/edits/edt_1/cancel", "POST, OPTIONS"),
        ("DELETE", "/v1/edits/edt_1/cancel", "POST, OPTIONS"),
        ("GET", "/v1/files/upload", "POST, OPTIONS"),
        ("POST", "/healthz", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_known_path_with_a_wrong_method_is_405_and_says_what_is_right(
    gateway: Gateway, method: str, path: str, allowed: str
) -> None:
    response = gateway.http.request(method, path)

    assert (response.status_code, detail(response)["code"]) == (405, "method_not_allowed")
    assert response.headers["allow"] == allowed
    assert allowed in detail(response)["message"]


# What nobody expected


@pytest.fixture
def damaged(alone: Gateway, stack: Live) -> str:
    """An edit whose row somebody has spoilt by hand."""
    edit_id = alone.start(FORM, "name: Ada")
    with sqlite3.connect(stack.home / "catalog.db", timeout=30) as catalog:
        catalog.execute("""UPDATE edits SET status = 'failed', problem = '{"odd": 1}' WHERE id = ?""", (edit_id,))
    catalog.close()
    return edit_id


def test_an_error_nobody_expected_is_a_500_that_gives_nothing_away(alone: Gateway, damaged: str) -> None:
    response = alone.http.get(f"/v1/edits/{damaged}")

    found = detail(response)
    assert (response.status_code, found["code"]) == (500, "internal_error")
    assert "x-request-id" in found["message"]
    assert "Traceback" not in response.text
    assert str(alone.process.log.parent) not in response.text


def test_the_log_tells_of_it_under_the_request_id(alone: Gateway, damaged: str) -> None:
    request_id = alone.http.get(f"/v1/edits/{damaged}").headers["x-request-id"]

    until(lambda: alone.process.log.read_text().count(request_id) == 2, 5)  # the error, then the access line
    lines = alone.process.log.read_text().splitlines()
    [told] = [number for number, line in enumerate(lines) if " ERROR " in line and request_id in line]
    assert f"edit={damaged}" in lines[told]
    assert lines[told + 1] == "Traceback (most recent call last):"


def test_the_connection_outlives_it(alone: Gateway, damaged: str) -> None:
    answers = [alone.http.get(path) for path in (f"/v1/edits/{damaged}", "/healthz") * 5]

    assert [answer.status_code for answer in answers] == [500, 200] * 5


def test_a_client_that_leaves_while_it_sends_is_no_error_of_ours(alone: Gateway) -> None:
    key = alone.http.headers["authorization"]
    head = f"POST /v1/edits HTTP/1.1\r\nhost: here\r\nauthorization: {key}\r\ncontent-length: 1000\r\n\r\n"
    told = len(alone.process.log.read_text())
    with socket.create_connection(("127.0.0.1", int(alone.url.rpartition(":")[2]))) as line:
        line.sendall(head.encode() + b"{")

    until(lambda: "POST /v1/edits 400" in alone.process.log.read_text()[told:], 5)
    assert " ERROR " not in alone.process.log.read_text()[told:]

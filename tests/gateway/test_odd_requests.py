"""What real clients send that nobody would write by hand, and ids that nobody would give (contract section 1)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.forms import text_form
from tests.live import Gateway, inline
from tests.temporal_cli import TemporalCli

FORM = inline(text_form(["name"]))
BODY: dict[str, Any] = {"document": FORM, "instructions": "name: Ada", "background": True}
JSON = {"content-type": "application/json"}

PYTHON_SDK = BODY | {"model": "retab-small", "config": {"color": "#000080"}, "bust_cache": False}
NODE_SDK = BODY | {"model": None, "config": None, "bust_cache": None, "template_id": None}
GO_SDK = BODY | {"document": FORM | {"content": None, "mime_type": "application/pdf"}}
COMMAND_LINE = BODY | {"bust_cache": False}


@pytest.mark.parametrize(
    "body", [PYTHON_SDK, NODE_SDK, GO_SDK, COMMAND_LINE], ids=["python", "node", "go", "command line"]
)
def test_the_body_of_each_client_creates_the_same_edit(alone: Gateway, body: dict[str, Any]) -> None:
    response = alone.http.post("/v1/edits", json=body)

    assert response.status_code == 201, response.text
    edit = response.json()
    assert (edit["model"], edit["config"], edit["template_id"]) == ("retab-small", {"color": "#000080"}, None)


@pytest.mark.parametrize("headers", [{}, JSON, {"content-type": "text/plain"}, {"content-type": "a/b; charset=x"}])
def test_the_content_type_of_a_request_does_not_matter(alone: Gateway, headers: dict[str, str]) -> None:
    response = alone.http.post("/v1/edits", content=json.dumps(BODY), headers=headers)

    assert response.status_code == 201


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"not json"])
@pytest.mark.parametrize("headers", [{}, JSON])
def test_a_body_where_none_is_needed_is_not_looked_at(alone: Gateway, content: bytes, headers: dict[str, str]) -> None:
    edit_id = alone.start(FORM, "name: Ada")

    read = alone.http.request("GET", f"/v1/edits/{edit_id}", content=content, headers=headers)
    deleted = alone.http.request("DELETE", f"/v1/edits/{edit_id}", content=content, headers=headers)
    cancelled = alone.http.post(f"/v1/edits/{edit_id}/cancel", content=content, headers=headers)
    assert (read.status_code, deleted.status_code, cancelled.status_code) == (200, 204, 404)


def test_success_is_plain_application_json_and_a_204_is_empty(alone: Gateway) -> None:
    created = alone.http.post("/v1/edits", json=BODY)
    path = f"/v1/edits/{created.json()['id']}"

    answers = [created, alone.http.get(path), alone.http.get("/v1/edits")]
    assert [answer.headers["content-type"] for answer in answers] == ["application/json"] * 3
    deleted = alone.http.delete(path)
    assert (deleted.status_code, deleted.content, "content-type" in deleted.headers) == (204, b"", False)


def test_a_file_reference_is_a_document(alone: Gateway) -> None:
    file = alone.http.post("/v1/edits", json=BODY).json()["file"]

    response = alone.http.post("/v1/edits", json=BODY | {"document": file})
    assert (response.status_code, response.json()["file"]) == (201, file)


@pytest.mark.parametrize("model", ["retab-micro", "retab-large", "somebody-elses-model", ""])
def test_any_model_is_echoed(alone: Gateway, model: str) -> None:
    assert alone.http.post("/v1/edits", json=BODY | {"model": model}).json()["model"] == model


@pytest.mark.parametrize(("text", "whole"), [("true", True), ("1", True), ("false", False), ("0", False), ("", True)])
def test_include_output_is_a_boolean(gateway: Gateway, text: str, whole: bool) -> None:
    edit_id = gateway.create(FORM, "name: Ada", background=False).json()["id"]

    assert (gateway.get(edit_id, include_output=text)["output"] is not None) == whole


def test_an_include_output_that_is_none_is_422(alone: Gateway) -> None:
    edit_id = alone.start(FORM, "name: Ada")

    response = alone.http.get(f"/v1/edits/{edit_id}", params={"include_output": "maybe"})
    assert response.status_code == 422
    assert response.json()["detail"]["details"]["errors"][0]["loc"] == ["query", "include_output"]


# Ids

ODD_IDS = [
    "é日本😀",
    "a/b",
    "a//b/",
    "../..",
    "a b",
    "%",
    "%25",
    "?#&=",
    "{edit_id}",
    "' OR 1=1 --",
    "a\0b",
    "a\nb",
    "a\r\nx-injected: 1",
    "cancel",
    "report",
    "x" * 1_000,
    "日" * 1_000,
    "x" * 20_000,
]


@pytest.mark.parametrize("edit_id", ODD_IDS, ids=lambda edit_id: repr(edit_id[:20]))
def test_an_odd_id_is_404_everywhere(gateway: Gateway, edit_id: str) -> None:
    path = f"/v1/edits/{quote(edit_id, safe='')}"

    answers = [gateway.http.get(path), gateway.http.delete(path), gateway.http.post(f"{path}/cancel")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.json()["detail"]["code"] for answer in answers} == {"not_found"}


def test_a_name_with_a_character_that_no_store_holds_is_told_as_it_is_kept(alone: Gateway) -> None:
    created = alone.create(inline(text_form(["name"]), "a\0b.pdf"), "name: Ada").json()

    assert created["file"]["filename"] == "a\ufffdb.pdf" == alone.get(created["id"])["file"]["filename"]
    assert [row["id"] for row in alone.page(filename="a\0")["data"]] == [created["id"]]
    assert alone.page(filename="\0")["data"] == []


def test_an_id_and_something_that_no_store_holds_is_another_id(gateway: Gateway) -> None:
    file_id = gateway.get(gateway.start(FORM, "name: Ada"))["file"]["id"]

    assert gateway.http.get(f"/v1/files/{file_id}").status_code == 200
    for path in (f"/v1/files/{file_id}%00", f"/v1/files/{file_id}%00/download-link"):
        assert gateway.http.get(path).status_code == 404


@pytest.mark.parametrize("raw", ["%zz", "%ff%fe", "%c3", "%"])
def test_a_path_that_is_not_quite_unicode_is_404(gateway: Gateway, raw: str) -> None:
    assert gateway.http.get(f"/v1/edits/{raw}").status_code == 404


def start_in_temporal(cli: TemporalCli, edit_id: str) -> None:
    """An edit that no worker will look at, as typed into Temporal's own start form."""
    started = {"document": FORM, "instructions": "name: Ada"}
    arguments = ["--type", "EditWorkflow", "--task-queue", "unattended", "--input", json.dumps(started)]
    cli.workflow("start", "--workflow-id", edit_id, *arguments)


@pytest.mark.parametrize("edit_id", ["dépôt/7 % ?", "invoice 2026/cancelled", "日本"])
def test_any_workflow_id_is_an_edit_id(gateway: Gateway, cli: TemporalCli, edit_id: str) -> None:
    start_in_temporal(cli, edit_id)

    path = f"/v1/edits/{quote(edit_id, safe='')}"
    assert gateway.http.get(path).json()["id"] == edit_id
    assert [gateway.http.delete(path).status_code for _ in range(2)] == [204, 404]


# Methods and paths


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PATCH", "QUERY"])
@pytest.mark.parametrize("path", ["/v1/edits", "/v1/edits/edt_1", "/v1/edits/edt_1/cancel", "/healthz", "/nothing"])
def test_no_method_is_an_error_of_ours(gateway: Gateway, method: str, path: str) -> None:
    assert gateway.http.request(method, path).status_code in {200, 204, 404, 405}


@pytest.mark.parametrize("path", ["/v1/edits/", "/healthz/"])
def test_a_trailing_slash_is_no_redirect(gateway: Gateway, path: str) -> None:
    assert gateway.http.get(path).status_code == 404


@pytest.fixture(scope="module")
def edits_called_templates(cli: TemporalCli) -> None:
    for edit_id in ("templates", "templates/edittplt_1", "templates/cancel"):
        start_in_temporal(cli, edit_id)


@pytest.mark.usefixtures("edits_called_templates")
@pytest.mark.parametrize("path", ["templates", "templates/edittplt_1", "templates/cancel", "templates/a/cancel"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_templates_are_never_read_as_an_edit(gateway: Gateway, method: str, path: str) -> None:
    response = gateway.http.request(method, f"/v1/edits/{path}", json={})

    if (method, path) == ("GET", "templates"):
        assert (response.status_code, list(response.json())) == (200, ["data", "list_metadata"])
    else:
        assert response.status_code in {404, 405, 422}
        assert not response.json()["detail"]["message"].lower().startswith("edit")

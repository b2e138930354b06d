"""/v1/edits as a client meets it (contract sections 1 to 6)."""

from __future__ import annotations

import base64
import json

import pytest

from durable_edits.pdf import read_form
from tests.forms import every_kind, text_form
from tests.live import OTHER_KEY, Gateway, inline

EDIT_KEYS = [
    "id",
    "file",
    "model",
    "config",
    "instructions",
    "template_id",
    "output",
    "status",
    "error",
    "filled_document_ref",
    "usage",
    "created_at",
]


def filled(body: dict) -> bytes:  # type: ignore[type-arg]
    url = body["output"]["filled_document"]["url"]
    assert url.startswith("data:application/pdf;base64,")
    return base64.b64decode(url.partition(",")[2])


def test_a_sync_edit_answers_completed(gateway: Gateway) -> None:
    response = gateway.create(text_form(["name"]), "name: Ada", background=False)

    body = response.json()
    assert (response.status_code, body["status"], list(body)) == (201, "completed", EDIT_KEYS)


def test_the_filled_document_holds_the_values(gateway: Gateway) -> None:
    body = gateway.create(every_kind(), "Full name: Zoë\nColour: blue\nI agree: yes", background=False).json()

    values = {field.key: field.value for field in read_form(filled(body)).fields}
    assert (values["name"], values["colour"], values["agree"]) == ("Zoë", "blue", "true")


def test_a_background_edit_answers_at_once_and_completes(gateway: Gateway) -> None:
    response = gateway.create(text_form(["name"]), "name: Ada")

    body = response.json()
    assert body["status"] in {"pending", "queued"}
    assert (body["output"], body["error"]) == (None, None)
    assert gateway.wait(body["id"])["status"] == "completed"


def test_each_radio_button_is_a_checkbox_on_the_wire(gateway: Gateway) -> None:
    body = gateway.create(every_kind(), "Colour: blue", background=False).json()

    fields = {field["key"]: field for field in body["output"]["form_data"]}
    assert (fields["colour.red"]["value"], fields["colour.blue"]["value"]) == ("false", "true")
    assert {field["type"] for field in fields.values()} == {"text", "checkbox"}


def test_without_output_nothing_but_the_output_is_missing(gateway: Gateway) -> None:
    body = gateway.create(text_form(["name"]), "name: Ada", background=False).json()

    bare = gateway.get(body["id"], include_output="false")
    assert bare == body | {"output": None}
    assert len(json.dumps(bare)) < 4096


def test_cancel_of_a_completed_edit_returns_the_same_bytes_as_get(gateway: Gateway) -> None:
    edit_id = gateway.create(text_form(["name"]), "name: Ada", background=False).json()["id"]

    cancelled = gateway.http.post(f"/v1/edits/{edit_id}/cancel")
    assert (cancelled.status_code, cancelled.content) == (200, gateway.http.get(f"/v1/edits/{edit_id}").content)


def test_cancel_of_a_failed_edit_returns_the_same_bytes_as_get(gateway: Gateway) -> None:
    edit_id = gateway.start(b"%PDF-1.7 nothing else", "name: Ada")
    assert gateway.wait(edit_id)["status"] == "failed"

    cancelled = gateway.http.post(f"/v1/edits/{edit_id}/cancel")
    assert cancelled.content == gateway.http.get(f"/v1/edits/{edit_id}").content


@pytest.mark.parametrize("content", [b"", b"{}", b"null"])
def test_cancel_takes_any_body(gateway: Gateway, content: bytes) -> None:
    edit_id = gateway.create(text_form(["name"]), "name: Ada", background=False).json()["id"]

    response = gateway.http.post(f"/v1/edits/{edit_id}/cancel", content=content)
    assert response.status_code == 200


def test_cancel_of_an_unknown_edit_is_404_and_says_not_found(gateway: Gateway) -> None:
    response = gateway.http.post("/v1/edits/edt_unknown/cancel")

    assert response.status_code == 404
    assert response.json()["detail"]["message"] == "edit 'edt_unknown' not found"


def test_delete_hides_the_edit_for_good(gateway: Gateway) -> None:
    edit_id = gateway.create(text_form(["name"]), "name: Ada", background=False).json()["id"]

    first = gateway.http.request("DELETE", f"/v1/edits/{edit_id}", json={})
    assert (first.status_code, first.content) == (204, b"")
    assert gateway.http.delete(f"/v1/edits/{edit_id}").status_code == 404
    assert gateway.http.get(f"/v1/edits/{edit_id}").status_code == 404
    assert gateway.http.post(f"/v1/edits/{edit_id}/cancel").status_code == 404


def test_another_organization_does_not_see_the_edit(gateway: Gateway) -> None:
    edit_id = gateway.create(text_form(["name"]), "name: Ada", background=False).json()["id"]
    other = gateway.client(OTHER_KEY)

    answers = [
        other.get(f"/v1/edits/{edit_id}"),
        other.post(f"/v1/edits/{edit_id}/cancel"),
        other.delete(f"/v1/edits/{edit_id}"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert edit_id not in [row["id"] for row in other.get("/v1/edits").json()["data"]]


def test_a_stored_document_is_used_by_its_id(gateway: Gateway) -> None:
    first = gateway.create(text_form(["name"]), "name: Ada", background=False).json()

    body = {"document": {"id": first["file"]["id"]}, "instructions": "name: Bo"}
    second = gateway.http.post("/v1/edits", json=body).json()
    assert (second["status"], second["file"]["id"]) == ("completed", first["file"]["id"])


def test_a_stored_document_of_another_organization_is_not_found(gateway: Gateway) -> None:
    first = gateway.create(text_form(["name"]), "name: Ada", background=False).json()

    body = {"document": {"id": first["file"]["id"]}, "instructions": "name: Bo"}
    assert gateway.client(OTHER_KEY).post("/v1/edits", json=body).status_code == 404


def test_the_report_tells_of_every_field_and_of_what_was_not_used(gateway: Gateway) -> None:
    edit_id = gateway.create(text_form(["name", "town"]), "name: Ada\nshoe size: 38", background=False).json()["id"]

    report = gateway.http.get(f"/v1/edits/{edit_id}/report").json()
    assert {entry["key"]: entry["status"] for entry in report["fields"]} == {"name": "filled", "town": "unchanged"}
    assert [entry["label"] for entry in report["unused"]] == ["shoe size"]


def test_nulls_are_as_good_as_absent(gateway: Gateway) -> None:
    body = {
        "document": inline(text_form(["name"])),
        "template_id": "",
        "instructions": "name: Ada",
        "model": None,
        "config": {"color": None},
        "bust_cache": None,
        "background": None,
        "unheard_of": 1,
    }
    response = gateway.http.post("/v1/edits", json=body)

    assert response.status_code == 201, response.text
    assert (response.json()["model"], response.json()["config"]) == ("retab-small", {"color": "#000080"})


def test_usage_is_three_credits_a_page(gateway: Gateway) -> None:
    body = gateway.create(text_form(["name"], pages=2), "name: Ada", background=False, model="retab-large").json()

    assert body["usage"] == {"credits": 18.0}

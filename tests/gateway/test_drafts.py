"""POST /v1/edits/plan: what an edit would fill in. Nothing of it stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.forms import every_kind
from tests.gateway.test_given_values import send
from tests.gateway.test_template_edits import ORDERED, written
from tests.gateway.test_templates import code, made
from tests.live import OTHER_KEY, Gateway, Live, inline

INSTRUCTIONS = "Full name: Ada\nColour: blue\nHobby: numbers"


def draft(gateway: Gateway, instructions: str = INSTRUCTIONS, **body: Any) -> httpx.Response:
    document = {} if "template_id" in body else {"document": inline(every_kind())}
    return gateway.http.post("/v1/edits/plan", json={"instructions": instructions} | document | body)


def blobs(home: Path) -> set[Path]:
    return {path for path in (home / "blobs").rglob("*") if path.is_file()}


def test_a_draft_says_what_would_be_filled_in_and_what_was_left_over(gateway: Gateway) -> None:
    answer = draft(gateway)

    body = answer.json()
    assert (answer.status_code, body["values"]) == (200, {"name": "Ada", "colour": "blue"})
    assert [left["label"] for left in body["unused"]] == ["Hobby"]


def test_a_drafts_fields_hold_what_the_form_would_say(gateway: Gateway) -> None:
    fields = {field["key"]: field["value"] for field in draft(gateway).json()["form_data"]}

    assert (fields["name"], fields["colour.blue"], fields["colour.red"]) == ("Ada", "true", "false")
    assert fields["code"] is None


def test_a_drafts_values_make_the_edit_that_was_drafted(gateway: Gateway) -> None:
    values = draft(gateway).json()["values"]

    edit = send(gateway, values | {"name": "Grace"}).json()

    assert (written(edit)["name"], written(edit)["colour"]) == ("Grace", "blue")


def test_nothing_of_a_draft_stays(live: Live) -> None:
    gateway = live.gateway()
    live.worker()

    assert draft(gateway).status_code == 200

    assert blobs(live.home) == set()
    assert (gateway.page()["data"], gateway.http.get("/v1/files").json()["data"]) == ([], [])


def test_a_draft_of_a_template_goes_by_the_templates_keys(gateway: Gateway) -> None:
    template = made(gateway, form_fields=ORDERED)

    body = draft(gateway, "town: Bern", template_id=template["id"]).json()

    assert body["values"] == {"town": "Bern"}
    assert [(field["key"], field["value"]) for field in body["form_data"]] == [("town", "Bern"), ("name", None)]


def test_a_stored_file_is_drafted_by_its_id(gateway: Gateway) -> None:
    stored = send(gateway, {"name": "Ada"}).json()["file"]["id"]

    assert draft(gateway, document={"id": stored}).json()["values"]["name"] == "Ada"


def test_anothers_file_is_not_drafted(gateway: Gateway) -> None:
    stored = send(gateway, {"name": "Ada"}).json()["file"]["id"]

    with httpx.Client(base_url=gateway.http.base_url, headers={"authorization": f"Bearer {OTHER_KEY}"}) as other:
        body = {"instructions": INSTRUCTIONS, "document": {"id": stored}}
        assert code(other.post("/v1/edits/plan", json=body)) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"instructions": " "}, (422, "invalid_request")),
        ({"instructions": "Hobby: numbers"}, (422, "nothing_to_fill")),
        (
            {"document": {"filename": "form.pdf", "url": "data:application/pdf;base64,JVBERi0x"}},
            (422, "invalid_document"),
        ),
        ({"document": {"filename": "form.pdf", "url": "http://127.0.0.1:9/form.pdf"}}, (400, "fetch_refused")),
        ({"template_id": "edittplt_x", "document": None}, (404, "not_found")),
    ],
)
def test_what_fails_an_edit_fails_its_draft_alike(
    gateway: Gateway, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    wanted = {"instructions": INSTRUCTIONS, "document": inline(every_kind())} | body

    assert code(gateway.http.post("/v1/edits/plan", json=wanted)) == expected

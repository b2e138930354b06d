"""POST /v1/edits with a template: its fields, in its order and words (contract section 5)."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from durable_edits.pdf import read_form
from tests.forms import every_kind, text_form
from tests.gateway.test_templates import change, code, field, get, keys, made
from tests.live import OTHER_KEY, Gateway, Live
from tests.made_forms import made_form

ORDERED = [field("town", description="Place of birth"), field("name")]


def send(gateway: Gateway, template: dict[str, Any], instructions: str, **body: Any) -> httpx.Response:
    return gateway.http.post(
        "/v1/edits", json={"template_id": template["id"], "instructions": instructions, "background": False} | body
    )


def filled(gateway: Gateway, template: dict[str, Any], instructions: str) -> dict[str, Any]:
    response = send(gateway, template, instructions)
    assert response.status_code == 201, response.text
    return dict(response.json())


def told(edit: dict[str, Any]) -> dict[str, str | None]:
    return {each["key"]: each["value"] for each in edit["output"]["form_data"]}


def written(edit: dict[str, Any]) -> dict[str, str | None]:
    """What stands in the PDF."""
    document = base64.b64decode(edit["output"]["filled_document"]["url"].partition(",")[2])
    return {each.key: each.value for each in read_form(document).fields}


def test_an_edit_of_a_template_has_its_file_and_its_id(gateway: Gateway) -> None:
    template = made(gateway)
    edit = filled(gateway, template, "town: Bern\nname: Ada")

    assert (edit["status"], edit["template_id"], edit["file"]) == ("completed", template["id"], template["file"])
    assert edit["output"]["filled_document"]["filename"] == "form_filled.pdf"
    assert edit["usage"] == {"credits": 3.0}
    assert gateway.get(edit["id"]) == edit


def test_the_fields_come_in_the_templates_order_with_its_words_and_boxes(gateway: Gateway) -> None:
    template = made(gateway, form_fields=ORDERED)
    edit = filled(gateway, template, "town: Bern\nname: Ada")

    values = {"town": "Bern", "name": "Ada"}
    assert edit["output"]["form_data"] == [each | {"value": values[each["key"]]} for each in template["form_fields"]]
    assert written(edit) == {"name": "Ada", "town": "Bern"}


def test_the_templates_description_finds_a_field(gateway: Gateway) -> None:
    edit = filled(gateway, made(gateway, form_fields=ORDERED), "Place of birth: Bern")

    assert (told(edit), written(edit)["town"]) == ({"town": "Bern", "name": None}, "Bern")


def test_a_field_with_a_key_of_its_own_is_found_by_its_place(gateway: Gateway) -> None:
    own = {each["key"]: each for each in made(gateway, form_fields=[])["form_fields"]}
    renamed = [own["town"] | {"key": "birthplace", "description": "Place of birth"}, own["name"] | {"key": "who"}]

    edit = filled(gateway, made(gateway, form_fields=renamed), "birthplace: Bern\nwho: Ada")
    assert told(edit) == {"birthplace": "Bern", "who": "Ada"}
    assert written(edit) == {"name": "Ada", "town": "Bern"}


def test_a_field_that_the_template_leaves_out_stays_empty(gateway: Gateway) -> None:
    edit = filled(gateway, made(gateway, form_fields=[field("town")]), "town: Bern\nname: Ada")

    assert (told(edit), written(edit)) == ({"town": "Bern"}, {"name": None, "town": "Bern"})
    report = gateway.http.get(f"/v1/edits/{edit['id']}/report").json()
    assert [entry["label"] for entry in report["unused"]] == ["name"]


def test_a_field_that_is_nowhere_in_the_form_is_told_as_empty(gateway: Gateway) -> None:
    template = made(gateway, form_fields=[field("nowhere"), field("town")])
    edit = filled(gateway, template, "nowhere: x\ntown: Bern")

    assert told(edit) == {"nowhere": None, "town": "Bern"}


def test_every_kind_of_field_is_filled_through_a_template(gateway: Gateway) -> None:
    template = made(gateway, every_kind(), form_fields=[])
    edit = filled(gateway, template, "Full name: Zoë\nColour: blue\nI agree: yes\nCountry: France\nLast name: Lu")

    assert keys(template) == list(told(edit))
    assert (told(edit)["colour.red"], told(edit)["colour.blue"]) == ("false", "true")
    values = written(edit)
    assert (values["name"], values["colour"], values["agree"]) == ("Zoë", "blue", "true")
    assert (values["country"], values["person.last"]) == ("FR", "Lu")


def test_the_buttons_of_a_group_may_have_words_of_their_own(gateway: Gateway) -> None:
    own = made(gateway, every_kind(), form_fields=[])["form_fields"]
    renamed = {"colour.red": "Rosso", "colour.blue": "Azzurro"}
    fields = [each | {"description": renamed[each["key"]]} for each in own if each["key"] in renamed]

    edit = filled(gateway, made(gateway, every_kind(), form_fields=fields), "Colour: Azzurro")
    assert told(edit) == {"colour.red": "false", "colour.blue": "true"}


def test_an_edit_never_changes_its_template(gateway: Gateway) -> None:
    template = made(gateway)
    filled(gateway, template, "town: Bern")

    assert get(gateway, template).json() == template
    url = gateway.http.get(f"/v1/files/{template['file']['id']}/download-link").json()["download_url"]
    document = httpx.get(url, trust_env=False).content
    assert {each.value for each in read_form(document).fields} == {None}


def test_a_template_without_fields_of_its_own_fills_the_forms(gateway: Gateway) -> None:
    template = change(gateway, made(gateway), form_fields=[]).json()

    assert told(filled(gateway, template, "town: Bern")) == {"name": None, "town": "Bern"}


def test_a_form_without_fields_fails_its_edit_and_says_why(gateway: Gateway) -> None:
    response = send(gateway, made(gateway, made_form([])), "town: Bern")

    assert code(response) == (422, "document_without_fields")


# What becomes of the template meanwhile


def test_an_edit_in_flight_outlives_its_template_and_new_ones_are_404(live: Live) -> None:
    first, gateway = live.worker(), live.gateway()
    template = made(gateway)
    first.kill()
    edit_id = send(gateway, template, "town: Bern", background=True).json()["id"]

    assert gateway.http.delete(f"/v1/edits/templates/{template['id']}").status_code == 204
    assert code(send(gateway, template, "town: Bern")) == (404, "not_found")
    live.worker()
    edit = gateway.wait(edit_id)
    assert (edit["status"], told(edit)) == ("completed", {"town": "Bern", "name": None})


def test_an_edit_in_flight_keeps_the_fields_it_began_with(live: Live) -> None:
    first, gateway = live.worker(), live.gateway()
    template = made(gateway)
    first.kill()
    edit_id = send(gateway, template, "town: Bern", background=True).json()["id"]

    change(gateway, template, form_fields=[field("name")])
    live.worker()
    assert list(told(gateway.wait(edit_id))) == ["town", "name"]


def test_an_edit_stays_when_its_template_goes(gateway: Gateway) -> None:
    template = made(gateway)
    edit = filled(gateway, template, "town: Bern")

    gateway.http.delete(f"/v1/edits/templates/{template['id']}")
    assert gateway.get(edit["id"]) == edit
    assert [row["id"] for row in gateway.page(template_id=template["id"])["data"]] == [edit["id"]]


# Which template


def test_edits_are_listed_by_their_template(gateway: Gateway) -> None:
    one, other = made(gateway), made(gateway)
    edits = [filled(gateway, template, "town: Bern")["id"] for template in (one, other, one)]

    assert [row["id"] for row in gateway.page(template_id=one["id"])["data"]] == [edits[2], edits[0]]
    assert [row["template_id"] for row in gateway.page(template_id=other["id"])["data"]] == [other["id"]]


@pytest.mark.parametrize("background", [True, False])
def test_a_template_and_a_document_are_400(gateway: Gateway, background: bool) -> None:
    document = {"filename": "a.pdf", "url": "data:application/pdf,x"}

    response = send(gateway, made(gateway), "town: Bern", document=document, background=background)
    assert code(response) == (400, "bad_request")


def test_an_unknown_template_is_404(gateway: Gateway) -> None:
    response = send(gateway, {"id": "edittplt_unknown"}, "town: Bern")

    assert (response.status_code, response.json()["detail"]["message"]) == (404, "Template edittplt_unknown not found")


def test_a_template_of_another_organization_is_404(gateway: Gateway) -> None:
    template = made(gateway)

    body = {"template_id": template["id"], "instructions": "town: Bern"}
    assert code(gateway.client(OTHER_KEY).post("/v1/edits", json=body)) == (404, "not_found")


def test_the_same_key_makes_one_edit_of_a_template(gateway: Gateway) -> None:
    body = {"template_id": made(gateway)["id"], "instructions": "town: Bern"}
    key = {"idempotency-key": "from-a-template"}
    first, second = (gateway.http.post("/v1/edits", json=body, headers=key).json() for _ in range(2))

    assert (first["id"], first["status"]) == (second["id"], "completed")


# Its form was read when it was made


def test_an_edit_of_a_template_is_planned_without_its_document(stack: Live, gateway: Gateway) -> None:
    template = made(gateway, text_form(["name", "town"], pages=2))
    for stored in (stack.home / "blobs" / "files" / template["file"]["id"]).iterdir():
        stored.unlink()

    response = send(gateway, template, "shoe size: 38")  # a plan without a value fails before the document is needed
    assert code(response) == (422, "nothing_to_fill")

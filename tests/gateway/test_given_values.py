"""An edit whose values somebody has worked out already: no planner is asked."""

from __future__ import annotations

from typing import Any

import httpx

from tests.forms import every_kind
from tests.gateway.test_template_edits import ORDERED, written
from tests.gateway.test_templates import code, made
from tests.live import Gateway, inline


def send(
    gateway: Gateway, values: dict[str, Any], headers: dict[str, str] | None = None, **body: Any
) -> httpx.Response:
    document = {} if "template_id" in body else {"document": inline(every_kind())}
    wanted = {"instructions": "", "values": values, "background": False} | document | body
    return gateway.http.post("/v1/edits", json=wanted, headers=headers)


def test_given_values_stand_in_the_document(gateway: Gateway) -> None:
    edit = send(gateway, {"name": "Ada", "colour": "blue", "agree": "true", "country": "FR"}).json()

    held = written(edit)
    assert [held[key] for key in ("name", "colour", "agree", "country")] == ["Ada", "blue", "true", "FR"]
    assert edit["instructions"] is None


def test_instructions_beside_given_values_are_kept_and_not_read(gateway: Gateway) -> None:
    edit = send(gateway, {"name": "Ada"}, instructions="Full name: Grace\nCode: X1").json()

    assert (written(edit)["name"], written(edit)["code"]) == ("Ada", None)
    assert edit["instructions"] == "Full name: Grace\nCode: X1"


def test_a_button_may_be_given_by_its_own_key(gateway: Gateway) -> None:
    assert written(send(gateway, {"colour.red": "true"}).json())["colour"] == "red"


def test_a_value_for_no_field_is_in_the_report(gateway: Gateway) -> None:
    edit = send(gateway, {"name": "Ada", "nowhere": "x"}).json()

    report = gateway.http.get(f"/v1/edits/{edit['id']}/report").json()
    assert {entry["key"]: entry["status"] for entry in report["fields"]}["nowhere"] == "unknown_field"


def test_values_of_which_none_is_for_a_field_fail_the_edit(gateway: Gateway) -> None:
    answer = send(gateway, {"nowhere": "x"})

    assert code(answer) == (422, "nothing_to_fill")


def test_a_templates_values_go_by_its_own_keys(gateway: Gateway) -> None:
    template = made(gateway, form_fields=ORDERED)

    edit = send(gateway, {"town": "Bern", "ghost": "x"}, template_id=template["id"]).json()

    report = gateway.http.get(f"/v1/edits/{edit['id']}/report").json()
    assert written(edit)["town"] == "Bern"
    [left] = report["unused"]
    assert (left["label"], left["value"], left["reason"]) == ("ghost", "x", "the template has no field of this key")


def test_without_instructions_and_values_there_is_no_edit(gateway: Gateway) -> None:
    assert send(gateway, {}).status_code == 422


def test_one_idempotency_key_makes_one_edit_of_given_values(gateway: Gateway) -> None:
    key = {"Idempotency-Key": "given-values"}
    body = {"document": inline(every_kind())}

    first, second = (send(gateway, {"name": "Ada"}, key, **body).json() for _ in range(2))

    assert first == second

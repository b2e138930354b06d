"""The report: every field and every key is answered, and says what is true of the document."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from durable_edits.errors import BadRequest
from durable_edits.form import FieldStatus
from durable_edits.pdf import fill_form, read_form
from tests.made_forms import PUSH_BUTTON, checkbox, kitchen_sink, made_form, place, text

ASKED = {
    "colour": "blue",
    "name": "Ada Łovelace",
    "code": "AB12",
    "notes": "several words",
    "agree": "true",
    "odd": "false",
    "country": "France",
    "list": "beta\ngamma",
}


def test_fields_come_in_the_forms_order_and_unknown_keys_after_them() -> None:
    data = kitchen_sink()

    report = fill_form(data, {"nobody": "1", **ASKED, "nothing": "2"}).report

    assert [entry.key for entry in report] == [f.key for f in read_form(data).fields] + ["nobody", "nothing"]
    assert [entry.status for entry in report[-2:]] == [FieldStatus.UNKNOWN_FIELD] * 2


def test_what_was_not_asked_for_is_unchanged() -> None:
    data = kitchen_sink()

    assert {entry.status for entry in fill_form(data, {}).report} == {FieldStatus.UNCHANGED}
    assert fill_form(data, {}).data == data


def test_the_form_that_comes_back_is_the_one_the_document_holds() -> None:
    filled = fill_form(kitchen_sink(), ASKED)

    held = {field.key: field.value for field in read_form(filled.data).fields}
    assert {field.key: field.value for field in filled.form.fields} == held


def test_read_only_fields_and_signatures_are_left_alone() -> None:
    data = kitchen_sink()

    filled = fill_form(data, {"fixed": "new", "signature": "me"})

    statuses = {entry.key: entry.status for entry in filled.report}
    assert (statuses["fixed"], statuses["signature"]) == (FieldStatus.READ_ONLY, FieldStatus.READ_ONLY)
    assert filled.data == data


def test_a_push_button_is_an_unknown_field() -> None:
    push = f"<< /T (push) /FT /Btn /Ff {PUSH_BUTTON} {place((200, 80, 260, 100))} >>"

    report = fill_form(made_form([text("t"), push]), {"push": "true"}).report

    assert (report[-1].key, report[-1].status) == ("push", FieldStatus.UNKNOWN_FIELD)


def test_a_check_box_that_already_says_so_is_unchanged() -> None:
    report = fill_form(made_form([checkbox("b", more="/V /Yes /AS /Yes")]), {"b": "true"}).report

    assert report[0].status is FieldStatus.UNCHANGED


@pytest.mark.parametrize(
    "source",
    [
        "<< /T (t) /FT /Tx >>",
        text("t", (900, 900, 950, 920)),
        text("t").replace("/F 4", "/F 2"),
    ],
    ids=["no widget", "off the page", "hidden"],
)
def test_a_value_that_no_page_shows_is_said_to_be_so(source: str) -> None:
    entry = fill_form(made_form([source]), {"t": "x"}).report[0]

    assert (entry.status, entry.reason) == (FieldStatus.FILLED, "stored; no page shows this field")


def test_a_field_that_fails_is_left_as_it_was_and_the_others_are_filled() -> None:
    broken = text("t", more="/V (old) /MK << /BC 7 0 R >>").replace("/Tx", "/Tx /MaxLen 3")
    data = made_form([broken, text("u", (20, 200, 220, 220))])

    filled = fill_form(data, {"t": "a\udfff", "u": "fine"})

    assert filled.report[0].status is FieldStatus.FAILED
    assert "UnicodeEncodeError" in filled.report[0].reason
    stored = PdfReader(io.BytesIO(filled.data)).get_fields() or {}
    assert (stored["t"]["/V"], stored["u"]["/V"]) == ("old", "fine")


@pytest.mark.parametrize("color", ["blue", "#12345", "#12345G", "", "#000080 "])
def test_a_colour_that_is_none_is_the_callers_mistake(color: str) -> None:
    with pytest.raises(BadRequest, match="#RRGGBB"):
        fill_form(kitchen_sink(), {"name": "x"}, color=color)

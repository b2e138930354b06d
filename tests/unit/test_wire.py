"""Retab's JSON: what a request may say, how dates are read, and how fields look where only text and checkbox exist."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durable_edits.contracts import BlobRef, Outcome, Problem, Status
from durable_edits.errors import BadRequest, InvalidRequest
from durable_edits.form import Box, Field, FieldKind, Filled, Form, Option
from durable_edits.pdf import read_form
from durable_edits.settling import Edit
from durable_edits.storage.records import EditRecord
from gateway.requests import parse_json
from gateway.wire import CreateEdit, FormField, edit_body, form_fields, parse_moment
from tests.forms import every_kind

NOON = datetime(2026, 1, 31, 12, 0, 0, 5, tzinfo=UTC)
BLOB = BlobRef(key="k", size=1, sha256="0")
BOX = Box(left=0.1, top=0.2, width=0.3, height=0.4, page=1)
SMALLEST: dict[str, Any] = {"instructions": "Name: Ada", "document": {"filename": "a.pdf", "url": "https://x/a.pdf"}}


def read(**differently: Any) -> CreateEdit:
    return parse_json(CreateEdit, json.dumps(SMALLEST | differently).encode())


# Dates


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31t12:00:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31 12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31T12:00:00 02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31T12:00:00-0530", datetime(2026, 1, 31, 17, 30, tzinfo=UTC)),
        ("2026-01-31T12:00:00.123456Z", datetime(2026, 1, 31, 12, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-01-31T12:00:00.5Z", datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-01-31T12:00:00.123456789Z", datetime(2026, 1, 31, 12, 0, 0, 123_456, tzinfo=UTC)),
        (" 2026-01-31T12:00:00Z ", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read(text: str, moment: datetime) -> None:
    assert parse_moment("from_date", text, end_of_day=False) == moment


def test_a_bare_date_is_the_whole_day() -> None:
    span = [parse_moment("date", "2026-01-31", end_of_day=end) for end in (False, True)]

    assert span == [datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)]


def test_no_date_is_no_bound() -> None:
    assert parse_moment("from_date", None, end_of_day=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "",
        "2026",
        "2026-1-31",
        "20260131",
        "2026-W05-6",
        "2026-02-29",
        "2026-13-01",
        "2026-01-31T25:00:00Z",
        "2026-01-31T12:00",
        "2026-01-31T12:00:00+99:00",
        "1769860800",
        "31.01.2026",
        "0000-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "２０２６-01-31",
        "2026-01-31Z",
    ],
)
def test_anything_else_is_refused_by_name_with_an_example(text: str) -> None:
    with pytest.raises(BadRequest, match="to_date is not a date; send YYYY-MM-DD"):
        parse_moment("to_date", text, end_of_day=True)


@given(st.text(max_size=40) | st.from_regex(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?.{0,6}"))
def test_any_text_is_a_moment_in_utc_or_refused(text: str) -> None:
    try:
        moment = parse_moment("from_date", text, end_of_day=False)
    except BadRequest:
        return
    assert moment is not None
    assert moment.tzinfo is UTC


# Fields


def on_the_wire() -> dict[str, FormField]:
    return {field.key: field for each in read_form(every_kind()).fields for field in form_fields(each)}


def test_each_button_of_a_group_is_a_checkbox_of_its_own() -> None:
    buttons = {key: field.type for key, field in on_the_wire().items() if key.startswith("colour")}

    assert buttons == {"colour.red": "checkbox", "colour.blue": "checkbox"}


def test_a_choice_is_a_text_that_says_what_it_takes() -> None:
    field = on_the_wire()["country"]

    assert (field.type, field.description) == ("text", "Country (one of: Germany, France)")


def test_only_two_types_leave_the_house() -> None:
    assert {field.type for field in on_the_wire().values()} == {"text", "checkbox"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, [None, None]), ("red", ["true", "false"]), ("blue", ["false", "true"]), ("green", ["false", "false"])],
)
def test_a_group_says_which_button_is_chosen(value: str | None, shown: list[str | None]) -> None:
    options = [Option(value=name, label=name.title(), box=BOX) for name in ("red", "blue")]
    group = Field(key="colour", kind=FieldKind.RADIO, description="Colour", value=value, options=options, box=BOX)

    assert [button.value for button in form_fields(group)] == shown


@pytest.mark.parametrize(("description", "shown"), [("Colour", "Colour: Red"), ("", "Red")])
def test_a_button_is_described_by_its_group_and_its_label(description: str, shown: str) -> None:
    options = [Option(value="r", label="Red", box=BOX)]
    group = Field(key="colour", kind=FieldKind.RADIO, description=description, options=options, box=BOX)

    assert [button.description for button in form_fields(group)] == [shown]


@pytest.mark.parametrize(
    "field",
    [
        Field(key="signed", kind=FieldKind.SIGNATURE, box=BOX),
        Field(key="hidden", kind=FieldKind.TEXT, box=None),
        Field(key="group", kind=FieldKind.RADIO, options=[Option(value="a", label="a")]),
    ],
    ids=["a signature", "a field on no page", "a button on no page"],
)
def test_what_the_wire_cannot_say_is_left_out(field: Field) -> None:
    assert form_fields(field) == []


def test_a_value_and_its_place_go_out_as_they_are() -> None:
    field = Field(key="name", kind=FieldKind.TEXT, description="Full name", value="Zoë", box=BOX)

    assert [each.model_dump() for each in form_fields(field)] == [
        {"bbox": BOX.model_dump(), "description": "Full name", "type": "text", "key": "name", "value": "Zoë"}
    ]


# An edit


def an_edit(outcome: Outcome | None, status: Status) -> Edit:
    record = EditRecord(
        id="edt_1",
        organization="acme",
        created_at=NOON,
        file_id="file_1",
        filename="form.pdf",
        mime_type="application/pdf",
        model="retab-small",
        color="#000080",
        instructions="Name: Ada",
        outcome=outcome,
    )
    return Edit(record, status)


COMPLETED = Outcome(edit_id="edt_1", status=Status.COMPLETED, filled=BLOB, filled_id="file_2", result=BLOB, credits=6.0)
PROBLEM = Problem(code="invalid_document", message="Not a PDF.")
FAILED = Outcome(edit_id="edt_1", status=Status.FAILED, problem=PROBLEM)
KEYS = [
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


@pytest.mark.parametrize("outcome", [None, COMPLETED, FAILED], ids=["open", "completed", "failed"])
def test_an_edit_has_all_its_keys_whatever_its_state(outcome: Outcome | None) -> None:
    edit = an_edit(outcome, outcome.status if outcome else Status.PENDING)

    assert list(json.loads(edit_body(edit).model_dump_json())) == KEYS


def test_an_open_edit_has_nulls_for_what_it_has_not() -> None:
    body = edit_body(an_edit(None, Status.QUEUED)).model_dump()

    assert [body[name] for name in ("output", "error", "filled_document_ref", "usage")] == [None] * 4


def test_a_completed_edit_names_its_file_and_price() -> None:
    body = edit_body(an_edit(COMPLETED, Status.COMPLETED)).model_dump()

    assert (body["usage"], body["filled_document_ref"]) == (
        {"credits": 6.0},
        {"id": "file_2", "filename": "form_filled.pdf", "mime_type": "application/pdf"},
    )


def test_a_failed_edit_says_why() -> None:
    body = edit_body(an_edit(FAILED, Status.FAILED)).model_dump()

    assert body["error"] == {"code": "invalid_document", "message": "Not a PDF.", "details": None}


def test_an_output_holds_the_fields_and_the_document() -> None:
    form = Form(pages=1, fields=[Field(key="name", kind=FieldKind.TEXT, value="Ada", box=BOX)])

    output = edit_body(an_edit(COMPLETED, Status.COMPLETED), (Filled(form=form, report=[]), b"%PDF")).output

    assert output is not None
    assert ([field.value for field in output.form_data], output.filled_document.url) == (
        ["Ada"],
        "data:application/pdf;base64,JVBERg==",
    )


# Requests


def test_the_smallest_request_has_the_documented_defaults() -> None:
    request = read()

    assert (request.model, request.config.color, request.background, request.template_id) == (
        "retab-small",
        "#000080",
        False,
        None,
    )


OPTIONAL = ["template_id", "model", "config", "bust_cache", "background", "stream"]


@pytest.mark.parametrize("name", OPTIONAL)
def test_null_for_an_optional_field_is_the_same_as_leaving_it_out(name: str) -> None:
    assert read(**{name: None}) == read()


def test_null_inside_the_config_is_the_same_as_leaving_it_out() -> None:
    assert read(config={"color": None}) == read()


def test_null_inside_the_document_is_the_same_as_leaving_it_out() -> None:
    request = read(document={"id": "file_1", "url": None, "filename": None})

    assert request.document is not None
    assert (request.document.id, request.document.url) == ("file_1", None)


def test_an_empty_template_is_none() -> None:
    assert read(template_id="").template_id is None


def test_a_key_nobody_knows_is_ignored() -> None:
    assert read(n_consensus=3) == read()


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"instructions": None}, "instructions"),
        ({"instructions": " \n"}, "instructions"),
        ({"instructions": 7}, "instructions"),
        ({"document": {}}, "document"),
        ({"document": {"url": "https://x/a.pdf"}}, "document"),
        ({"document": {"url": "https://x/a.pdf", "filename": ""}}, "filename"),
        ({"document": "https://x/a.pdf"}, "document"),
        ({"config": {"color": "blue"}}, "color"),
        ({"config": {"color": "#00008g"}}, "color"),
        ({"config": {"color": "#000080\n"}}, "color"),
        ({"stream": True}, "stream"),
        ({"background": "yes"}, "background"),
        ({"model": "m" * 201}, "model"),
    ],
)
def test_a_wrong_request_names_the_wrong_part(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(**wrong)

    assert where in refused.value.details["errors"][0]["loc"]


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(instructions="", stream=True, config={"color": "blue"})

    assert len(refused.value.details["errors"]) == 3


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parse_json(CreateEdit, body)

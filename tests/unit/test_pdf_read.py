"""read_form: what a form holds, however its author wrote it."""

from __future__ import annotations

import pytest

from durable_edits.form import Field, FieldKind
from durable_edits.pdf import fill_form, read_form
from tests.made_forms import (
    COMB,
    FIRST,
    MULTILINE,
    checkbox,
    choice,
    encrypted,
    kitchen_sink,
    made_form,
    place,
    radio,
    text,
)
from tests.pdf_view import changed, within


def only_field(*sources: str, page: str = "", printed: str = "") -> Field:
    [field] = read_form(made_form(sources, page=page, printed=printed)).fields
    return field


def test_every_kind_is_told_apart_and_push_buttons_are_no_fields() -> None:
    kinds = {field.key: field.kind for field in read_form(kitchen_sink()).fields}

    assert kinds["colour"] is FieldKind.RADIO
    assert kinds["name"] is FieldKind.TEXT
    assert kinds["agree"] is FieldKind.CHECKBOX
    assert kinds["country"] is FieldKind.CHOICE
    assert kinds["signature"] is FieldKind.SIGNATURE
    assert "push" not in kinds


def test_keys_are_the_names_from_the_root_down() -> None:
    child = f"<< /T (first) /Parent {FIRST} 0 R {place((20, 300, 100, 320))} >>"

    form = read_form(made_form([f"<< /T (person) /FT /Tx /Kids [{FIRST + 1} 0 R] >>", child]))

    assert [field.key for field in form.fields] == ["person.first"]


def test_fields_of_one_name_are_one_field_with_both_boxes() -> None:
    field = only_field(text("same"), text("same", (20, 200, 220, 220)))

    assert len(field.boxes) == 2


def test_what_only_one_of_the_fields_of_one_name_says_holds_for_all() -> None:
    assert only_field(text("same"), text("same", (20, 200, 220, 220), more="/V (said once)")).value == "said once"


def test_a_widget_that_fields_does_not_lead_to_is_found_on_its_page() -> None:
    stray = made_form([text("listed"), text("stray", (20, 200, 220, 220))]).replace(
        b"[10 0 R 11 0 R] /DA", b"[10 0 R] /DA"
    )

    assert {field.key for field in read_form(stray).fields} == {"listed", "stray"}


def test_buttons_with_different_states_are_a_radio_group_without_the_flag_too() -> None:
    assert only_field(*radio("g", ["a", "b"], flags=0)).kind is FieldKind.RADIO


def test_a_radio_option_has_its_states_name_the_exported_label_and_its_own_box() -> None:
    field = only_field(*radio("g", ["0", "1"], more="/Opt [(Yes please) (No)]"))

    assert [(option.value, option.label) for option in field.options] == [("0", "Yes please"), ("1", "No")]
    assert [option.box for option in field.options] == field.boxes


def test_a_choice_option_has_export_value_and_display_text() -> None:
    field = only_field(choice("c", "[(DE) (Germany)] (plain)"))

    assert [(option.value, option.label) for option in field.options] == [("DE", "Germany"), ("plain", "plain")]


def test_a_choice_that_stores_what_it_displays_is_read_as_its_export_value() -> None:
    assert only_field(choice("c", "[(DE) (Germany)]", more="/V (Germany)")).value == "DE"


def test_flags_and_limits_are_read() -> None:
    field = only_field(text("t", flags=COMB | 1 | 2, more="/MaxLen 8"))

    assert (field.comb, field.max_length, field.read_only, field.required) == (True, 8, True, True)


def test_a_tooltip_describes_the_field() -> None:
    assert only_field(text("t", more="/TU (Full name)")).description == "Full name"


def test_without_a_tooltip_the_label_printed_beside_it_describes_the_field() -> None:
    field = only_field(text("t", (120, 300, 220, 320)), printed="BT /F 10 Tf 40 305 Td (Surname:) Tj ET")

    assert field.description == "Surname"


def test_printed_labels_are_found_in_a_document_opened_by_password_too() -> None:
    plain = made_form([text("t", (120, 300, 220, 320))], printed="BT /F 10 Tf 40 305 Td (Surname:) Tj ET")

    [field] = read_form(encrypted(plain, "AES-256", password="secret"), password="secret").fields

    assert field.description == "Surname"


@pytest.mark.parametrize("state", [checkbox("b", more="/V /Yes /AS /Yes"), checkbox("b", more="/AS /Yes")])
def test_a_checked_box_is_true(state: str) -> None:
    assert only_field(state).value == "true"


@pytest.mark.parametrize("value", ["(plain)", "<FEFF0070006C00610069006E>", "<EFBBBF706C61696E>"])
def test_a_text_is_read_in_every_encoding_of_a_pdf(value: str) -> None:
    assert only_field(text("t", more=f"/V {value}")).value == "plain"


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
def test_the_box_is_where_the_field_is_seen_on_a_turned_and_cropped_page(rotate: int) -> None:
    page = f"/MediaBox [0 0 500 400] /CropBox [50 20 450 380] /Rotate {rotate}"
    blank = made_form([text("t", (100, 250, 200, 270), flags=MULTILINE)], page=page)

    filled = fill_form(blank, {"t": "WWWWW"})

    [field] = filled.form.fields
    assert field.box is not None
    assert within(changed(blank, filled.data), field.box)

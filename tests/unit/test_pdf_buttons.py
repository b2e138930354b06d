"""Check boxes and radio groups: states by name, the field and every widget in step."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import NameObject

from durable_edits.form import FieldStatus
from durable_edits.pdf import fill_form, read_form
from tests.made_forms import checkbox, made_form, place, radio, widgets
from tests.pdf_view import changed, within


def shown_states(data: bytes) -> list[str]:
    return [str(widget["/AS"]) for widget in widgets(data)]


def stored_value(data: bytes, key: str) -> object:
    return (PdfReader(io.BytesIO(data)).get_fields() or {})[key].get("/V")


@pytest.mark.parametrize("said", ["true", "True", "Ja"])
def test_a_check_box_takes_the_name_of_its_own_on_state(said: str) -> None:
    filled = fill_form(made_form([checkbox("b", on="Ja")]), {"b": said})

    assert isinstance(stored_value(filled.data, "b"), NameObject)
    assert stored_value(filled.data, "b") == "/Ja"
    assert shown_states(filled.data) == ["/Ja"]


def test_a_check_box_is_cleared() -> None:
    filled = fill_form(made_form([checkbox("b", more="/V /Yes /AS /Yes")]), {"b": "false"})

    assert shown_states(filled.data) == ["/Off"]
    assert read_form(filled.data).fields[0].value == "false"


def test_a_box_that_says_on_but_shows_off_is_mended() -> None:
    filled = fill_form(made_form([checkbox("b", more="/V /Yes /AS /Off")]), {"b": "true"})

    assert filled.report[0].status is FieldStatus.FILLED
    assert shown_states(filled.data) == ["/Yes"]


def test_a_check_box_without_an_appearance_gets_one() -> None:
    blank = made_form([f"<< /T (b) /FT /Btn {place((20, 300, 40, 320))} >>"])

    filled = fill_form(blank, {"b": "true"})

    box = filled.form.fields[0].box
    assert box is not None
    assert within(changed(blank, filled.data), box)
    assert "/AP" in widgets(filled.data)[0]


def test_what_is_no_state_of_a_check_box_is_refused() -> None:
    filled = fill_form(made_form([checkbox("b")]), {"b": "perhaps"})

    assert filled.report[0].status is FieldStatus.UNKNOWN_OPTION
    assert read_form(filled.data).fields[0].value is None


def test_check_boxes_of_one_name_switch_together() -> None:
    twin = checkbox("b", (60, 300, 80, 320))

    assert shown_states(fill_form(made_form([checkbox("b"), twin]), {"b": "true"}).data) == ["/Yes", "/Yes"]


def test_a_twin_without_an_appearance_switches_with_the_one_that_has_one() -> None:
    bare = f"<< /T (b) /FT /Btn {place((60, 300, 80, 320))} >>"

    assert shown_states(fill_form(made_form([checkbox("b", on="X"), bare]), {"b": "true"}).data) == ["/X", "/X"]


@pytest.mark.parametrize("said", ["1", "No"])
def test_a_radio_group_takes_a_state_or_its_label(said: str) -> None:
    blank = made_form(radio("g", ["0", "1"], more="/Opt [(Yes please) (No)]"))

    filled = fill_form(blank, {"g": said})

    assert isinstance(stored_value(filled.data, "g"), NameObject)
    assert stored_value(filled.data, "g") == "/1"
    assert shown_states(filled.data) == ["/Off", "/1"]


@pytest.mark.parametrize("said", ["", "Off"])
def test_a_radio_group_is_cleared(said: str) -> None:
    chosen = fill_form(made_form(radio("g", ["a", "b"])), {"g": "a"}).data

    assert shown_states(fill_form(chosen, {"g": said}).data) == ["/Off", "/Off"]


def test_one_button_of_a_group_can_be_asked_for_by_its_own_key() -> None:
    filled = fill_form(made_form(radio("a.b", ["x", "1.5"])), {"a.b.1.5": "true", "a.b.x": "false"})

    assert filled.form.fields[0].value == "1.5"
    assert len(filled.report) == 1


def test_false_for_the_chosen_button_clears_the_group() -> None:
    chosen = fill_form(made_form(radio("g", ["a", "b"])), {"g": "a"}).data

    assert fill_form(chosen, {"g.b": "false"}).form.fields[0].value == "a"
    assert fill_form(chosen, {"g.a": "false"}).form.fields[0].value is None


@pytest.mark.parametrize("asked", [{"g.a": "true", "g.b": "true"}, {"g.a": "perhaps"}, {"g": "c"}])
def test_a_group_left_without_a_clear_choice_stays_as_it_was(asked: dict[str, str]) -> None:
    blank = made_form(radio("g", ["a", "b"]))

    filled = fill_form(blank, asked)

    assert filled.report[0].status is FieldStatus.UNKNOWN_OPTION
    assert filled.data == blank


def test_a_radio_group_without_appearances_gets_them() -> None:
    buttons = [f"<< /Parent 10 0 R {place((20 + 40 * n, 300, 40 + 40 * n, 320))} >>" for n in range(2)]
    blank = made_form(["<< /T (g) /FT /Btn /Ff 32768 /Opt [(one) (two)] /Kids [11 0 R 12 0 R] >>", *buttons])

    filled = fill_form(blank, {"g": "two"})

    box = filled.form.fields[0].options[1].box
    assert box is not None
    assert within(changed(blank, filled.data), box)
    assert all("/AP" in widget for widget in widgets(filled.data))
    assert read_form(filled.data).fields[0].value == "two"


def test_a_group_that_neither_fields_nor_kids_tell_of_is_found_by_its_buttons() -> None:
    blank = made_form(radio("g", ["a", "b"])).replace(b"/Kids [11 0 R 12 0 R]", b"").replace(b"[10 0 R]", b"[11 0 R]")

    filled = fill_form(blank, {"g": "b"})

    assert filled.report[0].status is FieldStatus.FILLED
    assert shown_states(filled.data) == ["/Off", "/b"]


def test_buttons_that_repeat_their_groups_name_are_its_buttons() -> None:
    group, *buttons = radio("g", ["a", "b"])
    named = [button.replace("<<", "<< /T (g) /V /Off", 1) for button in buttons]

    filled = fill_form(made_form([group, *named]), {"g": "a"})

    assert shown_states(filled.data) == ["/a", "/Off"]
    assert [str(widget["/V"]) for widget in widgets(filled.data)] == ["/a", "/a"]


def test_a_check_box_whose_on_state_draws_nothing_is_given_a_mark() -> None:
    blank = made_form([checkbox("b").replace("/Yes 7 0 R", "/Yes 8 0 R")])

    filled = fill_form(blank, {"b": "true"})

    on: Any = widgets(filled.data)[0]["/AP"]
    assert b"Tj" in on["/N"]["/Yes"].get_data()
    assert shown_states(filled.data) == ["/Yes"]

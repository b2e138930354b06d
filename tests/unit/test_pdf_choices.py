"""Combo and list boxes: the export value is stored, the display text is shown."""

from __future__ import annotations

import pytest
from pypdf.generic import ArrayObject, NumberObject, TextStringObject

from durable_edits.form import FieldStatus
from durable_edits.pdf import fill_form, read_form
from tests.made_forms import COMBO, EDIT, MULTI_SELECT, choice, made_form, widgets
from tests.pdf_view import page_image, text_in

COUNTRIES = "[(DE) (Germany)] [(FR) (France)] [(IT) (Italy)]"
TALL = (20, 260, 220, 320)


@pytest.mark.parametrize("said", ["FR", "France", "france"])
def test_an_option_is_meant_by_its_value_or_its_label(said: str) -> None:
    filled = fill_form(made_form([choice("c", COUNTRIES)]), {"c": said})

    field = read_form(filled.data).fields[0]
    assert field.value == "FR"
    assert field.box is not None
    assert text_in(filled.data, field.box) == "France"


def test_what_is_no_option_is_refused_and_the_options_are_named() -> None:
    blank = made_form([choice("c", COUNTRIES)])

    filled = fill_form(blank, {"c": "Spain"})

    assert filled.report[0].status is FieldStatus.UNKNOWN_OPTION
    assert "Germany, France, Italy" in filled.report[0].reason
    assert filled.data == blank


def test_an_editable_combo_takes_any_text() -> None:
    filled = fill_form(made_form([choice("c", COUNTRIES, flags=COMBO | EDIT)]), {"c": "Spain"})

    assert read_form(filled.data).fields[0].value == "Spain"


def test_several_lines_choose_several_options_of_a_list() -> None:
    blank = made_form([choice("c", COUNTRIES, TALL, flags=MULTI_SELECT, more="/I [2] /V (IT)")])

    filled = fill_form(blank, {"c": "France\nDE"})

    stored = widgets(filled.data)[0]
    assert stored["/V"] == ArrayObject([TextStringObject("FR"), TextStringObject("DE")])
    assert stored["/I"] == ArrayObject([NumberObject(0), NumberObject(1)])


def test_the_chosen_line_of_a_list_is_marked() -> None:
    filled = fill_form(made_form([choice("c", COUNTRIES, TALL, flags=0)]), {"c": "FR"})

    line = 12 * 0.925 * 1.1
    picture = page_image(filled.data)
    marked = [picture.getpixel((3 * 200, int(3 * (80 + line * (row + 0.5))))) != (255, 255, 255) for row in range(3)]
    assert marked == [False, True, False]


def test_a_list_is_scrolled_to_what_is_chosen() -> None:
    options = " ".join(f"(option {number})" for number in range(40))
    filled = fill_form(made_form([choice("c", options, TALL, flags=0)]), {"c": "option 30"})

    box = filled.form.fields[0].box
    assert box is not None
    assert "option 30" in text_in(filled.data, box)


def test_stale_indexes_of_a_combo_go() -> None:
    filled = fill_form(made_form([choice("c", COUNTRIES, more="/I [2]")]), {"c": "DE"})

    assert "/I" not in widgets(filled.data)[0]


def test_an_empty_value_clears_a_choice() -> None:
    filled = fill_form(made_form([choice("c", COUNTRIES, more="/V (DE)")]), {"c": ""})

    assert read_form(filled.data).fields[0].value is None

"""Combo and list boxes: the export value is stored, the label is shown, indexes agree."""

from __future__ import annotations

import pytest

from durable_edits.pdf import fill_form, read_form
from tests.made_forms import widgets
from tests.rules import choice_forms as forms
from tests.rules.rule import Make, needs_poppler, outcome

pytestmark = needs_poppler


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (forms.combo, "green"),
        (forms.combo_of_pairs, "FR"),
        (forms.combo_that_stores_what_it_shows, "FR"),
        (forms.combo_that_can_be_typed_into, "violet gq"),
        (forms.combo_with_options_on_the_parent, "IT"),
        (forms.combo_kid_with_a_value_of_its_own, "FR"),
        (forms.combo_with_options_that_are_no_strings, "blue"),
        (forms.combo_with_its_options_elsewhere, "FR"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_combo_stores_the_export_and_shows_the_label(form: Make, value: str) -> None:
    assert outcome(form(), {"c": value}).wrong == {}


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (forms.list_box, "FR"),
        (forms.list_of_several, "DE\nIT"),
        (forms.list_scrolled_away, "option 3"),
        (forms.sorted_list, "fig"),
        (forms.list_with_an_old_drawing, "FR"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_list_shows_what_is_chosen_and_indexes_agree(form: Make, value: str) -> None:
    assert outcome(form(), {"c": value}).wrong == {}


def test_the_first_line_shown_is_no_longer_the_old_one() -> None:
    stored = widgets(fill_form(forms.list_scrolled_away(), {"c": "option 3"}).data)[0]

    assert int(str(stored.get("/TI", 0))) <= 3


def test_the_order_of_the_options_is_the_forms() -> None:
    assert [option.value for option in read_form(forms.sorted_list()).fields[0].options] == ["pear", "apple", "fig"]

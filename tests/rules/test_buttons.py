"""Buttons: the state by its name on the field, on every kid what it shows, and a mark that is seen."""

from __future__ import annotations

import pytest

from durable_edits.form import FieldStatus
from durable_edits.pdf import fill_form
from tests.rules import button_forms as forms
from tests.rules.rule import Make, needs_poppler, outcome

pytestmark = needs_poppler


def test_on_states_are_taken_by_name_however_it_is_written() -> None:
    assert outcome(forms.odd_state_names(), {f"b{n}": "true" for n in range(4)}).wrong == {}


@pytest.mark.parametrize(
    "form",
    [
        forms.check_box_without_off,
        forms.check_box_without_appearance,
        forms.check_box_with_off_alone,
        forms.check_box_drawn_when_pressed_alone,
        forms.check_box_with_a_bare_stream,
        forms.check_box_with_an_empty_on_state,
        forms.check_box_whose_value_is_a_string,
        forms.check_boxes_of_one_name,
        forms.check_box_with_exports,
    ],
    ids=lambda form: form.__name__,
)
def test_a_check_box_is_checked_and_seen(form: Make) -> None:
    assert outcome(form(), {"b": "true"}).wrong == {}


def test_a_box_without_off_is_unchecked_again() -> None:
    checked = outcome(forms.check_box_without_off(), {"b": "true"}).filled.data

    assert outcome(checked, {"b": "false"}).wrong == {}


def test_a_string_for_a_state_becomes_a_name() -> None:
    assert outcome(forms.check_box_whose_value_is_a_string(), {"c": "false"}).wrong == {}


@pytest.mark.parametrize("state", ["Yes", "No"])
def test_check_boxes_of_two_states_exclude_each_other(state: str) -> None:
    assert outcome(forms.check_box_kids_of_two_states(), {"b": state}).wrong == {}


@pytest.mark.parametrize("form", [forms.radio_group, forms.radio_group_already_chosen], ids=["empty", "chosen"])
@pytest.mark.parametrize("state", ["red", "blue"])
def test_one_button_of_a_group_is_on_and_the_others_off(form: Make, state: str) -> None:
    assert outcome(form(), {"g": state}).wrong == {}


@pytest.mark.parametrize("form", [forms.radio_in_unison, forms.radio_kids_with_equal_states], ids=["flag", "no flag"])
@pytest.mark.parametrize("state", ["a", "b"])
def test_buttons_of_one_state_go_together(form: Make, state: str) -> None:
    assert outcome(form(), {"g": state}).wrong == {}


@pytest.mark.parametrize("form", [forms.radio_with_exports, forms.radio_with_equal_exports], ids=["own", "equal"])
def test_exports_of_opt_do_not_replace_the_states_name(form: Make) -> None:
    assert outcome(form(), {"g": "1"}).wrong == {}


def test_the_exported_label_means_the_state() -> None:
    assert fill_form(forms.radio_with_exports(), {"g": "drei"}).form.fields[0].value == "2"


@pytest.mark.parametrize(
    ("form", "state"),
    [
        (forms.radio_without_off, "b"),
        (forms.radio_without_appearance, "two"),
        (forms.radio_buttons_as_fields_of_one_name, "b"),
        (forms.radio_kid_with_a_value_of_its_own, "b"),
        (forms.radio_kids_that_repeat_the_name, "b"),
        (forms.radio_group_that_nobody_lists, "0"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_group_written_wrongly_is_a_group(form: Make, state: str) -> None:
    assert outcome(form(), {"g": state}).wrong == {}


def test_a_push_button_is_left_alone() -> None:
    found = outcome(forms.push_button(), {"b": "true"})

    assert found.wrong == {}
    assert fill_form(forms.push_button(), {"push": "true"}).report[-1].status is FieldStatus.UNKNOWN_FIELD

"""A value is written the way its field takes it, or reported with the reason."""

from __future__ import annotations

import pytest

from durable_edits.form import Field, FieldKind, Option
from durable_edits.planner.dates import DateFormat, Day, asked_format, house_format, read_day
from durable_edits.planner.values import fit, fit_list


def text(description: str = "", **more: object) -> Field:
    return Field.model_validate({"key": "f", "kind": FieldKind.TEXT, "description": description, **more})


def choice(*options: tuple[str, str], **more: object) -> Field:
    shown = [Option(value=value, label=label) for value, label in options]
    return Field.model_validate({"key": "f", "kind": FieldKind.CHOICE, "options": shown, **more})


TICK = Field(key="f", kind=FieldKind.CHECKBOX, options=[Option(value="Agreed", label="Agreed")])
PROVINCE = choice(("AB", "Alberta"), ("BC", "British Columbia"), ("MB", "Manitoba"))


@pytest.mark.parametrize("value", ["yes", "TRUE", "x", " on ", "1", "checked", "✓", "agreed"])
def test_a_box_is_ticked(value: str) -> None:
    assert fit(TICK, value) == ("true", "")


@pytest.mark.parametrize("value", ["no", "False", "off", "0", "unchecked"])
def test_a_box_is_cleared(value: str) -> None:
    assert fit(TICK, value) == ("false", "")


@pytest.mark.parametrize("value", ["maybe", "2", "none"])
def test_a_box_takes_nothing_else(value: str) -> None:
    assert fit(TICK, value) == (None, "a check box takes yes or no")


@pytest.mark.parametrize("value", ["BC", "bc", "British Columbia", "british  columbia", "British Colunbia"])
def test_an_option_is_chosen_by_its_value_or_text(value: str) -> None:
    assert fit(PROVINCE, value) == ("BC", "")


@pytest.mark.parametrize("value", ["Ontario", "B", "Columbia"])
def test_what_is_no_option_is_refused_with_the_options(value: str) -> None:
    assert fit(PROVINCE, value) == (None, "none of the options (Alberta, British Columbia, Manitoba)")


def test_a_value_that_is_two_options_is_refused() -> None:
    shifted = choice(("0", "1"), ("1", "2"))

    assert fit(shifted, "1") == (None, "several options could be meant: 1, 2")


def test_options_one_letter_apart_are_not_guessed() -> None:
    assert fit(choice(("a", "Section A1"), ("b", "Section A2")), "Section A3")[0] is None


def test_an_editable_choice_takes_any_text() -> None:
    assert fit(choice(("a", "Red"), editable=True), "Teal") == ("Teal", "")


@pytest.mark.parametrize("value", ["red; blue", "Red\nBlue", "Blue, Red, blue"])
def test_several_options_are_chosen_together(value: str) -> None:
    several = choice(("r", "Red"), ("b", "Blue"), multi_select=True)

    chosen, _ = fit(several, value)

    assert set((chosen or "").split("\n")) == {"r", "b"}


def test_one_unknown_option_among_several_refuses_all() -> None:
    assert fit(choice(("r", "Red"), ("b", "Blue"), multi_select=True), "red, pink")[0] is None


def test_a_single_choice_takes_no_list() -> None:
    assert fit_list(PROVINCE, ("AB", "BC")) == (None, "the field takes one value, not a list")


def test_a_read_only_field_is_left_alone() -> None:
    assert fit(text(read_only=True), "x") == (None, "the field is read only")


def test_a_signature_is_left_alone() -> None:
    assert fit(Field(key="f", kind=FieldKind.SIGNATURE), "x") == (None, "the field is read only")


@pytest.mark.parametrize(
    ("description", "written"),
    [
        ("Date (mm/dd/yyyy)", "03/04/2026"),
        ("DATE OF DISCHARGE (YYYYMMDD)", "20260304"),
        ("Datum TT, dd.mm.yyyy", "04.03.2026"),
        ("From. Year 4 digits. Month 2 digits. Day 2 digits.", "20260304"),
        ("Date", "March 4, 2026"),
    ],
)
def test_a_date_is_written_as_the_field_asks(description: str, written: str) -> None:
    assert fit(text(description), "March 4, 2026") == (written, "")


@pytest.mark.parametrize(
    "value", ["2026-03-25", "25/03/2026", "03/25/2026", "25.3.2026", "25 March 2026", "Mar 25th, 2026"]
)
def test_a_date_that_can_be_read_in_one_way_is_understood(value: str) -> None:
    assert read_day(value) == Day(2026, 3, 25)


@pytest.mark.parametrize("value", ["03/04/2026", "30 February 2026", "2026-13-01", "Ma 4, 2026", "03-04/2026", "soon"])
def test_a_date_that_can_be_read_in_two_ways_or_none_is_not(value: str) -> None:
    assert read_day(value) is None


def test_numbers_alone_are_read_in_the_order_of_the_field() -> None:
    assert fit(text("Date dd/mm/yyyy"), "03/04/2026") == ("03/04/2026", "")


def test_a_form_with_one_stated_format_has_it_for_every_date() -> None:
    house = house_format(["Issued mm/dd/yyyy", "Expires mm/dd/yyyy", "City"])

    assert fit(text("Date of birth"), "2026-03-04", house) == ("03/04/2026", "")
    assert fit(text("Remark"), "2026-03-04", house) == ("2026-03-04", "")


def test_a_form_with_two_stated_formats_has_none_for_the_rest() -> None:
    assert house_format(["mm/dd/yyyy", "dd/mm/yyyy"]) is None


def test_a_format_is_no_part_of_a_word() -> None:
    assert (asked_format("commddyyyys"), asked_format("x mm-dd-yyyy")) == (None, DateFormat("mdy", "-"))


def test_separators_are_dropped_where_that_makes_a_number_fit() -> None:
    assert fit(text(max_length=9, comb=True), "219-09-9999") == ("219099999", "")


@pytest.mark.parametrize(("value", "comb"), [("12.50", True), ("12.50", False), ("A B C", False), ("12345", True)])
def test_a_value_too_long_is_refused_rather_than_changed(value: str, comb: bool) -> None:
    assert fit(text(max_length=4, comb=comb), value) == (None, "the field takes 4 characters at most")


def test_lines_stay_lines_only_where_the_field_has_them() -> None:
    assert [fit(text(multiline=multiline), "a\nb")[0] for multiline in (True, False)] == ["a\nb", "a b"]

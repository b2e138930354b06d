"""What a page says about a field is read as a person reads it."""

from __future__ import annotations

from durable_edits.form import Printed
from durable_edits.pdf import read_form
from tests.planner_forms import antrag, demande, household, membership, passport


def printed(data: bytes) -> dict[str, Printed]:
    return {field.key: field.printed or Printed() for field in read_form(data).fields}


def labels(data: bytes) -> dict[str, str]:
    return {key: each.label for key, each in printed(data).items()}


def test_a_label_stands_left_of_its_box() -> None:
    found = labels(membership())

    assert [found[key] for key in ("t5", "t6", "t8")] == ["Street address", "City", "ZIP code"]


def test_labels_over_a_row_of_boxes_belong_to_the_boxes_under_them() -> None:
    found = labels(antrag())

    assert [found[key] for key in ("f1", "f2", "f8", "f9")] == ["Name", "Vorname", "PLZ", "Ort"]


def test_a_page_with_its_labels_below_is_read_that_way_from_top_to_bottom() -> None:
    found = labels(demande())

    assert [found[f"z{number}"] for number in (1, 2, 4, 5, 6, 7)] == [
        "Nom",
        "Prénom",
        "Lieu de naissance",
        "Adresse",
        "Code postal",
        "Ville",
    ]


def test_each_cell_of_a_table_has_the_head_of_its_column() -> None:
    found = labels(household())

    assert [found[f"{column}{row}"] for row in (1, 4) for column in "nds"] == ["Name", "Date of birth", "School"] * 2


def test_what_stands_behind_a_box_to_tick_is_its_answer_and_what_stands_before_all_the_question() -> None:
    found = printed(membership())

    assert [(found[key].label, found[key].row) for key in ("c1", "c4")] == [
        ("Single", "Marital status"),
        ("Widowed", "Marital status"),
    ]


def test_a_single_letter_is_an_answer() -> None:
    found = labels(passport())

    assert [found[key] for key in ("b9", "b10", "b11")] == ["M", "F", "X"]


def test_a_field_stands_under_the_last_heading_above_it() -> None:
    found = printed(membership())

    assert [found[key].sections for key in ("t1", "t12", "t17")] == [
        ("Section A: Member",),
        ("Section B: Spouse",),
        ("Section C: Emergency contact",),
    ]


def test_each_button_of_a_group_has_its_own_answer() -> None:
    [group] = [field for field in read_form(membership()).fields if field.key == "r1"]

    assert [option.printed.label for option in group.options if option.printed] == ["Yes", "No"]


def test_a_field_without_a_tooltip_is_described_by_its_label() -> None:
    [city] = [field for field in read_form(membership()).fields if field.key == "t6"]

    assert city.description == "City"

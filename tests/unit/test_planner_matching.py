"""A value reaches the one field its label means, or is reported with the reason."""

from __future__ import annotations

import json

import pytest

from durable_edits.errors import NothingToFill
from durable_edits.form import Field, FieldKind, Form, Option
from durable_edits.planner import plan


def text(key: str, description: str = "", max_length: int | None = None) -> Field:
    return Field(key=key, kind=FieldKind.TEXT, description=description, max_length=max_length)


def tick(key: str, description: str = "") -> Field:
    return Field(key=key, kind=FieldKind.CHECKBOX, description=description, options=[Option(value="1", label="1")])


def radio(key: str, *labels: str) -> Field:
    options = [Option(value=str(number), label=label) for number, label in enumerate(labels)]
    return Field(key=key, kind=FieldKind.RADIO, options=options)


def form(*fields: Field) -> Form:
    return Form(pages=1, fields=list(fields))


ANCHOR = text("anchor")


def values(instructions: str, *fields: Field) -> dict[str, str]:
    """What is filled beside a field that is always named: a plan that fills nothing is an error."""
    filled = plan(form(*fields, ANCHOR), f"{instructions}\nanchor: x").values
    return {key: value for key, value in filled.items() if key != ANCHOR.key}


def reason(instructions: str, *fields: Field) -> str:
    planned = plan(form(*fields, ANCHOR), f"{instructions}\nanchor: x")
    assert list(planned.values) == [ANCHOR.key]
    return planned.unused[0].reason


@pytest.mark.parametrize(
    "label",
    [
        "form1[0].Page1[0].LastName[0]",
        "LastName[0]",
        "Family name (as in the passport)",
        "lastname",
        "last_name",
        "LAST NAME",
        "Last-Name:",
        "Surname",
        "Name, last",
    ],
)
def test_a_label_may_be_the_key_its_end_the_tooltip_or_a_way_to_say_it(label: str) -> None:
    field = text("form1[0].Page1[0].LastName[0]", "Family name (as in the passport)")

    assert values(f"{label.removesuffix(':')}: Doe", field, text("FirstName")) == {field.key: "Doe"}


def test_what_a_form_tool_adds_to_a_name_is_not_part_of_it() -> None:
    assert values("House nr: 12", text("House nr Text Box"), text("House Text Box")) == {"House nr Text Box": "12"}


def test_the_condition_before_a_label_is_not_part_of_it() -> None:
    assert values("Spouse's name: Bo", text("a", "If joint return, spouse’s name"), text("b", "Name")) == {"a": "Bo"}


def test_a_part_of_a_long_tooltip_is_a_name_where_one_field_has_it() -> None:
    fields = [text("a", "1. Business. Address. City."), text("b", "1. Business. Address. Street.")]

    assert values("City: Ulm", *fields) == {"a": "Ulm"}


def test_a_part_that_two_fields_have_is_no_name() -> None:
    fields = [text("a", "1. Business. Address. City."), text("b", "2. Home. Address. City.")]

    assert reason("City: Ulm", *fields) == "2 fields could be meant: a, b"


def test_the_exact_key_wins_over_a_label_that_says_the_same() -> None:
    assert values("name: Ada", text("other", "name"), text("name")) == {"name": "Ada"}


def test_a_label_that_the_fields_own_name_denies_is_not_trusted() -> None:
    assert reason("City: Ulm", text("a.LASTNAME", "City")).endswith("but its own name says otherwise")


def test_of_two_fields_with_one_label_the_one_right_after_the_last_is_meant() -> None:
    fields = [text("a", "Your first name"), text("b", "Last name"), text("c", "City"), text("d", "Last name")]

    assert values("Your first name: Ada\nLast name: Doe", *fields) == {"a": "Ada", "b": "Doe"}


@pytest.mark.parametrize("label", ["Occuption of parent", "Occupatoin of parent", "occupations of parent"])
def test_a_slip_of_the_pen_is_understood(label: str) -> None:
    assert values(f"{label}: baker", text("f1", "Occupation of parent"), text("f2", "City")) == {"f1": "baker"}


@pytest.mark.parametrize(
    ("label", "near"),
    [
        ("Employer name", "Employee name"),
        ("County", "Country"),
        ("Assigner details", "Assignee details"),
        ("Address line 2", "Address line 1"),
        ("Mailing address", "Billing address"),
        ("Phone", "Emergency phone"),
        ("Name of spouse", "Name"),
    ],
)
def test_a_name_that_is_only_near_is_not_taken(label: str, near: str) -> None:
    assert reason(f"{label}: x", text("f1", near)).startswith("no field has this name")


def test_two_fields_equally_near_are_both_left_alone() -> None:
    fields = [text("a", "Occuption now"), text("b", "Occupatin now")]

    assert "several fields could be meant" in reason("Occupation now: baker", *fields)


def test_a_field_is_filled_once() -> None:
    planned = plan(form(text("city")), "city: Ulm\nCity: Bonn")

    assert (planned.values, planned.unused[0].reason) == ({"city": "Ulm"}, "the field city has a value already")


def test_a_value_for_several_boxes_is_placed_whole_or_not_at_all() -> None:
    fields = [text("Birth Date M"), text("Birth Date D"), text("Birth Date Y")]

    assert values("Birth Date D: 9\nDate of birth: March 4, 1985", *fields) == {"Birth Date D": "9"}


def test_a_second_value_is_refused_for_being_the_second_whatever_it_is() -> None:
    planned = plan(form(tick("agree")), "agree: yes\nagree: maybe")

    assert planned.unused[0].reason == "the field agree has a value already"


def nested(data: object, *fields: Field) -> dict[str, str]:
    return plan(form(*fields), json.dumps(data)).values


def test_nested_json_reaches_a_qualified_key() -> None:
    assert nested({"home": {"address": {"zipCode": "1"}}}, text("home.address.zip_code")) == {
        "home.address.zip_code": "1"
    }


def test_nested_json_reaches_a_field_named_in_words() -> None:
    data = {"parents": [{"last_name": "Gil"}, {"last_name": "Paz"}]}

    assert nested(data, text("Parent 1 Last Name"), text("Parent 2 Last Name")) == {
        "Parent 1 Last Name": "Gil",
        "Parent 2 Last Name": "Paz",
    }


def test_an_outer_name_that_the_form_does_not_know_may_be_left_out() -> None:
    assert nested({"person": {"city": "Ulm"}}, text("City")) == {"City": "Ulm"}


def test_an_outer_name_that_the_form_knows_may_not_be_left_out() -> None:
    data = {"spouse": {"city": "Ulm"}, "age": 4}

    assert nested(data, text("City"), text("Spouse name"), text("Age")) == {"Age": "4"}


def test_one_name_under_two_outer_names_fills_neither() -> None:
    data = {"buyer": {"city": "Ulm"}, "seller": {"city": "Bonn"}, "age": 4}

    assert nested(data, text("City"), text("Age")) == {"Age": "4"}


def test_a_list_goes_onto_numbered_fields() -> None:
    fields = [text("Child 1"), text("Child 2"), text("Child 3")]

    assert nested({"child": ["Bo", "Cy"]}, *fields) == {"Child 1": "Bo", "Child 2": "Cy"}


def test_a_list_longer_than_its_fields_goes_nowhere() -> None:
    assert nested({"child": ["Bo", "Cy", "Di"], "age": 4}, text("Child 1"), text("Child 2"), text("Age")) == {
        "Age": "4"
    }


def test_a_list_goes_onto_indexed_fields() -> None:
    assert nested({"child": ["Bo", "Cy"]}, text("p.child[0]"), text("p.child[1]")) == {
        "p.child[0]": "Bo",
        "p.child[1]": "Cy",
    }


def test_a_list_for_one_line_of_text_is_written_with_commas() -> None:
    assert nested({"Countries": ["Japan", "Peru"]}, text("Countries")) == {"Countries": "Japan, Peru"}


def test_null_leaves_a_field_empty_and_is_not_reported() -> None:
    planned = plan(form(text("a"), text("b")), '{"a": "x", "b": null}')

    assert (planned.values, planned.unused) == ({"a": "x"}, [])


@pytest.mark.parametrize("line", ["plan.Pro: true", "plan.1: yes", "plan: Pro", "Plan: pro", "plan: 1"])
def test_a_radio_button_is_pressed_by_its_own_name_or_its_group(line: str) -> None:
    assert values(line, radio("plan", "Basic", "Pro")) == {"plan": "1"}


def test_a_button_that_is_not_chosen_presses_nothing() -> None:
    assert reason("plan.Pro: no", radio("plan", "Basic", "Pro")) == "a button that is not chosen says nothing"


def test_yes_and_no_choose_between_two_buttons_of_that_name() -> None:
    assert nested({"citizen": False}, radio("Citizen", "Yes", "No")) == {"Citizen": "1"}


def test_a_box_is_ticked_by_its_text_within_its_group() -> None:
    fields = [tick("Page1.FilingStatus.c1", "Single"), tick("Page1.FilingStatus.c2", "Married filing jointly")]

    assert values("Filing status: Married filing jointly", *fields) == {"Page1.FilingStatus.c2": "true"}


def test_several_boxes_are_ticked_together_or_not_at_all() -> None:
    fields = [tick("c1", '9. PETS - Select for "CAT."'), tick("c2", '9. PETS - Select for "DOG."')]

    assert values("Pets: cat, dog", *fields) == {"c1": "true", "c2": "true"}
    assert reason("Pets: cat, cow", *fields) == "2 fields could be meant: c1, c2"


def test_a_date_is_split_over_month_day_and_year() -> None:
    fields = [text("Birth Date M"), text("Birth Date D"), text("Birth Date Y")]

    assert values("Date of birth: March 4, 1985", *fields) == {
        "Birth Date M": "03",
        "Birth Date D": "04",
        "Birth Date Y": "1985",
    }


@pytest.mark.parametrize("number", ["219-09-9999", "219099999", "21 909 9999"])
def test_a_number_is_split_over_boxes_that_it_fills(number: str) -> None:
    fields = [text("SSN 1", max_length=3), text("SSN 2", max_length=2), text("SSN 3", max_length=4)]

    assert values(f"SSN: {number}", *fields) == {"SSN 1": "219", "SSN 2": "09", "SSN 3": "9999"}


def test_nothing_matched_names_what_was_found_and_what_there_is() -> None:
    with pytest.raises(NothingToFill, match=r"'Blood type'.*'city'"):
        plan(form(text("city")), "Blood type: 0")


def test_nothing_matched_in_broken_json_says_where_it_breaks() -> None:
    with pytest.raises(NothingToFill, match="line 1, column 8"):
        plan(form(text("city")), '{"age" 4}')


def test_broken_json_is_read_as_lines() -> None:
    assert plan(form(text("city")), "{oops\ncity: Ulm").values == {"city": "Ulm"}

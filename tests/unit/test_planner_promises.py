"""Instructions onto a real form, from the outside: what is surely meant is filled, all else is reported."""

from __future__ import annotations

import json

import pytest

from durable_edits.errors import InstructionsEmpty, NothingToFill
from durable_edits.form import Form
from durable_edits.pdf import fill_form, read_form
from durable_edits.planner import plan
from tests.forms import every_kind, text_form


@pytest.fixture(scope="module")
def form() -> Form:
    return read_form(every_kind())


@pytest.mark.parametrize("label", ["name", "Full name", "full name", "FULL NAME", "- Full name", "**Full name**"])
def test_a_field_answers_to_its_key_and_its_label(form: Form, label: str) -> None:
    assert plan(form, f"{label}: Zoë Łukasz").values == {"name": "Zoë Łukasz"}


def test_nested_json_reaches_qualified_keys(form: Form) -> None:
    told = {"person": {"first": "Ada", "last": "Lovelace"}, "agree": True}

    assert plan(form, json.dumps(told)).values == {
        "person.first": "Ada",
        "person.last": "Lovelace",
        "agree": "true",
    }


def test_json_null_leaves_a_field_as_it_is(form: Form) -> None:
    assert plan(form, '{"name": "Ada", "notes": null}').values == {"name": "Ada"}


@pytest.mark.parametrize("value", ["DE", "Germany", "germany"])
def test_an_option_may_be_named_by_its_value_or_what_a_person_sees(form: Form, value: str) -> None:
    assert plan(form, f"Country: {value}").values == {"country": "DE"}


def test_an_unknown_option_is_reported_with_those_there_are(form: Form) -> None:
    [unused] = plan(form, "Full name: Ada\nCountry: Atlantis").unused

    assert (unused.label, unused.value) == ("Country", "Atlantis")
    assert "Germany" in unused.reason


@pytest.mark.parametrize("line", ["colour.blue: true", "Colour: blue"])
def test_a_button_may_be_named_as_the_wire_names_it_or_by_its_group(form: Form, line: str) -> None:
    assert plan(form, line).values == {"colour": "blue"}


def test_a_slip_of_the_pen_is_understood() -> None:
    form = read_form(text_form(["nationality", "occupation"]))

    assert plan(form, "natoinality: British").values == {"nationality": "British"}


@pytest.mark.parametrize("label", ["second name", "name of employer", "nam"])
def test_what_is_only_alike_is_reported_and_never_placed(label: str) -> None:
    form = read_form(text_form(["first name", "last name", "code"]))

    made = plan(form, f"code: 1\n{label}: Ada")

    assert (made.values, [unused.label for unused in made.unused]) == ({"code": "1"}, [label])


def test_a_second_value_for_a_field_is_reported(form: Form) -> None:
    made = plan(form, "name: Ada\nname: Grace")

    assert (made.values, [unused.value for unused in made.unused]) == ({"name": "Ada"}, ["Grace"])


@pytest.mark.parametrize(
    ("asks", "written"),
    [("date MM/DD/YYYY", "01/31/2026"), ("date DD-MM-YYYY", "31-01-2026"), ("date YYYY-MM-DD", "2026-01-31")],
)
@pytest.mark.parametrize("told", ["2026-01-31", "31 January 2026", "January 31st, 2026"])
def test_a_date_is_written_as_the_form_asks(asks: str, written: str, told: str) -> None:
    form = read_form(text_form([asks]))

    assert plan(form, json.dumps({asks: told})).values == {asks: written}


def test_broken_json_that_names_nothing_says_where_it_breaks(form: Form) -> None:
    with pytest.raises(NothingToFill, match=r"line 2, column \d+"):
        plan(form, '{"x": 1,\n "y" 2}')


def test_instructions_that_meet_no_field_say_what_there_is(form: Form) -> None:
    with pytest.raises(NothingToFill, match=r"'shoe size'.*'name'.*9 fields"):
        plan(form, "shoe size: 42")


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_no_instructions_are_refused(form: Form, text: str) -> None:
    with pytest.raises(InstructionsEmpty):
        plan(form, text)


def test_what_was_planned_is_what_the_filled_form_says(form: Form) -> None:
    planned = plan(form, "Full name: Zoë\nI agree: yes\nColour: red\nCountry: France\nFirst name: Ada")

    filled = read_form(fill_form(every_kind(), planned.values).data)

    assert {field.key: field.value for field in filled.fields if field.value not in {None, "false"}} == planned.values

"""A plan says for each value where it stood and why it went there, and for each field and value left why not."""

from __future__ import annotations

from durable_edits.form import Field, FieldKind, Form, Printed
from durable_edits.pdf import read_form
from durable_edits.planner import plan
from durable_edits.planner.prose import read_prose
from tests.planner_forms import antrag, membership


def test_a_value_says_where_it_stood_and_which_witness_placed_it() -> None:
    text = "Surname: Okafor"

    [planned] = plan(read_form(membership()), f"{text}\nSpouse surname: Obi").planned[:1]

    assert planned.source is not None
    assert text[planned.source.start : planned.source.end] == planned.value == "Okafor"
    assert planned.said == "Surname"


def test_what_is_understood_is_less_sure_than_what_is_named() -> None:
    text = "ZIP code: 85701\nAddress: 12 Elm Street, Tucson, AZ 85701"

    planned = {each.key: each for each in plan(read_form(membership()), text).planned}

    assert planned["t8"].confidence > planned["t6"].confidence
    assert planned["t6"].why.startswith("part of an address; the printed label 'City'")


def test_each_field_that_is_left_has_its_reason() -> None:
    form = read_form(membership())

    made = plan(form, "City: Reno")

    assert {each.key for each in made.left} == {field.key for field in form.fields} - {"t6"}
    assert {each.reason for each in made.left} == {"the instructions say nothing about it"}


def test_a_value_that_two_fields_could_take_names_both() -> None:
    made = plan(read_form(membership()), "Phone: 602-555-0133\nCity: Reno")

    [unused] = made.unused
    assert {near.key for near in unused.near} >= {"t9", "t10"}


def test_a_section_that_is_to_stay_empty_stays_empty() -> None:
    made = plan(read_form(membership()), "Spouse first name: Lee\nCity: Reno\nPlease leave Section B blank.")

    assert made.values == {"t6": "Reno"}
    assert {each.key for each in made.left if "Section B" in each.reason} == {"t12", "t13", "t14"}


def test_an_order_to_clear_a_field_empties_it() -> None:
    made = plan(read_form(antrag()), "Ort: Ulm\nPlease clear the Telefon.")

    assert made.values == {"f9": "Ulm", "f10": ""}


def test_a_sentence_says_about_whom_it_is() -> None:
    said = {each.pair.path: each.pair.value for each in read_prose("My wife works as a judge. I work as a baker.")}

    assert said == {("spouse", "occupation"): "judge", ("occupation",): "baker"}


def test_a_value_in_a_sentence_is_found_where_it_stands() -> None:
    text = "You can write to ada@example.org at any time."

    [said] = read_prose(text)

    assert text[said.start : said.end] == "ada@example.org"


def test_a_name_that_says_little_is_not_taken_for_the_only_field_that_has_it() -> None:
    made = plan(read_form(antrag()), "Ort: Ulm\nDate: 1990-01-01\nSignature: J. Roe")

    assert (made.values, [each.label for each in made.unused]) == ({"f9": "Ulm"}, ["Date", "Signature"])


def test_page_and_tooltip_together_outweigh_the_name_of_a_field() -> None:
    said = Field(key="town", kind=FieldKind.TEXT, description="Place of birth", printed=Printed(label="Place of birth"))

    assert plan(Form(pages=1, fields=[said]), "Place of birth: Bern").values == {"town": "Bern"}

"""Instructions are read the way people write them, and nothing that says something is dropped."""

from __future__ import annotations

import pytest

from durable_edits.errors import InstructionsEmpty, InstructionsError
from durable_edits.planner.instructions import read_instructions
from durable_edits.planner.pairs import Pair


def pairs(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [(pair.path, pair.value) for pair in read_instructions(text).pairs]


@pytest.mark.parametrize(
    "line",
    [
        "Name: Ada",
        "Name = Ada",
        "- Name: Ada",
        "2. Name: Ada",
        "Name\tAda",
        "| Name | Ada |",
        "**Name**: Ada",
        'Name: "Ada"',
        "Set the Name to Ada.",
        "please fill in Name with Ada",
    ],
)
def test_a_line_names_a_field_and_its_value(line: str) -> None:
    assert pairs(line) == [(("Name",), "Ada")]


def test_a_question_is_a_label() -> None:
    assert pairs("Are you married? yes") == [(("Are you married?",), "yes")]


def test_tick_and_untick_are_yes_and_no() -> None:
    assert pairs("Tick the Newsletter box\nUncheck Terms") == [(("Newsletter",), "true"), (("Terms",), "false")]


def test_a_value_keeps_what_follows_the_first_separator() -> None:
    assert pairs("Note: at 10:30 = late") == [(("Note",), "at 10:30 = late")]


def test_indented_lines_go_on_with_the_value() -> None:
    assert pairs("Address: 1 Main St\n  Springfield\nName: Ada") == [
        (("Address",), "1 Main St\nSpringfield"),
        (("Name",), "Ada"),
    ]


@pytest.mark.parametrize("under", ["  Name: Bo\n  Phone: 1", "- Name: Bo\n- Phone: 1", "Name: Bo\nPhone: 1"])
def test_a_label_without_a_value_heads_the_lines_under_it(under: str) -> None:
    assert pairs(f"City: Ulm\n\nSpouse:\n{under}\n\nAge: 4") == [
        (("City",), "Ulm"),
        (("Spouse", "Name"), "Bo"),
        (("Spouse", "Phone"), "1"),
        (("Age",), "4"),
    ]


def test_an_empty_entry_in_a_list_heads_nothing() -> None:
    assert pairs("Name: Ada\nMiddle name:\nCity: Ulm") == [(("Name",), "Ada"), (("City",), "Ulm")]


def test_a_table_of_two_columns_is_read_by_its_head() -> None:
    assert pairs('field;value\nCity;Ulm\n"A; B";c') == [(("City",), "Ulm"), (("A; B",), "c")]


def test_a_markdown_table_loses_only_its_rule() -> None:
    assert pairs("| Field | Value |\n|---|:--|\n| City | Ulm |") == [(("Field",), "Value"), (("City",), "Ulm")]


def test_a_sentence_that_says_what_a_field_is_names_it() -> None:
    assert pairs("My last name is Doe.\nThe e-mail is a@b.example.") == [
        (("last name",), "Doe"),
        (("e-mail",), "a@b.example"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "My phone is broken.",
        "My name is Ada and I live here.",
        "My doctor is Dr. Who.",
        "My employer is Acme",
        "It is A.",
    ],
)
def test_a_sentence_that_only_may_name_a_field_is_prose(sentence: str) -> None:
    assert pairs(sentence) == [((), sentence)]


def test_prose_comes_out_as_prose() -> None:
    assert pairs("I am Ada.\n\nI live in Ulm.") == [((), "I am Ada."), ((), "I live in Ulm.")]


def test_nested_json_keeps_its_names() -> None:
    assert pairs('{"a": {"b": [{"c": 1.50}, {"c": true}], "d": null}}') == [
        (("a", "b", "1", "c"), "1.50"),
        (("a", "b", "2", "c"), "true"),
    ]


def test_a_list_of_values_keeps_its_items() -> None:
    assert read_instructions('{"a": ["x", 2]}').pairs == [Pair(("a",), "x\n2", ("x", "2"))]


def test_a_list_of_keys_and_values_names_fields() -> None:
    assert pairs('{"fields": [{"key": "a.b", "value": "x"}, {"label": "City", "value": 3}]}') == [
        (("a.b",), "x"),
        (("City",), "3"),
    ]


def test_a_name_given_twice_is_two_pairs() -> None:
    assert pairs('{"a": "x", "a": "y"}') == [(("a",), "x"), (("a",), "y")]


def test_a_fenced_block_is_json_and_the_prose_around_it_is_kept() -> None:
    assert pairs('Here it is:\n```json\n{"a": "x"}\n```\nThanks!') == [
        (("a",), "x"),
        ((), "Here it is:"),
        ((), "Thanks!"),
    ]


def test_broken_json_says_where_it_breaks() -> None:
    read = read_instructions('{"a": 1,\n "b" 2}')

    assert "line 2, column 6" in read.json_error


@pytest.mark.parametrize("text", ['{"a": "\\ud800"}', "a: \ud800"])
def test_half_a_surrogate_pair_becomes_a_question_mark(text: str) -> None:
    assert pairs(text) == [(("a",), "?")]


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_nothing_said_is_refused(text: str) -> None:
    with pytest.raises(InstructionsEmpty):
        read_instructions(text)


@pytest.mark.parametrize(
    "text",
    ["x" * 200_001, '{"a":' * 40 + "1" + "}" * 40, "[" * 100_000, "a: b\n" * 5_001],
    ids=["long", "deep", "deeper", "many"],
)
def test_what_is_over_a_limit_is_refused(text: str) -> None:
    with pytest.raises(InstructionsError):
        read_instructions(text)

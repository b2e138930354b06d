"""Whatever the instructions and the form are, planning ends soon, and every value is accounted for."""

from __future__ import annotations

import json
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from durable_edits.errors import InstructionsError
from durable_edits.form import Field, FieldKind, Form, Option, Plan
from durable_edits.planner import plan
from durable_edits.planner.instructions import read_instructions
from durable_edits.planner.names import normal

SOON = 5.0  # seconds; the slowest of these takes under one on a busy machine, a quadratic one minutes

WORDS = [
    "name",
    "last name",
    "City",
    "date of birth",
    "plan",
    "a.b",
    "tick[0]",
    "SSN",
    "1",
    "yes",
    "no",
    "",
    "Pro",
    "é\ud800",
]
KINDS = list(FieldKind)

names = st.one_of(st.sampled_from(WORDS), st.text(max_size=12))
options = st.lists(
    st.builds(Option, value=names.filter(lambda n: n.isascii()), label=st.sampled_from(WORDS[:-1])), max_size=4
)
fields = st.builds(
    Field,
    key=st.sampled_from(WORDS[:-1]),
    kind=st.sampled_from(KINDS),
    description=st.sampled_from(WORDS[:-1]),
    options=options,
    max_length=st.none() | st.integers(1, 9),
    multiline=st.booleans(),
    comb=st.booleans(),
    multi_select=st.booleans(),
    editable=st.booleans(),
    read_only=st.booleans(),
)
forms = st.lists(fields, max_size=8, unique_by=lambda field: field.key).map(lambda each: Form(pages=1, fields=each))
data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
lines = st.lists(st.tuples(names, st.sampled_from([": ", " = ", "\t", "\n  ", "? "]), names).map("".join)).map(
    "\n".join
)
instructions = st.one_of(data.map(json.dumps), lines, st.text(max_size=200))


def planned(form: Form, text: str) -> Plan | None:
    try:
        return plan(form, text)
    except InstructionsError:
        return None


@settings(max_examples=300, deadline=None)
@given(forms, instructions)
def test_every_value_is_filled_or_reported_and_nothing_else_is_raised(form: Form, text: str) -> None:
    made = planned(form, text)

    if made is not None:
        assert {planned.key: planned.value for planned in made.planned} == made.values
        assert {each.key for each in made.left} == {field.key for field in form.fields} - made.values.keys()
        told = {each.said for each in made.planned} | {each.label for each in made.unused}
        named = {pair.label[:200] for pair in read_instructions(text).pairs if pair.path}
        assert len(named - {label[:200] for label in told}) <= len(made.values)
        assert made.values.keys() <= {field.key for field in form.fields}
        made.model_dump_json()


@settings(max_examples=300, deadline=None)
@given(forms, instructions)
def test_a_value_is_always_one_the_field_takes(form: Form, text: str) -> None:
    made = planned(form, text)

    for field in form.fields if made is not None else []:
        value = made.values.get(field.key) if made is not None else None
        if value is not None:
            assert not field.read_only
            assert field.kind is not FieldKind.SIGNATURE
            assert field.kind is not FieldKind.CHECKBOX or value in {"true", "false"}
            assert field.kind is not FieldKind.RADIO or value in {option.value for option in field.options}
            assert field.kind is not FieldKind.TEXT or field.max_length is None or len(value) <= field.max_length


LARGE = Form(
    pages=9,
    fields=[
        Field(
            key=f"form1[0].Page{number // 60}[0].Part{number // 9}[0].EmployerIncomeLine{number}[0]",
            kind=KINDS[number % 4],
            description=f"{number}. Enter the yearly income of employer {number}. If any, see the notes to this part.",
            options=[Option(value=str(each), label=f"Band {each}") for each in range(20)],
        )
        for number in range(700)
    ],
)
ODD = Form(
    pages=1,
    fields=[
        Field(key="k" * 100_000, kind=FieldKind.TEXT, description="(a" * 50_000),
        Field(key="a." * 50_000, kind=FieldKind.CHECKBOX, description='"' * 100_000),
        Field(key="if", kind=FieldKind.TEXT, description="if " * 50_000),
        Field(
            key="many",
            kind=FieldKind.CHOICE,
            multi_select=True,
            options=[Option(value=str(each), label=f"Option {each}") for each in range(2_000)],
        ),
    ],
)
HOSTILE = {
    "300 near labels": "\n".join(f"Yearly incomme of employr {number}: {number}" for number in range(300)),
    "5,000 labels": "\n".join(f"label {number} of so many: x" for number in range(5_000)),
    "spaces": " " * 199_000 + "x",
    "a sentence of spaces": "set x" + " " * 99_000 + "to" + " " * 99_000 + "y",
    "open fences": "```\n" * 49_000,
    "a fence of line ends": "```" + "\n" * 199_000,
    "open brackets": "(" * 150 + ": x\n" + "(" * 190_000,
    "open lists": "[" * 199_000,
    "a long number": '{"if": ' + "9" * 190_000 + "}",
    "many options": "many: " + "Option 7, " * 19_000,
    "ligatures": "\ufdfa" * 199_000 + ": x",
    "questions": "?" * 199_000,
    "continued lines": "if: a" + "\n b" * 60_000,
}


@pytest.mark.parametrize("form", [LARGE, ODD], ids=["large", "odd"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_planning_ends_soon(text: str, form: Form) -> None:
    start = time.perf_counter()

    planned(form, text)

    assert time.perf_counter() - start < SOON


def test_a_long_text_is_not_kept_by_a_process_that_goes_on() -> None:
    text = "somebody's own words " * 10_000
    held = sys.getrefcount(text)

    normal(text)

    assert sys.getrefcount(text) == held

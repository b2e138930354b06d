"""What a model may say: entries of key, value and quote, each key one of the form's, each option one of the field's."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from durable_edits.models.question import OpenField, Question

LONGEST_VALUE = 10_000  # characters


class Entry(BaseModel):
    """`quote` is what of the person's text says so."""

    key: str
    value: str
    quote: str


class Answer(BaseModel):
    entries: list[Entry]


class BadAnswer(ValueError):
    """What is wrong with an answer, in words that help whoever gave it to mend it."""


def answer_schema(question: Question) -> dict[str, Any]:
    """JSON schema of an Answer to this question. Fields with options have a branch of their own."""
    free = [field.key for field in question.fields if not field.options]
    branches = [_entry({"type": "string", "enum": free}, {"type": "string"})] if free else []
    branches += [_with_options(field) for field in question.fields if field.options]
    return {
        "title": "values",
        "type": "object",
        "properties": {"entries": {"type": "array", "items": {"anyOf": branches}}},
        "required": ["entries"],
        "additionalProperties": False,
    }


def read_answer(question: Question, said: dict[str, Any]) -> list[Entry]:
    """The entries of what was said; raises BadAnswer. Not every provider keeps to a schema."""
    try:
        entries = Answer.model_validate(said).entries
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadAnswer(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    fields = {field.key: field for field in question.fields}
    for entry in entries:
        field = fields.get(entry.key)
        if field is None:
            raise BadAnswer(f"There is no open field {entry.key[:200]!r}; use the keys of the open fields.")
        if field.options and entry.value not in field.options:
            raise BadAnswer(f"{entry.key[:200]!r} takes one of its options, not {entry.value[:200]!r}.")
        if len(entry.value) > LONGEST_VALUE:
            raise BadAnswer(f"The value of {entry.key[:200]!r} is longer than {LONGEST_VALUE} characters.")
    if len({entry.key for entry in entries}) < len(entries):
        raise BadAnswer("Each field is named once.")
    return entries


def _with_options(field: OpenField) -> dict[str, Any]:
    return _entry({"type": "string", "enum": [field.key]}, {"type": "string", "enum": field.options})


def _entry(key: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"key": key, "value": value, "quote": {"type": "string"}},
        "required": ["key", "value", "quote"],
        "additionalProperties": False,
    }

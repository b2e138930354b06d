"""JSON as pairs: the leaves, each with the names that lead to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from durable_edits.errors import InstructionsError
from durable_edits.planner.limits import MAX_DEPTH
from durable_edits.planner.pairs import Pair

_FIELD_NAMES = ("key", "field", "label", "name")


class _Object(list[tuple[str, Any]]):
    """An object with every name it was given, also those given twice."""


def json_pairs(text: str) -> Iterator[Pair]:
    """Numbers stay as they were written; null means "leave it empty" and is no pair.

    Raises json.JSONDecodeError, RecursionError, InstructionsError.
    """
    # A number is text on a form: 1.50 must not become 1.5, nor 007 digits more than Python takes an error.
    yield from _flatten(
        json.loads(text, object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=str), (), 0
    )


def _flatten(value: Any, path: tuple[str, ...], depth: int) -> Iterator[Pair]:
    if depth > MAX_DEPTH:
        raise InstructionsError(f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, _Object):
        if (named := _named_value(value)) is not None:
            yield from _flatten(named[1], (*_without_index(path), _text(named[0])), depth + 1)
            return
        for name, item in value:
            yield from _flatten(item, (*path, _text(name)), depth + 1)
    elif isinstance(value, list):
        if path and value and all(isinstance(item, str | bool) for item in value):
            items = tuple(_text(item) for item in value)
            yield Pair(path, "\n".join(items), items)
            return
        for index, item in enumerate(value):
            yield from _flatten(item, (*path, str(index + 1)) if path else (), depth + 1)
    elif value is not None:
        yield Pair(path, _text(value))


def _named_value(value: _Object) -> tuple[str, Any] | None:
    """`{"key": …, "value": …}`: how form tools write a field."""
    names = dict(value)
    if len(value) > 4 or len(names) < len(value) or "value" not in names:
        return None
    name = next((names[each] for each in _FIELD_NAMES if isinstance(names.get(each), str)), None)
    return None if name is None else (name, names["value"])


def _without_index(path: tuple[str, ...]) -> tuple[str, ...]:
    """A list of fields, `{"fields": [{"key": …}, …]}`, is a wrapping and names nothing."""
    return path[:-2] if path and path[-1].isdigit() else path


def _text(value: str | bool) -> str:
    text = str(value).lower() if isinstance(value, bool) else value
    return text.encode("utf-8", "replace").decode()

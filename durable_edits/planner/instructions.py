"""Instructions, free text or JSON, as pairs of a label path and a value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from durable_edits.errors import InstructionsEmpty, InstructionsError
from durable_edits.planner.json_data import json_pairs
from durable_edits.planner.limits import MAX_DEPTH, MAX_INSTRUCTIONS, MAX_PAIRS
from durable_edits.planner.lines import line_pairs
from durable_edits.planner.pairs import Pair

_FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*?)```", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Instructions:
    """`json_error` says where text that looks like JSON stops being JSON; `json` that all of it is."""

    pairs: list[Pair]
    json_error: str = ""
    json: bool = False


def read_instructions(text: str) -> Instructions:
    """Raises InstructionsEmpty, and InstructionsError over a limit."""
    if not text.strip():
        raise InstructionsEmpty("The instructions are empty; say what goes into which field.")
    if len(text) > MAX_INSTRUCTIONS:
        raise InstructionsError(f"The instructions have more than {MAX_INSTRUCTIONS} characters; shorten them.")
    # Half a surrogate pair is no text: nothing that stores or draws the value would take it.
    text = text.encode("utf-8", "replace").decode().removeprefix("\ufeff")
    fenced = _FENCE.search(text)
    candidate = (fenced[1] if fenced else text).strip()
    if not candidate.startswith(("{", "[")):
        return Instructions(_bounded(line_pairs(text)))
    try:
        pairs = _bounded(json_pairs(candidate))
    except json.JSONDecodeError as fault:
        error = f"the JSON stops at line {fault.lineno}, column {fault.colno}: {fault.msg}"
        return Instructions(_bounded(line_pairs(text)), error)
    except RecursionError as fault:
        raise InstructionsError(f"The JSON is nested deeper than {MAX_DEPTH} levels.") from fault
    if fenced:
        around = f"{text[: fenced.start()]}\n{text[fenced.end() :]}"
        pairs += [Pair((), line.strip()) for line in around.splitlines() if line.strip()]
    return Instructions(pairs, json=not fenced)


def _bounded(pairs: Iterator[Pair]) -> list[Pair]:
    found = []
    for pair in pairs:
        found.append(pair)
        if len(found) > MAX_PAIRS:
            raise InstructionsError(f"The instructions name more than {MAX_PAIRS} values; send fewer at a time.")
    return found

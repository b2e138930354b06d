"""Instructions, free text or JSON, as pairs of a label path and a value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from durable_edits.errors import InstructionsEmpty, InstructionsError
from durable_edits.planner.limits import MAX_DEPTH, MAX_INSTRUCTIONS, MAX_PAIRS

_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+(?=\S)")
_PAIR = re.compile(r"^\s*(?P<label>[^:=\t|]{1,200}?)\s*(?::(?!//)|=|\t)\s*(?P<value>.*\S)?\s*$")
_SET = re.compile(
    r"^\s*(?:please\s+)?(?:set|fill in|fill|enter|put)\s+(?:the\s+)?"
    r"(?P<label>.{1,120}?)\s+(?:to|with|as)\s+(?P<value>.+?)\s*\.?\s*$",
    re.IGNORECASE,
)
_CHECK = re.compile(
    r"^\s*(?:please\s+)?(?P<verb>uncheck|untick|check|tick|select)\s+(?:the\s+)?(?P<label>.{1,120}?)(?:\s+box)?\s*\.?\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[\s|:\-]+$")


@dataclass(frozen=True, slots=True)
class Pair:
    """`path` leads from the outermost name to the innermost; a line has a path of one."""

    path: tuple[str, ...]
    value: str

    @property
    def label(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Instructions:
    """`json_error` says where text that looks like JSON stops being JSON."""

    pairs: list[Pair]
    json_error: str = ""


def read_instructions(text: str) -> Instructions:
    """Raises InstructionsEmpty, and InstructionsError over a limit."""
    if not text.strip():
        raise InstructionsEmpty("The instructions are empty; say what goes into which field.")
    if len(text) > MAX_INSTRUCTIONS:
        raise InstructionsError(f"The instructions have more than {MAX_INSTRUCTIONS} characters; shorten them.")
    fenced = _FENCE.search(text)
    candidate = (fenced[1] if fenced else text).strip()
    error = ""
    if candidate[:1] in {"{", "["}:
        try:
            return Instructions(_bounded(_flatten(json.loads(candidate), (), 0)))
        except json.JSONDecodeError as fault:
            error = f"the JSON stops at line {fault.lineno}, column {fault.colno}: {fault.msg}"
        except RecursionError as fault:
            raise InstructionsError(f"The JSON is nested deeper than {MAX_DEPTH} levels.") from fault
    return Instructions(_bounded(_lines(text)), error)


def _bounded(pairs: Iterator[Pair]) -> list[Pair]:
    found = []
    for pair in pairs:
        found.append(pair)
        if len(found) > MAX_PAIRS:
            raise InstructionsError(f"The instructions name more than {MAX_PAIRS} values; send fewer at a time.")
    return found


def _flatten(value: Any, path: tuple[str, ...], depth: int) -> Iterator[Pair]:
    """Leaves of nested JSON; null means "leave it empty" and is no instruction."""
    if depth > MAX_DEPTH:
        raise InstructionsError(f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, dict):
        if (named := _named_value(value)) is not None:
            yield Pair((*path[:-1], named[0]), named[1])
            return
        for name, item in value.items():
            yield from _flatten(item, (*path, str(name)), depth + 1)
    elif isinstance(value, list):
        if path and value and all(isinstance(item, str | int | float) for item in value):
            yield Pair(path, "\n".join(_scalar(item) for item in value))
            return
        for index, item in enumerate(value):
            yield from _flatten(item, (*path, str(index + 1)) if path else (), depth + 1)
    elif value is not None:
        yield Pair(path or ("value",), _scalar(value))


def _named_value(value: dict[str, Any]) -> tuple[str, str] | None:
    """`{"key": …, "value": …}`: how form tools write a field."""
    name = value.get("key", value.get("field", value.get("name")))
    item = value.get("value")
    if len(value) <= 4 and "value" in value and isinstance(name, str) and isinstance(item, str | int | float | bool):
        return name, _scalar(item)
    return None


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lines(text: str) -> Iterator[Pair]:
    label, value = "", ""
    for line in text.splitlines():
        pair = _line(line)
        if pair is None and label and line[:1] in {" ", "\t"} and line.strip():
            value = f"{value}\n{line.strip()}" if value else line.strip()
            continue
        if label and value:
            yield Pair((label,), value)
        label, value = pair or ("", "")
        if pair is None and line.strip() and not _RULE.match(line):
            yield Pair(("",), line.strip())
    if label and value:
        yield Pair((label,), value)


def _line(line: str) -> tuple[str, str] | None:
    bare = _BULLET.sub("", line)
    if bare.strip().startswith("|"):
        cells = [cell.strip() for cell in bare.strip().strip("|").split("|")]
        return (cells[0], cells[1]) if len(cells) == 2 and not _RULE.match(bare) else None
    if line[:1].isspace() and bare == line and "\t" not in line.strip():
        return None if _PAIR.match(bare) is None else _split(bare)
    return _split(bare)


def _split(line: str) -> tuple[str, str] | None:
    for pattern in (_PAIR, _SET):
        if (match := pattern.match(line)) is not None:
            return _plain(match["label"]), _plain(match["value"] or "")
    if (match := _CHECK.match(line)) is not None:
        return _plain(match["label"]), "false" if match["verb"].lower().startswith("un") else "true"
    return None


def _plain(text: str) -> str:
    """Without the marks of Markdown and the quotes around a whole."""
    bare = text.strip().strip("*`").strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'" else bare

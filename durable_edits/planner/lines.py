"""Plain text as pairs: a label and its value on a line, in the ways people write that."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from durable_edits.planner.limits import MAX_LABEL, MAX_SENTENCE
from durable_edits.planner.names import normal
from durable_edits.planner.pairs import Pair
from durable_edits.planner.tables import tables

_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+(?=\S)")
_SEPARATOR = re.compile(r":(?!//)|=|\t|\uff1a")
_QUESTION = re.compile(r"^(?P<label>[^?]{3,200}\?)\s+(?P<value>\S.*)$")
_SET = re.compile(
    r"^(?:please\s)?(?:set|fill in|fill|enter|put)\s(?:the\s)?(?P<label>.{1,120}?)\s(?:to|with|as)\s(?P<value>.+)$",
    re.IGNORECASE,
)
_CHECK = re.compile(
    r"^(?:please\s)?(?P<verb>uncheck|untick|check|tick)\s(?:the\s)?(?P<label>.{1,120}?)(?:\s(?:check )?box)?$",
    re.IGNORECASE,
)
# One whole sentence with a name, number or address for its end; "My phone is broken" fills in nothing.
_IS = re.compile(
    r"^(?:[Mm]y|[Oo]ur|[Tt]he)\s(?P<label>[^,;?!.]{2,80}?)\sis\s(?P<value>(?=[A-Z\d+(]|\S+@)[^,;?!]{1,80})\.$"
)
_JOINED = re.compile(r"\s(?:and|or|but|who|which|that|is|was)\s|\.\s")
_RULE = re.compile(r"^[\s|:+=`~-]+$")
_TABLE_HEADS = ({"field", "key", "label", "name", "question", "item"}, {"value", "answer", "entry"})


def line_pairs(text: str) -> Iterator[Pair]:
    """As `_line_pairs`, with the lines of one paragraph of prose together: sentences go on over the ends of lines."""
    prose: list[str] = []
    for pair in _line_pairs(text):
        if pair.path or not pair.value:
            if prose:
                yield Pair((), "\n".join(prose))
                prose = []
            if pair.path:
                yield pair
        else:
            prose.append(pair.value)
    if prose:
        yield Pair((), "\n".join(prose))


def _line_pairs(text: str) -> Iterator[Pair]:
    """Every line that says something comes out: as a pair, as a part of one, or as prose with an empty path.

    A label with nothing behind it heads the lines under it: those indented or bulleted, or, where it opens a
    paragraph, the rest of the paragraph.
    """
    lines = text.splitlines()
    if (table := _two_columns(lines)) is not None:
        yield from table
        return
    heading, label, value = "", "", ""
    opens, label_opens = True, False
    inside = {table.first: table for table in tables(lines)}
    titles = {title[0] for first in inside if (title := _title(lines, first)) is not None}
    skipped = 0
    for number, line in enumerate([*lines, ""]):
        if number < skipped:
            continue
        if (rows := inside.get(number)) is not None:
            if label and value:
                yield Pair((heading, label) if heading else (label,), value)
            title = _title(lines, number)
            over = label if label and not value else title[1] if title else ""
            yield from rows.pairs(over)
            heading, label, value, opens, skipped = "", "", "", False, rows.last
            continue
        if number in titles:
            continue
        inner = line[:1] in {" ", "\t"} or _BULLET.match(line) is not None
        found = _pair(line) if line.strip() and not _RULE.match(line) else None
        if found is None and line[:1] in {" ", "\t"} and line.strip() and label:
            value = f"{value}\n{line.strip()}" if value else line.strip()
            continue
        if label and value:
            yield Pair((heading, label) if heading else (label,), value)
        if label and not value and (inner or label_opens):
            heading = label
        elif not line.strip() or (opens and not inner):
            heading = ""
            if not line.strip():
                yield Pair((), "")
        if found is None and line.strip() and not _RULE.match(line):
            yield Pair((), line.strip())
        label, value = found or ("", "")
        label_opens = opens and not inner
        opens = not line.strip()


def _title(lines: list[str], table: int) -> tuple[int, str] | None:
    """The line above a table that says what it is: `## Dependents`."""
    number = table - 1
    if number > 0 and not lines[number].strip():
        number -= 1
    above = lines[number].strip() if number >= 0 else ""
    bare = above.strip("#*:_ ")
    says = bare and len(bare) < 60 and _pair(above) is None and (above[0] in "#*" or above[-1] == ":")
    return (number, bare) if says else None


def _pair(line: str) -> tuple[str, str] | None:
    bare = _BULLET.sub("", line).strip()
    if bare.startswith("|"):
        cells = [_plain(cell) for cell in bare.strip("|").split("|")]
        return (cells[0], cells[1]) if len(cells) == 2 and cells[0] and cells[1] else None
    separator = _SEPARATOR.search(bare, 0, MAX_LABEL)
    if separator is not None and (label := _plain(bare[: separator.start()])):
        return label, _plain(bare[separator.end() :])
    if len(bare) > MAX_SENTENCE:
        return None
    return _sentence(" ".join(bare.split()))


def _sentence(text: str) -> tuple[str, str] | None:
    if (match := _IS.match(text)) is not None and not _JOINED.search(match["value"]):
        return _plain(match["label"]), _plain(match["value"])
    text = text.removesuffix(".")
    if (match := _SET.match(text) or _QUESTION.match(text)) is not None:
        return _plain(match["label"]), _plain(match["value"])
    if (match := _CHECK.match(text)) is not None:
        return _plain(match["label"]), "false" if match["verb"].lower().startswith("un") else "true"
    return None


def _two_columns(lines: list[str]) -> Iterator[Pair] | None:
    """A table whose head says which column holds the names: `field;value`."""
    for delimiter in ";,\t":
        head = [normal(cell) for cell in lines[0].split(delimiter)] if lines else []
        if len(head) == 2 and head[0] in _TABLE_HEADS[0] and head[1] in _TABLE_HEADS[1]:
            return _rows(lines[1:], delimiter)
    return None


def _rows(lines: list[str], delimiter: str) -> Iterator[Pair]:
    for line in lines:
        if not line.strip():
            continue
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            cells = []
        if len(cells) > 1 and cells[0].strip():
            yield Pair((cells[0].strip(),), delimiter.join(cells[1:]).strip())
        else:
            yield Pair((), line.strip())


def _plain(text: str) -> str:
    """Without the marks of Markdown and the quotes around a whole."""
    bare = text.strip().strip("*`").strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'" else bare

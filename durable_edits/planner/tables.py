"""Tables in plain text: rows of cells under a head, parted by commas, semicolons, tabs or bars."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from durable_edits.planner.names import normal
from durable_edits.planner.pairs import Pair

DELIMITERS = "|;\t,"
MAX_CELLS = 40  # of one row; wider is no table for a form
_YEAR = re.compile(r"(?:19|20)\d{2}")
_RULE = re.compile(r"^[\s|:+=-]*-[\s|:+=-]*$")
_AMOUNT = re.compile(r"[\W\d]*\d[\W\d]*(?:[a-zA-Z%€$£]{1,4})?|[xX✓✔☑-]|yes|no", re.IGNORECASE)
# What the head of a column is called that holds the names of the rows.
_ROW_HEADS = frozenset(
    {"", "line", "item", "row", "category", "description", "field", "question", "what", "zeile", "ligne", "position"}
)
_COUNT_HEADS = frozenset({"no", "nr", "row", "n", "id", "index", "line", "zeile"})


@dataclass(frozen=True, slots=True)
class Table:
    """`first` and `last` are the lines it takes, `last` not included."""

    first: int
    last: int
    rows: tuple[tuple[str, ...], ...]

    def pairs(self, heading: str) -> Iterator[Pair]:
        head, *rows = self.rows
        outer = (heading,) if heading else ()
        names = [normal(cell) for cell in head]
        if _crossed(names, rows):
            for row in rows:
                for name, cell in zip(head[1:], row[1:], strict=False):
                    if cell:
                        yield Pair((*outer, row[0], name), cell)
            return
        for number, row in enumerate(rows, 1):
            for place, (name, cell) in enumerate(zip(head, row, strict=False)):
                counted = place == 0 and names[0] in _COUNT_HEADS and cell == str(number)
                if cell and name and not counted:
                    yield Pair((*outer, str(number), name), cell)


def _crossed(names: list[str], rows: list[tuple[str, ...]]) -> bool:
    """Whether the rows have names: figures beside words, under a head that names none."""
    if names[0] not in _ROW_HEADS or len(names) < 2:
        return False
    return all(
        row[0] and not row[0].strip().isdigit() and all(not cell or _AMOUNT.fullmatch(cell) for cell in row[1:])
        for row in rows
    )


def tables(lines: list[str]) -> list[Table]:
    found: list[Table] = []
    place = 0
    while place < len(lines):
        table = _table(lines, place)
        if table is None:
            place += 1
        else:
            found.append(table)
            place = table.last
    return found


def _table(lines: list[str], start: int) -> Table | None:
    for delimiter in DELIMITERS:
        if lines[start].count(delimiter) < 1:
            continue
        head = _cells(lines[start], delimiter)
        if not 2 <= len(head) <= MAX_CELLS or (delimiter != "|" and not _head(head)):
            continue
        rows, place = [head], start + 1
        while place < len(lines) and lines[place].strip():
            if _RULE.match(lines[place]):
                place += 1
                continue
            cells = _cells(lines[place], delimiter)
            if len(cells) != len(head):
                break
            rows.append(cells)
            place += 1
        if len(rows) > 1 and (len(head) > 2 or (delimiter == "|" and len(rows) > 2 and _ruled(lines, start))):
            return Table(start, place, tuple(rows))
    return None


def _ruled(lines: list[str], start: int) -> bool:
    return start + 1 < len(lines) and _RULE.match(lines[start + 1]) is not None


def _head(cells: tuple[str, ...]) -> bool:
    """Names, each of them: no figures, no sentences."""
    filled = [cell for cell in cells[1:] if cell]
    return (
        len(filled) == len(cells) - 1
        and all(
            len(cell) < 60
            and ":" not in cell
            and not cell.endswith(".")
            and (not cell[:1].isdigit() or _YEAR.fullmatch(cell))
            for cell in cells
        )
        and len({normal(cell) for cell in cells}) == len(cells)
    )


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    if delimiter == "|":
        return tuple(cell.strip().strip("*`") for cell in line.strip().strip("|").split("|"))
    try:
        row = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return ()
    return tuple(cell.strip() for cell in row)

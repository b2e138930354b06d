"""Cross-reference sections (ISO 32000-1, 7.5.4 and 7.5.8), from the newest back, read without being unrolled.

Only what stands where it should is followed: then an increment that builds on the newest section is as sound as the
document is, and needs no second reading.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from pypdf.errors import LimitReachedError
from pypdf.generic import DictionaryObject, StreamObject

from durable_edits.errors import DocumentTooComplex
from durable_edits.pdf.limits import MAX_NUMBER, MAX_STREAM
from durable_edits.pdf.tokens import GAP, NotUnderstood

START = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF\s*$")
TAIL = 1024  # bytes at the end of a file in which readers look for it
_TABLE = re.compile(GAP + rb"xref[\0\t\n\f\r ]+")
_RUN = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[\0\t\f ]+(\d{1,10})[\0\t\f ]*(?:\r\n|\n|\r)?[\0\t\f ]*")
_TRAILER = re.compile(GAP + rb"trailer")
_ROW = re.compile(rb"(\d{10}) (\d{5}) ([nf])[\r\n ]{2}")
ROW = 20  # bytes
FREE, PLAIN, PACKED = 0, 1, 2
MAX_SECTIONS = 1_000  # saves of one document

Entry = tuple[int, int, int]
"""FREE, or PLAIN with offset and generation, or PACKED with the object stream's number and the index in it."""


@dataclass(slots=True)
class Section:
    """`runs`: first number, how many, and where their rows begin; `widths` are those of a stream's columns."""

    rows: bytes
    runs: list[tuple[int, int, int]]
    trailer: DictionaryObject
    widths: tuple[int, int, int] | None = None
    hybrid: bool = False

    def find(self, number: int) -> Entry | None:
        for first, count, start in self.runs:
            if first <= number < first + count:
                return self._entry(start, number - first)
        return None

    def numbers(self) -> list[tuple[int, Entry]]:
        return [
            (first + index, self._entry(start, index)) for first, count, start in self.runs for index in range(count)
        ]

    def _entry(self, start: int, index: int) -> Entry:
        if self.widths is None:
            match = _ROW.match(self.rows, start + index * ROW)
            if match is None:
                raise NotUnderstood("no row of a cross-reference table")
            kind = PLAIN if match[3] == b"n" and match[1] != b"0000000000" else FREE
            return kind, int(match[1]), int(match[2])
        first, second, third = self.widths
        at = start + index * (first + second + third)
        row = self.rows[at : at + first + second + third]
        if len(row) < first + second + third:
            raise NotUnderstood("a cross-reference stream ends early")
        kind = int.from_bytes(row[:first], "big") if first else PLAIN
        return kind, int.from_bytes(row[first : first + second], "big"), int.from_bytes(row[first + second :], "big")


@dataclass(slots=True)
class Sections:
    """`start` is the newest section's offset as the file gives it; `base`: what stands before the header."""

    start: int
    base: int
    found: list[Section] = field(default_factory=list)

    @property
    def newest_is_table(self) -> bool:
        return self.found[0].widths is None

    @property
    def trailer(self) -> DictionaryObject:
        trailer = DictionaryObject()
        for section in self.found:
            for key in ("/Root", "/Info", "/ID", "/Encrypt", "/Size"):
                if key in section.trailer and key not in trailer:
                    dict.__setitem__(trailer, key, section.trailer.raw_get(key))
        return trailer

    def find(self, number: int) -> Entry | None:
        for section in self.found:
            entry = section.find(number)
            if entry is not None and not (section.hybrid and entry[0] == FREE):
                return entry
        return None

    def next_number(self) -> int:
        runs = [run for section in self.found for run in section.runs]
        if any(first < MAX_NUMBER <= first + count for first, count, _start in runs):
            raise NotUnderstood("more rows than there are numbers")
        ends = [first + count - 1 for first, count, _start in runs]
        return next_number(ends, self.found[0].trailer.get("/Size"))


Read = Callable[[int], tuple[object, int]]
"""Reads the object at an offset: a dictionary behind `trailer`, or an indirect object."""


def read_sections(data: bytes, read_dictionary: Read, read_object: Read) -> Sections:
    """Raises NotUnderstood where the chain of sections cannot be followed to its end."""
    match = START.search(data[-TAIL:])
    if match is None:
        raise NotUnderstood("no startxref at the end")
    base = data.find(b"%PDF-", 0, TAIL)
    sections = Sections(int(match[1]), base)
    pending, seen = [sections.start], set[int]()
    while pending:
        offset = pending.pop(0)
        if offset in seen or len(seen) > MAX_SECTIONS:
            raise NotUnderstood("cross-reference sections go round in circles")
        seen.add(offset)
        section = _section(data, offset + base, read_dictionary, read_object)
        sections.found.append(section)
        hidden, previous = section.trailer.get("/XRefStm"), section.trailer.get("/Prev")
        if section.widths is None and isinstance(hidden, int) and not isinstance(hidden, bool):
            section.hybrid = True
            beside = _section(data, int(hidden) + base, read_dictionary, read_object)
            if beside.widths is None:
                raise NotUnderstood("a hybrid file without its stream")
            sections.found.append(beside)
        if isinstance(previous, int | float):
            pending.append(int(previous))
    return sections


def _section(data: bytes, offset: int, read_dictionary: Read, read_object: Read) -> Section:
    table = _TABLE.match(data, offset) if 0 <= offset < len(data) else None
    if table is not None:
        return _read_table(data, table.end(), read_dictionary)
    found, _end = read_object(offset)
    if not isinstance(found, StreamObject) or found.get("/Type") != "/XRef":
        raise NotUnderstood(f"no cross-reference section at {offset}")
    return _read_stream(found)


def _read_table(data: bytes, position: int, read_dictionary: Read) -> Section:
    runs = []
    while (trailer := _TRAILER.match(data, position)) is None:
        match = _RUN.match(data, position)
        if match is None:
            raise NotUnderstood("no run of a cross-reference table")
        first, count, start = int(match[1]), int(match[2]), match.end()
        position = start + count * ROW
        if count and not (_ROW.match(data, start) and _ROW.match(data[position - ROW : position].ljust(ROW))):
            raise NotUnderstood("a cross-reference table with rows of another length")
        if count:
            runs.append((first, count, start))
    found, _end = read_dictionary(trailer.end())
    if not isinstance(found, DictionaryObject):
        raise NotUnderstood("no trailer")
    return Section(data, runs, found)


def _read_stream(stream: StreamObject) -> Section:
    widths = [int(each) for each in stream.get("/W", [])]
    size = stream.get("/Size")
    index = [int(each) for each in stream.get("/Index", [0, size])]
    if len(widths) != 3 or min(widths) < 0 or sum(widths) > 40 or len(index) % 2:
        raise NotUnderstood("a cross-reference stream of unknown shape")
    rows, runs, at = _rows(stream), [], 0
    for first, count in zip(index[::2], index[1::2], strict=True):
        runs.append((first, count, at))
        at += count * sum(widths)
    if at > len(rows):
        raise NotUnderstood("a cross-reference stream ends early")
    return Section(rows, runs, stream, (widths[0], widths[1], widths[2]))


def _rows(stream: StreamObject) -> bytes:
    if stream.get("/Filter") not in {None, "/FlateDecode"}:
        return unpacked(stream)
    data = stream._data if "/Filter" not in stream else inflated(stream._data)
    parameters = stream.get("/DecodeParms")
    predictor = parameters.get("/Predictor", 1) if isinstance(parameters, DictionaryObject) else 1
    if predictor == 1:
        return data
    columns = parameters.get("/Columns", 1) if isinstance(parameters, DictionaryObject) else 1
    step = int(columns) + 1
    if set(data[::step]) != {2} or len(data) % step:
        return unpacked(stream)
    # Every row is the difference to the one above it: column by column that is a running sum.
    out = bytearray(len(data) // step * (step - 1))
    for column in range(step - 1):
        out[column :: step - 1] = bytes(map((255).__and__, accumulate(data[column + 1 :: step])))
    return bytes(out)


def inflated(data: bytes) -> bytes:
    """Raises NotUnderstood for what is no whole zlib stream, DocumentTooComplex for more than any real one has."""
    inflater = zlib.decompressobj()
    try:
        found = inflater.decompress(data, MAX_STREAM)
    except zlib.error as error:
        raise NotUnderstood("a stream that cannot be inflated") from error
    if inflater.unconsumed_tail:
        raise too_long()
    return found


def unpacked(stream: StreamObject) -> bytes:
    """A stream's data, whatever its filters. Raises DocumentTooComplex for more than any real one has."""
    try:
        found = stream.get_data()
    except LimitReachedError as error:
        raise too_long() from error
    if len(found) > MAX_STREAM:
        raise too_long()
    return found


def too_long() -> DocumentTooComplex:
    return DocumentTooComplex(
        f"The document has a stream of more than {MAX_STREAM} bytes where a form has a few; save it anew in a viewer.",
        limit=MAX_STREAM,
    )


def next_number(known: Iterable[int], size: object) -> int:
    """The first that is free, of those that viewers look for."""
    declared = size - 1 if isinstance(size, int) else 0
    return max((number for number in (*known, declared) if number < MAX_NUMBER), default=0) + 1

"""Write what changed behind the input's bytes, so that everything else (signatures, other fields, usage rights) stays.

ISO 32000-1, 7.5.6. The cross-reference is a table or a stream as the input has it, offsets count from where the input
counts them, encryption is kept. A file whose own cross-reference cannot be followed is written anew, object by object.
"""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from struct import Struct

from pypdf.generic import IndirectObject, NullObject, PdfObject, StreamObject

from durable_edits.errors import DocumentTooComplex
from durable_edits.pdf.document import Source
from durable_edits.pdf.limits import MAX_NUMBER
from durable_edits.pdf.mended import MendedObjects
from durable_edits.pdf.serialise import serialised

_TRAILER_KEYS = ("/Root", "/Info", "/ID", "/Encrypt")
_ROW = Struct(">BxIH").pack  # of a cross-reference stream: type, offset in five bytes, generation
_WIDTHS = b"[1 5 2]"
Row = tuple[int, int, int]
"""Number, generation and offset."""


class Increment:
    """Changed and new objects of one document, each as its bytes from `obj` to `endobj`.

    `changed`: number, generation, bytes. `new`: from the first free number on; None for one that was never given.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.cipher = source.cipher
        self.first = source.next_number
        self.changed: list[tuple[int, int, bytes]] = []
        self.new: list[bytes | None] = []

    def change(self, number: int, generation: int, source: bytes) -> None:
        """`source` is what stands between `obj` and `endobj`, encrypted where the document is."""
        self.changed.append((number, generation, b"%d %d obj\n%b\nendobj\n" % (number, generation, source)))

    def reserve(self) -> int:
        """A number for an object that is given later."""
        self.new.append(None)
        return self.first + len(self.new) - 1

    def put(self, number: int, source: bytes) -> None:
        """A new object of a number that was reserved; `source` as for `change`."""
        self.new[number - self.first] = b"%d 0 obj\n%b\nendobj\n" % (number, source)

    def put_stream(self, number: int, dictionary: bytes, data: bytes) -> None:
        """A new stream; `dictionary` is what stands between its brackets, without /Length and without strings."""
        if self.cipher is not None:
            data = self.cipher.encrypt_stream(number, 0, data)
        self.new[number - self.first] = b"%d 0 obj\n<<%b/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
            number, dictionary, len(data), data,
        )  # fmt: skip

    def write(self) -> bytes:
        source = self._source
        if not self.changed and not self.new:
            return source.data
        if source.start is None:
            return self.write_anew()
        gap = b"" if source.data.endswith((b"\n", b"\r")) else b"\n"
        parts = [source.data, gap]
        rows, end = self._objects(parts, self.changed, len(source.data) + len(gap) - source.base)
        size = self.first + len(self.new)
        if source.writes_table:
            parts += [_table(rows), self._trailer_of_table(size, source.start, end)]
        else:
            parts.append(self._stream(rows, size, source.start, end))
        return b"".join(parts)

    def write_anew(self) -> bytes:
        """The document object by object, with a cross-reference of our own: for inputs whose own is no good."""
        source = self._source
        if not isinstance(source, MendedObjects):
            raise TypeError("what was read without mending needs no new file")
        changed = {(number, generation) for number, generation, _source in self.changed}
        every = list(self.changed)
        for number, generation in source.numbers():
            value = source.object_at(number, generation)
            if (
                0 < number <= MAX_NUMBER
                and (number, generation) not in changed
                and value is not None
                and not _structural(value)
            ):
                every.append((number, generation, self._again(number, generation, value)))
        parts = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        rows, end = self._objects(parts, every, len(parts[0]))
        parts += [_table(rows), self._trailer_of_table(self.first + len(self.new), None, end)]
        return b"".join(parts)

    def _again(self, number: int, generation: int, value: PdfObject) -> bytes:
        raw = self._source.trailer.raw_get("/Encrypt") if self.cipher is not None else None
        cipher = None if isinstance(raw, IndirectObject) and raw.idnum == number else self.cipher
        encrypt = partial(cipher.encrypt_string, number, generation) if cipher is not None else None
        source = serialised(value, encrypt)
        if isinstance(value, StreamObject):
            data = value._data if cipher is None else cipher.encrypt_stream(number, generation, value._data)
            source = b"%b\n/Length %d>>\nstream\n%b\nendstream" % (source[:-2], len(data), data)
        return b"%d %d obj\n%b\nendobj\n" % (number, generation, source)

    def _objects(self, parts: list[bytes], changed: list[tuple[int, int, bytes]], offset: int) -> tuple[list[Row], int]:
        """Adds the objects to `parts`; their rows in the order of their numbers, and where they end."""
        changed = sorted(changed)
        if changed and changed[-1][0] > MAX_NUMBER:
            raise DocumentTooComplex(
                f"The document numbers its objects beyond {MAX_NUMBER}; save it anew in a viewer.", limit=MAX_NUMBER
            )
        sources = [source for _number, _generation, source in changed]
        sources += [source or b"" for source in self.new]
        parts += sources
        offsets = list(accumulate(map(len, sources), initial=offset))
        rows = [(number, generation, at) for (number, generation, _), at in zip(changed, offsets, strict=False)]
        if self.new:
            last = enumerate(zip(self.new, offsets[len(changed) :], strict=False), self.first)
            rows += [(number, 0, at) for number, (source, at) in last if source is not None]
        return rows, offsets[-1]

    def _trailer(self, size: int, previous: int | None) -> bytes:
        trailer = self._source.trailer
        kept = b"".join(
            b"%b %b" % (key.encode(), serialised(trailer.raw_get(key))) for key in _TRAILER_KEYS if key in trailer
        )
        return b"%b/Size %d" % (kept, size) + (b"" if previous is None else b"/Prev %d" % previous)

    def _trailer_of_table(self, size: int, previous: int | None, end: int) -> bytes:
        return b"trailer\n<<%b>>\nstartxref\n%d\n%%%%EOF\n" % (self._trailer(size, previous), end)

    def _stream(self, rows: list[Row], number: int, previous: int, end: int) -> bytes:
        """ISO 32000-1, 7.5.8; the stream lists itself."""
        rows.append((number, 0, end))
        data = b"".join([_ROW(1, offset, generation) for _number, generation, offset in rows])
        index = b" ".join([b"%d %d" % (first, len(run)) for first, run in _runs(rows)])
        head = b"%d 0 obj\n<</Type/XRef/W%b/Index[%b]%b/Length %d>>\nstream\n" % (
            number, _WIDTHS, index, self._trailer(number + 1, previous), len(data),
        )  # fmt: skip
        return b"%b%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (head, data, end)


def _runs(rows: list[Row]) -> list[tuple[int, list[Row]]]:
    """Rows whose numbers follow each other, by the first of those."""
    runs: list[tuple[int, list[Row]]] = []
    following, last = -1, list[Row]()
    for row in rows:
        number = row[0]
        if number == following:
            last.append(row)
        else:
            last = [row]
            runs.append((number, last))
        following = number + 1
    return runs


def _table(rows: list[Row]) -> bytes:
    # Object 0 also in an increment: readers take a table that starts elsewhere for a misnumbered one.
    lines = [b"xref\n0 1\n0000000000 65535 f \n"]
    for first, run in _runs(rows):
        lines.append(b"%d %d\n" % (first, len(run)))
        lines += [b"%010d %05d n \n" % (offset, generation) for _number, generation, offset in run]
    return b"".join(lines)


def _structural(value: object) -> bool:
    """Cross-reference and object streams describe the old file; their contents are written by themselves."""
    return isinstance(value, NullObject) or (
        isinstance(value, StreamObject) and value.get("/Type") in {"/XRef", "/ObjStm"}
    )

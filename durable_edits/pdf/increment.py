"""Write what changed behind the input's bytes, so that everything else (signatures, other fields, usage rights) stays.

ISO 32000-1, 7.5.6. The cross-reference is a table or a stream as the input has it, offsets count from where the input
counts them, encryption is kept. A file whose own cross-reference cannot be followed is written anew, object by object.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby

from pypdf.generic import IndirectObject, NullObject, PdfObject, StreamObject

from durable_edits.pdf.mended import MendedObjects
from durable_edits.pdf.objects import Objects
from durable_edits.pdf.serialise import serialised

_TRAILER_KEYS = ("/Root", "/Info", "/ID", "/Encrypt")
_OFFSET = 5  # bytes of an offset in a cross-reference stream: a terabyte


class Increment:
    """Changed and new objects of one document, as bytes. `objects`: number, generation, source."""

    def __init__(self, source: Objects | MendedObjects) -> None:
        self._source = source
        self.cipher = source.cipher
        self.next = source.next_number
        self.objects: list[tuple[int, int, bytes]] = []

    def put(self, number: int, generation: int, source: bytes) -> None:
        """`source` is the whole object but for the lines around it, encrypted where the document is."""
        self.objects.append((number, generation, source))

    def reserve(self) -> int:
        """A number for an object that is given later."""
        self.next += 1
        return self.next - 1

    def put_stream(self, number: int, dictionary: bytes, data: bytes) -> None:
        """A new stream; `dictionary` is what stands between its brackets, without /Length and without strings."""
        if self.cipher is not None:
            data = self.cipher.encrypt_stream(number, 0, data)
        self.objects.append((number, 0, b"<<%b/Length %d>>\nstream\n%b\nendstream" % (dictionary, len(data), data)))

    def put_object(self, number: int, value: PdfObject) -> None:
        """A new object of pypdf's kind."""
        encrypt = partial(self.cipher.encrypt_string, number, 0) if self.cipher is not None else None
        source = serialised(value, encrypt)
        if isinstance(value, StreamObject):
            self.put_stream(number, source[2:-2], value._data)
        else:
            self.put(number, 0, source)

    def add(self, value: PdfObject) -> IndirectObject:
        number = self.reserve()
        self.put_object(number, value)
        return IndirectObject(number, 0, None)

    def write(self) -> bytes:
        source = self._source
        if not self.objects:
            return source.data
        if source.start is None:
            return self.write_anew()
        gap = b"" if source.data.endswith((b"\n", b"\r")) else b"\n"
        parts = [source.data, gap]
        rows = self._objects(parts, len(source.data) + len(gap) - source.base)
        end = rows.pop()[2]
        if source.writes_table:
            parts.append(_table(rows, self._trailer(self.next, source.start), end))
        else:
            parts.append(self._stream(rows, end))
        return b"".join(parts)

    def write_anew(self) -> bytes:
        """The document object by object, with a cross-reference of our own: for inputs whose own is no good."""
        source = self._source
        if not isinstance(source, MendedObjects):
            raise TypeError("what was read without mending needs no new file")
        changed = {(number, generation) for number, generation, _source in self.objects}
        for number, generation in source.numbers():
            value = source.object_at(number, generation)
            if number and (number, generation) not in changed and value is not None and not _structural(value):
                self._put_again(number, generation, value)
        parts = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        rows = self._objects(parts, len(parts[0]))
        end = rows.pop()[2]
        parts.append(_table(rows, self._trailer(self.next, None), end))
        return b"".join(parts)

    def _put_again(self, number: int, generation: int, value: PdfObject) -> None:
        raw = self._source.trailer.raw_get("/Encrypt") if self.cipher is not None else None
        cipher = None if isinstance(raw, IndirectObject) and raw.idnum == number else self.cipher
        encrypt = partial(cipher.encrypt_string, number, generation) if cipher is not None else None
        source = serialised(value, encrypt)
        if isinstance(value, StreamObject):
            data = value._data if cipher is None else cipher.encrypt_stream(number, generation, value._data)
            source = b"%b\n/Length %d>>\nstream\n%b\nendstream" % (source[:-2], len(data), data)
        self.put(number, generation, source)

    def _objects(self, parts: list[bytes], offset: int) -> list[tuple[int, int, int]]:
        """Adds the objects to `parts`; number, generation and offset of each, and last where they end."""
        rows = []
        for number, generation, source in sorted(self.objects):
            rows.append((number, generation, offset))
            whole = b"%d %d obj\n%b\nendobj\n" % (number, generation, source)
            parts.append(whole)
            offset += len(whole)
        return [*rows, (0, 0, offset)]

    def _trailer(self, size: int, previous: int | None) -> bytes:
        trailer = self._source.trailer
        kept = b"".join(
            b"%b %b" % (key.encode(), serialised(trailer.raw_get(key))) for key in _TRAILER_KEYS if key in trailer
        )
        return b"%b/Size %d" % (kept, size) + (b"" if previous is None else b"/Prev %d" % previous)

    def _stream(self, rows: list[tuple[int, int, int]], end: int) -> bytes:
        """ISO 32000-1, 7.5.8: rows of type, offset, generation; the stream lists itself."""
        number = self.next
        rows = [*rows, (number, 0, end)]
        data = b"".join(
            b"\1" + offset.to_bytes(_OFFSET, "big") + generation.to_bytes(2, "big") for _, generation, offset in rows
        )
        index = b" ".join(b"%d %d" % (run[0][0], len(run)) for run in _runs(rows))
        head = b"%d 0 obj\n<</Type/XRef/W[1 %d 2]/Index[%b]%b/Length %d>>\nstream\n" % (
            number, _OFFSET, index, self._trailer(number + 1, self._source.start), len(data),
        )  # fmt: skip
        return b"%b%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (head, data, end)


def _runs(rows: list[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """Rows whose numbers follow each other."""
    return [[row for _index, row in run] for _key, run in groupby(enumerate(rows), lambda each: each[1][0] - each[0])]


def _table(rows: list[tuple[int, int, int]], trailer: bytes, end: int) -> bytes:
    # Object 0 also in an increment: readers take a table that starts elsewhere for a misnumbered one.
    lines = [b"xref\n0 1\n0000000000 65535 f \n"]
    for run in _runs(rows):
        lines.append(b"%d %d\n" % (run[0][0], len(run)))
        lines += [b"%010d %05d n \n" % (offset, generation) for _, generation, offset in run]
    return b"%btrailer\n<<%b>>\nstartxref\n%d\n%%%%EOF\n" % (b"".join(lines), trailer, end)


def _structural(value: object) -> bool:
    """Cross-reference and object streams describe the old file; their contents are written by themselves."""
    return isinstance(value, NullObject) or (
        isinstance(value, StreamObject) and value.get("/Type") in {"/XRef", "/ObjStm"}
    )

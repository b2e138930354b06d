"""Write what changed behind the input's bytes, so that everything else (signatures, other fields, usage rights) stays.

ISO 32000-1, 7.5.6. The cross-reference is a table or a stream as the input has it; encryption is kept. A file whose
own cross-reference cannot be followed is written anew, object by object.
"""

from __future__ import annotations

import io
import re

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

_STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_OBJECT = re.compile(rb"\s*\d+\s+\d+\s+obj\b")
_TRAILER_KEYS = ("/Root", "/Info", "/ID", "/Encrypt")


class Increment:
    """Collects changed and new objects of one document."""

    def __init__(self, data: bytes, reader: PdfReader) -> None:
        self._data = data
        self._reader = reader
        self._changed: dict[tuple[int, int], PdfObject] = {}
        declared = reader.trailer.get("/Size")
        known = [number for numbers in reader.xref.values() for number in numbers] + list(reader.xref_objStm)
        self._next = max([*known, int(declared) - 1 if isinstance(declared, int) else 0], default=0) + 1

    def change(self, ref: IndirectObject, value: PdfObject) -> None:
        self._changed[ref.idnum, ref.generation] = value

    def add(self, value: PdfObject) -> IndirectObject:
        ref = self.reserve()
        self._changed[ref.idnum, 0] = value
        return ref

    def reserve(self) -> IndirectObject:
        """A number for an object that is given later, by `change`."""
        ref = IndirectObject(self._next, 0, self._reader)
        self._next += 1
        return ref

    def write(self) -> bytes:
        if not self._changed:
            return self._data
        start = self._followable()
        if start is None:
            return self.write_anew()
        out = io.BytesIO()
        out.write(self._data)
        if not self._data.endswith((b"\n", b"\r")):
            out.write(b"\n")
        offsets = self._objects(out, self._changed)
        if self._data[start:].lstrip()[:4] == b"xref":
            _write_table(out, offsets, self._trailer(start))
        else:
            self._write_stream(out, offsets, self._trailer(start))
        return out.getvalue()

    def _followable(self) -> int | None:
        """Where the newest cross-reference section stands, or None where following it would lead astray."""
        match = _STARTXREF.search(self._data[-1024:])
        if match is None or not self._data.startswith(b"%PDF-"):
            return None
        start = int(match[1])
        section = self._data[start : start + 40]
        return start if section.lstrip().startswith(b"xref") or _OBJECT.match(section) else None

    def _trailer(self, previous: int | None) -> DictionaryObject:
        trailer = DictionaryObject()
        for key in _TRAILER_KEYS:
            if key in self._reader.trailer:
                trailer[NameObject(key)] = self._reader.trailer.raw_get(key)
        trailer[NameObject("/Size")] = NumberObject(self._next)
        if previous is not None:
            trailer[NameObject("/Prev")] = NumberObject(previous)
        return trailer

    def _objects(self, out: io.BytesIO, objects: dict[tuple[int, int], PdfObject]) -> dict[tuple[int, int], int]:
        offsets = {}
        encryption = self._reader._encryption
        for (number, generation), value in sorted(objects.items()):
            offsets[number, generation] = out.tell()
            out.write(b"%d %d obj\n" % (number, generation))
            written = value
            if encryption is not None and number != self._encrypt_number():
                written = encryption.encrypt_object(value, number, generation)
            written.write_to_stream(out)
            out.write(b"\nendobj\n")
        return offsets

    def _encrypt_number(self) -> int | None:
        ref = self._reader.trailer.raw_get("/Encrypt") if "/Encrypt" in self._reader.trailer else None
        return ref.idnum if isinstance(ref, IndirectObject) else None

    def _write_stream(self, out: io.BytesIO, offsets: dict[tuple[int, int], int], trailer: DictionaryObject) -> None:
        """ISO 32000-1, 7.5.8: rows of type, offset, generation; the stream lists itself."""
        number = self._next
        offsets = dict(sorted({**offsets, (number, 0): out.tell()}.items()))
        stream = StreamObject()
        stream.update(trailer)
        stream[NameObject("/Type")] = NameObject("/XRef")
        stream[NameObject("/Size")] = NumberObject(number + 1)
        stream[NameObject("/W")] = ArrayObject([NumberObject(1), NumberObject(5), NumberObject(2)])
        stream[NameObject("/Index")] = ArrayObject(
            NumberObject(part) for (each, _generation) in offsets for part in (each, 1)
        )
        stream.set_data(
            b"".join(
                b"\x01" + offset.to_bytes(5, "big") + generation.to_bytes(2, "big")
                for (_number, generation), offset in offsets.items()
            )
        )
        start = out.tell()
        out.write(b"%d 0 obj\n" % number)
        stream.write_to_stream(out)
        out.write(b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)

    def write_anew(self) -> bytes:
        """The document object by object, with a cross-reference of our own: for inputs whose own is no good."""
        objects: dict[tuple[int, int], PdfObject] = {}
        known = {(number, generation) for generation, rows in self._reader.xref.items() for number in rows}
        known |= {(number, 0) for number in self._reader.xref_objStm}
        for number, generation in sorted(known):
            value = self._reader.get_object(IndirectObject(number, generation, self._reader))
            if number and value is not None and not _structural(value):
                objects[number, generation] = value
        objects |= self._changed
        out = io.BytesIO()
        out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        _write_table(out, self._objects(out, objects), self._trailer(None))
        return out.getvalue()


def _structural(value: object) -> bool:
    """Cross-reference and object streams describe the old file; their contents are written by themselves."""
    return isinstance(value, NullObject) or (
        isinstance(value, StreamObject) and value.get("/Type") in {"/XRef", "/ObjStm"}
    )


def _write_table(out: io.BytesIO, offsets: dict[tuple[int, int], int], trailer: DictionaryObject) -> None:
    start = out.tell()
    # Object 0 also in an increment: readers take a table that starts elsewhere for a misnumbered one.
    out.write(b"xref\n0 1\n0000000000 65535 f \n")
    rows = ((number, offset, generation) for (number, generation), offset in offsets.items())
    out.writelines(b"%d 1\n%010d %05d n \n" % row for row in rows)
    out.write(b"trailer\n")
    trailer.write_to_stream(out)
    out.write(b"\nstartxref\n%d\n%%%%EOF\n" % start)

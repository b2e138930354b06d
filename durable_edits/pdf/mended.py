"""A document that is not well formed, as pypdf mends it: slower, and with the same face as `Objects`."""

from __future__ import annotations

import io
import re

from pypdf import PasswordType, PdfReader
from pypdf.generic import IndirectObject, PdfObject

from durable_edits.errors import DocumentEncrypted
from durable_edits.pdf.crypt import Cipher
from durable_edits.pdf.objects import NEEDS_PASSWORD
from durable_edits.pdf.tokens import Outline
from durable_edits.pdf.xref import START, TAIL, next_number

NOWHERE = b"\nstartxref\n0\n%%EOF\n"
_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b")


class _Reader(PdfReader):
    """What could not be read once cannot be read at all: pypdf, asked again, may come to another end.

    It reads all of an object stream at once: what it had read before it fell over another object is there.
    """

    def __init__(self, data: bytes) -> None:
        self._refused: dict[int, Exception] = {}
        self._opened = False
        super().__init__(io.BytesIO(data))
        self._opened = True
        if self.xref_index:
            self._move_free_rows()

    def get_object(self, indirect_reference: int | IndirectObject) -> PdfObject | None:
        number = indirect_reference.idnum if isinstance(indirect_reference, IndirectObject) else indirect_reference
        if number in self._refused:
            raise self._refused[number]
        try:
            return super().get_object(indirect_reference)
        except MemoryError:
            raise
        except Exception as error:
            known = self.resolved_objects.get((0, number))
            if known is not None:
                return known
            if self._opened:
                self._refused[number] = error
            raise

    def _move_free_rows(self) -> None:
        """Of a table that does not begin with object 0, and should: pypdf moves the objects and leaves what is free."""
        for rows in self.xref_free_entry.values():
            for number in [each for each, free in rows.items() if free]:
                rows[number] = not any(number in known for known in self.xref.values())


class MendedObjects:
    """`start` is None where an increment would build on a cross-reference that leads astray."""

    sound = False
    base = 0

    def __init__(self, data: bytes, password: str | None) -> None:
        self.data = data
        if b"startxref" not in data:
            data += NOWHERE  # pypdf looks for the objects itself where the cross-reference is not to be found
        self._reader = reader = _Reader(data)
        if reader.is_encrypted and reader.decrypt(password or "") is PasswordType.NOT_DECRYPTED:
            raise DocumentEncrypted(NEEDS_PASSWORD)
        self.trailer = reader.trailer
        self.cipher = Cipher(reader._encryption) if reader._encryption is not None else None
        known = [number for numbers in reader.xref.values() for number in numbers] + list(reader.xref_objStm)
        self.next_number = next_number(known, reader.trailer.get("/Size"))
        self.start = self._followable()
        self.writes_table = self.start is None or data[self.start :].lstrip()[:4] == b"xref"

    def get_object(self, ref: IndirectObject) -> PdfObject | None:
        return self._reader.get_object(ref)

    def outline(self, number: int) -> Outline | None:
        """None: what was mended may not be copied."""
        return None

    def peek(self, ref: IndirectObject) -> bytes:
        """Always what makes the object worth reading."""
        return b"#"

    def forget(self) -> None:
        pass

    def numbers(self) -> list[tuple[int, int]]:
        """Number and generation of every object."""
        known = {(number, generation) for generation, rows in self._reader.xref.items() for number in rows}
        return sorted(known | {(number, 0) for number in self._reader.xref_objStm})

    def object_at(self, number: int, generation: int) -> PdfObject | None:
        return self._reader.get_object(IndirectObject(number, generation, self._reader))

    def _followable(self) -> int | None:
        match = START.search(self.data[-TAIL:])
        if match is None or self._reader.xref_index or not self.data.startswith(b"%PDF-"):
            return None
        start = int(match[1])
        section = self.data[start : start + 40]
        begins = start > 0 and self.data[start - 1 : start].isspace()  # else it is the end of something, as of a number
        return start if begins and (section.startswith(b"xref") or _OBJECT.match(section)) else None

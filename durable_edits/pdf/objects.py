"""The objects of a well-formed document, each read when it is asked for: what pypdf's reader does, without its mending.

A reference's `pdf` is this; NotUnderstood from anywhere in here means: let pypdf read the document.
"""

from __future__ import annotations

import functools
import re

from pypdf import PasswordType
from pypdf._encryption import Encryption
from pypdf.generic import (
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from durable_edits.errors import DocumentEncrypted
from durable_edits.pdf.crypt import Cipher
from durable_edits.pdf.tokens import GAP, NotUnderstood, Outline, Tokens
from durable_edits.pdf.xref import FREE, PACKED, PLAIN, Sections, inflated, read_sections, unpacked

_HEAD = re.compile(GAP + rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj(?![A-Za-z])")
_STREAM = re.compile(GAP + rb"stream(?:\r\n|\n|\r)")
_STREAM_END = re.compile(rb"[\0\t\n\f\r ]*endstream")
PEEK = 20_000  # bytes of an object's source that are looked through; pages and annotations have under a thousand
NEEDS_PASSWORD = "The document needs a password to be opened; send it without one."  # noqa: S105 - not one


class Objects:
    """`sound`: nothing had to be mended, so an increment may build on the document's own cross-reference."""

    sound = True

    def __init__(self, data: bytes, password: str | None) -> None:
        self.data = data
        self.cipher: Cipher | None = None
        self._known: dict[int, PdfObject] = {}
        self._outlines: dict[int, Outline] = {}
        self._packs: dict[int, tuple[bytes, list[int], list[int]]] = {}
        self._plain = Tokens(data, self)
        self._unencrypted = -1  # the number of the encryption dictionary, whose strings are not
        self._sections: Sections | None = None
        self._sections = read_sections(data, self._read_dictionary, self._read_section)
        self.trailer = self._sections.trailer
        self.next_number = self._sections.next_number()
        self.start, self.base = self._sections.start, self._sections.base
        self.writes_table = self._sections.newest_is_table
        if "/Encrypt" in self.trailer:
            self.cipher = self._opened(password or "")
            self._known = {number: each for number, each in self._known.items() if number == self._unencrypted}

    def get_object(self, ref: IndirectObject) -> PdfObject:
        """The object a reference means; null for one the document does not have."""
        found = self._known.get(ref.idnum)
        if found is None:
            found = self._known[ref.idnum] = self._read(ref.idnum)
        return found

    def outline(self, number: int) -> Outline | None:
        """Of an object read before: where its dictionary and its entries stand, if its source may be copied."""
        return self._outlines.get(number)

    def peek(self, ref: IndirectObject) -> bytes:
        """An object's source, not read: for telling that it is none of those that are looked for. "#" if that is long,
        which is also what hides a name's spelling."""
        entry = self._entry(ref.idnum)
        if entry is None or entry[0] == FREE:
            return b""
        if entry[0] == PACKED:
            buffer, numbers, offsets = self._pack(entry[1])
            start, end = self._packed_span(numbers, offsets, entry, ref.idnum, len(buffer))
            return buffer[start:end]
        start = entry[1] + self.base
        end = self.data.find(b"endobj", start, start + PEEK)
        return b"#" if end < 0 else self.data[start:end]

    def forget(self) -> None:
        """Let go of what only reading needs."""
        self._packs.clear()

    def _entry(self, number: int) -> tuple[int, int, int] | None:
        if self._sections is None:
            raise NotUnderstood("a cross-reference section that needs another object")
        return self._sections.find(number)

    def _read(self, number: int) -> PdfObject:
        entry = self._entry(number)
        if entry is None or entry[0] == FREE:
            return NullObject()
        if entry[0] == PLAIN:
            return self._read_plain(entry[1] + self.base, number)
        if entry[0] != PACKED:
            return NullObject()
        buffer, numbers, offsets = self._pack(entry[1])
        start, _end = self._packed_span(numbers, offsets, entry, number, len(buffer))
        found, _end, outline = Tokens(buffer, self).top(start)
        if outline is not None and self.cipher is None:
            self._outlines[number] = outline
        return found

    def _packed_span(
        self, numbers: list[int], offsets: list[int], entry: tuple[int, int, int], number: int, size: int
    ) -> tuple[int, int]:
        index = entry[2]
        if index >= len(numbers) or numbers[index] != number:
            if number not in numbers:
                raise NotUnderstood("an object stream without the object")
            index = numbers.index(number)
        start = offsets[index]
        return start, min((each for each in (*offsets[index + 1 : index + 2], size) if each > start), default=size)

    def _read_plain(self, offset: int, number: int) -> PdfObject:
        match = _HEAD.match(self.data, offset)
        if match is None or int(match[1]) != number:
            raise NotUnderstood(f"object {number} is not where the cross-reference says")
        generation = int(match[2])
        tokens = self._plain
        if self.cipher is not None and number != self._unencrypted:
            decode = functools.partial(self.cipher.decrypt_string, number, generation)
            tokens = Tokens(self.data, self, decode)
        found, end, outline = tokens.top(match.end())
        if outline is not None:
            body = _STREAM.match(self.data, end)
            if body is not None and isinstance(found, DictionaryObject):
                return self._stream(found, body.end(), number, generation)
            self._outlines[number] = outline
        return found

    def _stream(self, dictionary: DictionaryObject, start: int, number: int, generation: int) -> StreamObject:
        declared = dictionary.get("/Length")
        length = declared.get_object() if isinstance(declared, PdfObject) else None
        end = start + int(length) if isinstance(length, NumberObject) and length >= 0 else -1
        if end < 0 or _STREAM_END.match(self.data, end) is None:
            end = self.data.find(b"endstream", start)
            if end < 0:
                raise NotUnderstood("a stream without an end")
            end -= 2 if self.data[end - 2 : end] == b"\r\n" else self.data[end - 1 : end] in {b"\n", b"\r"}
        stream = EncodedStreamObject() if "/Filter" in dictionary else DecodedStreamObject()
        dict.update(stream, dictionary)
        dict.pop(stream, "/Length", None)
        raw = self.data[start:end]
        if self.cipher is not None and stream.get("/Type") != "/XRef":
            raw = self.cipher.decrypt_stream(number, generation, raw)
        stream._data = raw
        return stream

    def _pack(self, number: int) -> tuple[bytes, list[int], list[int]]:
        """An object stream inflated, with the numbers in it and where each begins."""
        found = self._packs.get(number)
        if found is None:
            entry = self._entry(number)
            if entry is None or entry[0] != PLAIN:
                raise NotUnderstood("an object stream that is none")
            stream = self._read_plain(entry[1] + self.base, number)
            if not isinstance(stream, StreamObject):
                raise NotUnderstood("an object stream that is none")
            simple = stream.get("/Filter") == "/FlateDecode" and "/DecodeParms" not in stream
            buffer = inflated(stream._data) if simple else unpacked(stream)
            first, count = (_integer(stream.get(key)) for key in ("/First", "/N"))
            head = buffer[:first].split()
            if len(head) < 2 * count:
                raise NotUnderstood("an object stream with a short head")
            try:
                numbers = list(map(int, head[: 2 * count : 2]))
                offsets = [first + each for each in map(int, head[1 : 2 * count : 2])]
            except ValueError as error:
                raise NotUnderstood("an object stream with a head of other than numbers") from error
            found = self._packs[number] = buffer, numbers, offsets
        return found

    def _read_dictionary(self, position: int) -> tuple[PdfObject, int]:
        found, end, _outline = self._plain.top(position)
        return found, end

    def _read_section(self, offset: int) -> tuple[PdfObject, int]:
        match = _HEAD.match(self.data, offset) if offset >= 0 else None
        if match is None or self.data[offset - 1 : offset].isdigit():
            raise NotUnderstood(f"no object begins at {offset}")
        return self._read_plain(offset, int(match[1])), offset

    def _opened(self, password: str) -> Cipher:
        raw = self.trailer.raw_get("/Encrypt")
        self._unencrypted = raw.idnum if isinstance(raw, IndirectObject) else -1
        entry = raw.get_object()
        if not isinstance(entry, DictionaryObject):
            raise NotUnderstood("no encryption dictionary")
        identity = self.trailer.get("/ID")
        found = identity.get_object() if isinstance(identity, PdfObject) else None
        first = found[0].get_object() if isinstance(found, list) and found else ByteStringObject()
        if not isinstance(first, ByteStringObject | TextStringObject):
            raise NotUnderstood("a document identifier that is no string")
        try:
            encryption = Encryption.read(entry, first.original_bytes)
        except Exception as error:
            raise NotUnderstood("an encryption that is not known") from error
        if encryption.verify(password) is PasswordType.NOT_DECRYPTED:
            raise DocumentEncrypted(NEEDS_PASSWORD)
        return Cipher(encryption)


def _integer(value: object) -> int:
    found = value.get_object() if isinstance(value, PdfObject) else value
    if not isinstance(found, int):
        raise NotUnderstood("an object stream without its numbers")
    return int(found)

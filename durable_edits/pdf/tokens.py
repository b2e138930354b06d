"""From bytes to pypdf's objects, by one regular expression a value: what a well-formed file is made of, read fast.

Whatever this does not understand it says so, and the caller has pypdf read the document, which mends more.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    TextStringObject,
    create_string_object,
)

from durable_edits.pdf.limits import MAX_NESTING

SPACE, REGULAR = rb"[\0\t\n\f\r ]", rb"[^\0\t\n\f\r ()<>\[\]{}/%]"
GAP = rb"[\0\t\n\f\r ]*(?:%[^\r\n]*[\0\t\n\f\r ]*)*"
_VALUES = (
    rb"(/" + REGULAR + rb"*)",
    rb"(\d{1,10})" + SPACE + rb"+(\d{1,5})" + SPACE + rb"+R(?!" + REGULAR + rb")",
    rb"([+-]?\d{1,18})(?!" + REGULAR + rb")",
    rb"([+-]?(?:\d{1,18}\.\d*|\.\d+))(?!" + REGULAR + rb")",
    rb"\(([^()\\]*)\)",
    rb"\[([\0\t\n\f\r 0-9R.+-]*)\]",
    rb"(<<)",
    rb"(\[)",
    rb"\(((?:[^()\\]|\\[\s\S])*)\)",
    rb"(\()",
    rb"<([0-9A-Fa-f\0\t\n\f\r ]*)>",
    rb"(true|false|null)(?!" + REGULAR + rb")",
)
_VALUE = re.compile(GAP + rb"(?:" + rb"|".join(_VALUES) + rb")")
_NAME, _REF, _INT, _REAL, _PLAIN, _FLAT, _DICT, _ARRAY, _ESCAPED, _NESTED, _HEX, _WORD = (
    1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
)  # fmt: skip
# A key with a value that is complete in itself, or with one that opens something.
_PAIR = re.compile(
    GAP + rb"(?:(/" + REGULAR + rb"*)" + GAP + rb"(?:" + rb"|".join(_VALUES) + rb")|(>>))"
)  # groups of _VALUES are one further on
_END = 15
_CLOSE = re.compile(GAP + rb"\]")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|[\s\S])")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\r\n": b"", b"\r": b"", b"\n": b""}
_ASCII = re.compile(rb"[\t\n\r -~]*")
_put = dict.setdefault  # of an entry that stands there twice the first counts, as for pypdf
_integer = partial(int.__new__, NumberObject)
_real = partial(float.__new__, FloatObject)


CHANGING = frozenset(["/V", "/AP", "/AS", "/RV", "/I", "/TI", "/NeedAppearances", "/XFA"])
"""What a fill may change of a dictionary."""


class NotUnderstood(Exception):
    """The bytes are not what the format asks for, or something rarer than is read here."""


@dataclass(slots=True)
class Outline:
    """Where a dictionary stands in its buffer, and where those of its entries do that a fill may change."""

    buffer: bytes
    start: int
    end: int
    entries: list[tuple[NameObject, int, int]]


_NAMES: dict[bytes, NameObject] = {}  # names are the same few in all documents
MAX_NAMES, LONG_NAME = 4_000, 40


class Tokens:
    """Reads objects out of one buffer. `owner` resolves the references in them; `decode` decrypts strings."""

    __slots__ = ("_buffer", "_decode", "_names", "_owner")

    def __init__(self, buffer: bytes, owner: Any, decode: Callable[[bytes], bytes] | None = None) -> None:
        self._buffer, self._owner, self._names, self._decode = buffer, owner, _NAMES, decode

    def top(self, position: int) -> tuple[PdfObject, int, Outline | None]:
        """The object at `position`, where it ends, and its outline if it is a dictionary."""
        match = _VALUE.match(self._buffer, position)
        if match is None:
            raise NotUnderstood(f"no object at {position}")
        if match.lastindex != _DICT:
            value, end = self._value(match, match.lastindex or 0, 0, 0)
            return value, end, None
        entries: list[tuple[NameObject, int, int]] = []
        found, end = self._dictionary(match.end(), 0, entries)
        return found, end, Outline(self._buffer, match.start(_DICT), end, entries)

    def _dictionary(
        self, position: int, depth: int, entries: list[tuple[NameObject, int, int]] | None
    ) -> tuple[DictionaryObject, int]:
        if depth > MAX_NESTING:
            raise NotUnderstood("nested too deeply")
        found, buffer, names, owner, pair = DictionaryObject(), self._buffer, self._names, self._owner, _PAIR.match
        while True:
            match = pair(buffer, position)
            if match is None:
                raise NotUnderstood(f"no entry of a dictionary at {position}")
            kind = match.lastindex
            if kind == _END:
                return found, match.end()
            key = match[1]
            name = names.get(key) or self._name(key)
            value: PdfObject
            position = match.end()
            if kind == _NAME + 1:
                token = match[2]
                value = names.get(token) or self._name(token)
            elif kind == _REF + 1:
                value = IndirectObject(int(match[3]), int(match[4]), owner)
            elif kind == _INT + 1:
                value = int.__new__(NumberObject, match[5])
            else:
                value, position = self._value(match, (kind or 1) - 1, 1, depth)
                if value is _NULL:
                    continue
            _put(found, name, value)
            if entries is not None and name in CHANGING:
                entries.append((name, match.start(1), position))

    def _array(self, position: int, depth: int) -> tuple[ArrayObject, int]:
        if depth > MAX_NESTING:
            raise NotUnderstood("nested too deeply")
        found, buffer = ArrayObject(), self._buffer
        append, match_value, match_close = found.append, _VALUE.match, _CLOSE.match
        while True:
            match = match_value(buffer, position)
            if match is None:
                match = match_close(buffer, position)
                if match is None:
                    raise NotUnderstood(f"no item of an array at {position}")
                return found, match.end()
            value, position = self._value(match, match.lastindex or 0, 0, depth)
            append(value)

    def _value(  # noqa: PLR0911 - a kind of object, a return
        self, match: re.Match[bytes], kind: int, shift: int, depth: int
    ) -> tuple[PdfObject, int]:
        """`shift` is how many groups of the match stand before those of _VALUES."""
        end, token = match.end(), match[kind + shift]
        match kind:
            case 1:
                return self._names.get(token) or self._name(token), end
            case 3:
                return IndirectObject(int(match[2 + shift]), int(token), self._owner), end
            case 4:
                return int.__new__(NumberObject, token), end
            case 5:
                return float.__new__(FloatObject, token), end
            case 6:
                return self._string(token), end
            case 7:
                return self._flat(token), end
            case 8:
                return self._dictionary(end, depth + 1, None)
            case 9:
                return self._array(end, depth + 1)
            case 10:
                return self._string(_ESCAPE.sub(_unescaped, token)), end
            case 11:
                raw, end = self._nested(end)
                return self._string(raw), end
            case 12:
                digits = token.translate(None, b"\0\t\n\f\r ")
                return self._string(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())), end
            case _:
                return _WORDS[token], end

    def _flat(self, token: bytes) -> ArrayObject:
        """An array of numbers and references alone, as most are."""
        parts = token.split()
        try:
            if b"R" in token:
                return self._references(parts)
            if b"." in token:
                return ArrayObject([_real(part) if b"." in part else _integer(part) for part in parts])
            return ArrayObject(map(_integer, parts))
        except ValueError as error:
            raise NotUnderstood("no number") from error

    def _references(self, parts: list[bytes]) -> ArrayObject:
        found, index, owner = ArrayObject(), 0, self._owner
        append, count = found.append, len(parts)
        while index < count:
            if index + 2 < count and parts[index + 2] == b"R":
                append(IndirectObject(int(parts[index]), int(parts[index + 1]), owner))
                index += 3
            else:
                part = parts[index]
                append(_real(part) if b"." in part else _integer(part))
                index += 1
        return found

    def _nested(self, position: int) -> tuple[bytes, int]:
        """A string with brackets in it, from behind its first one."""
        depth, buffer, start = 1, self._buffer, position
        for match in _BRACKET.finditer(buffer, position):
            token = match[0]
            if token == b"(":
                depth += 1
            elif token == b")":
                depth -= 1
            if not depth:
                return _ESCAPE.sub(_unescaped, buffer[start : match.start()]), match.end()
        raise NotUnderstood("a string without an end")

    def _string(self, raw: bytes) -> PdfObject:
        if self._decode is not None:
            raw = self._decode(raw)
        if raw.isascii():
            text = raw.decode("ascii")
            if text.isprintable() and raw[1:2] != b"\0":
                return str.__new__(_AsciiText, text)
        elif raw.startswith(codecs.BOM_UTF16_BE):
            found = str.__new__(_WideText, raw[2:].decode("utf-16-be"))
            found._original_bytes = raw
            return found
        return create_string_object(raw)

    def _name(self, token: bytes) -> NameObject:
        if b"#" in token or not token.isascii():
            found = NameObject.read_from_stream(io.BytesIO(token + b" "), None)
        else:
            found = NameObject(token.decode("ascii"))
        found.spelling = token  # type: ignore[attr-defined]
        if len(self._names) < MAX_NAMES and len(token) < LONG_NAME:
            self._names[token] = found
        return found


class _AsciiText(TextStringObject):
    """As pypdf makes one, with what is the same for all of them kept once."""

    autodetect_pdfdocencoding, autodetect_utf16, utf16_bom = True, False, b""


class _WideText(TextStringObject):
    autodetect_pdfdocencoding, autodetect_utf16, utf16_bom = False, True, codecs.BOM_UTF16_BE


_BRACKET = re.compile(rb"\\[\s\S]|[()]")
_NULL = NullObject()
_WORDS: dict[bytes, PdfObject] = {b"true": BooleanObject(True), b"false": BooleanObject(False), b"null": _NULL}


def _unescaped(match: re.Match[bytes]) -> bytes:
    token = match[1]
    if token[:1].isdigit():
        return bytes((int(token, 8) & 255,)) if token[:1] in b"01234567" else token
    return _ESCAPES.get(token, token)


def spelled(name: str) -> bytes:
    """A name as it is written: as the file has it where it comes from there."""
    found = getattr(name, "spelling", None)
    return found if isinstance(found, bytes) else NameObject(name).renumber()


def text_bytes(text: str) -> bytes:
    """The bytes of a text string: those of ASCII where they are enough, else UTF-16 with its mark."""
    if _PRINTABLE.fullmatch(text):
        return text.encode("ascii")
    return codecs.BOM_UTF16_BE + text.encode("utf-16-be")


def string_token(raw: bytes) -> bytes:
    """A string as it is written: literal where that can be read, else in hexadecimal."""
    if _LITERAL.fullmatch(raw):
        return b"(" + raw + b")"
    if _ASCII.fullmatch(raw):
        return b"(" + _SPECIAL.sub(rb"\\\g<0>", raw).replace(b"\r", rb"\r") + b")"
    return b"<" + raw.hex().encode() + b">"


_PRINTABLE = re.compile(r"[\t\n\r -~]*")
_LITERAL = re.compile(rb"[\t\n -'*-\[\]-~]*")
_SPECIAL = re.compile(rb"[()\\]")

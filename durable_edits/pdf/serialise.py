"""pypdf's objects as bytes, with some entries of some dictionaries exchanged on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite

from pypdf.generic import (
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from durable_edits.pdf.tokens import spelled, string_token

Encrypt = Callable[[bytes], bytes] | None
Change = Mapping[str, bytes | None]
"""New values by name, as they are written; None takes an entry away."""
Changes = Mapping[int, Change]
"""By the id() of the dictionary they are for."""
NO_CHANGES: Changes = {}


def number_token(value: float) -> bytes:
    """At most five decimals, without zeros behind; a number no reader takes is 0."""
    if not isfinite(value):
        return b"0"
    return f"{value:.5f}".rstrip("0").rstrip(".").encode() or b"0"


def serialised(  # noqa: PLR0911 - a kind of object, a return
    value: object, encrypt: Encrypt = None, changes: Changes = NO_CHANGES
) -> bytes:
    """A stream is written without its data."""
    match value:
        case IndirectObject():
            return b"%d %d R" % (value.idnum, value.generation)
        case NameObject():
            return spelled(value)
        case NumberObject():
            return b"%d" % value
        case FloatObject():
            return number_token(value)
        case BooleanObject():
            return b"true" if value.value else b"false"
        case TextStringObject():
            raw = value.get_encoded_bytes()
            return string_token(encrypt(raw) if encrypt else raw)
        case ByteStringObject():
            return string_token(encrypt(bytes(value)) if encrypt else bytes(value))
        case DictionaryObject():
            return b"<<" + entries(value, encrypt, changes) + b">>"
        case list():
            return b"[" + b" ".join(serialised(each, encrypt, changes) for each in list.__iter__(value)) + b"]"
        case None | NullObject():
            return b"null"
        case _:
            raise TypeError(f"no object of a PDF: {type(value).__name__}")


def entries(dictionary: DictionaryObject, encrypt: Encrypt = None, changes: Changes = NO_CHANGES) -> bytes:
    """What stands between the brackets of a dictionary."""
    change = changes.get(id(dictionary), {})
    parts = [
        spelled(name) + b" " + serialised(value, encrypt, changes)
        for name, value in dict.items(dictionary)
        if name not in change and not (name == "/Length" and isinstance(dictionary, StreamObject))
    ]
    return b"\n".join(parts) + changed_entries(change)


def changed_entries(change: Change) -> bytes:
    return b"".join(b"\n%b %b" % (name.encode(), value) for name, value in change.items() if value is not None)

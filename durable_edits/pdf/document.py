"""Open a document of unknown origin: its objects and its pages, or a typed error."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from durable_edits.errors import DocumentWithoutPages, EditsError, InvalidDocument
from durable_edits.pdf.mended import MendedObjects
from durable_edits.pdf.objects import Objects

HEADER_WITHIN = 1024  # bytes; ISO 32000-1, annex H.3.4.1
END_MARK = b"%%EOF"
Kind = TypeVar("Kind", bound=PdfObject)
Source = Objects | MendedObjects


@dataclass(frozen=True, slots=True)
class Document:
    source: Source
    root: DictionaryObject

    @property
    def data(self) -> bytes:
        return self.source.data


@contextmanager
def reading() -> Iterator[None]:
    """Whatever a broken file makes the reader raise leaves as InvalidDocument."""
    try:
        yield
    except (EditsError, MemoryError):
        raise
    except Exception as error:
        raise InvalidDocument(
            "The document is damaged and cannot be read; open it in a viewer, save it anew and send that.",
            reason="damaged",
            error=type(error).__name__,
        ) from error


def check_bytes(data: bytes) -> None:
    """Raises InvalidDocument for what no reader could make a form of."""
    if b"%PDF-" not in data[:HEADER_WITHIN]:
        raise InvalidDocument("The document is not a PDF; send a PDF form.", reason="not_a_pdf")
    if b"startxref" not in data[-HEADER_WITHIN:] and b"startxref" not in data and b"endobj" not in data:
        raise InvalidDocument("The document is cut off: it has no objects; send the whole file.", reason="truncated")


def cut_off(data: bytes) -> InvalidDocument | None:
    """What a damaged document without an end is said to be instead."""
    if END_MARK in data[-HEADER_WITHIN:]:
        return None
    return InvalidDocument("The document is cut off; send the whole file.", reason="truncated")


def open_document(source: Source) -> Document:
    root = resolved(source.trailer.get("/Root"), DictionaryObject)
    if root is None:
        raise InvalidDocument("The document has no catalog; save it anew and send that.", reason="damaged")
    return Document(source, root)


def no_pages() -> DocumentWithoutPages:
    return DocumentWithoutPages("The document has no pages; send a form with at least one.")


def resolved(value: object, kind: type[Kind]) -> Kind | None:
    """The object behind a reference if it is of that kind, else None: a wrong type counts as absent."""
    found = value.get_object() if isinstance(value, PdfObject) else None
    return found if isinstance(found, kind) else None


def items(array: object) -> list[PdfObject]:
    """An array's elements as they stand, references unresolved; [] for anything else."""
    found = resolved(array, ArrayObject)
    return [] if found is None else list(list.__iter__(found))


def numbers(array: object, count: int) -> list[float] | None:
    """`count` numbers, or None."""
    values = []
    for item in items(array):
        found: object = item.get_object()
        if not isinstance(found, (int, float)) or not math.isfinite(found):
            return None
        values.append(float(found))
    return values if len(values) == count else None

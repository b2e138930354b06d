"""Open a document of unknown origin: its pages and its form dictionary, or a typed error."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from pypdf import PasswordType, PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject, PdfObject

from durable_edits.errors import (
    DocumentEncrypted,
    DocumentTooManyPages,
    DocumentWithoutPages,
    EditsError,
    InvalidDocument,
)
from durable_edits.pdf.limits import MAX_DEPTH

HEADER_WITHIN = 1024  # bytes; ISO 32000-1, annex H.3.4.1
END_MARK = b"%%EOF"
Kind = TypeVar("Kind", bound=PdfObject)

INHERITED = ("/MediaBox", "/CropBox", "/Rotate")


@dataclass(frozen=True, slots=True)
class Page:
    """`box` is the visible part in the page's own space; `rotate` is 0, 90, 180 or 270, clockwise."""

    number: int
    dictionary: DictionaryObject
    ref: IndirectObject | None
    box: tuple[float, float, float, float]
    rotate: int


@dataclass(frozen=True, slots=True)
class Document:
    data: bytes
    reader: PdfReader
    root: DictionaryObject
    pages: list[Page]


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


def open_document(data: bytes, password: str | None, max_pages: int) -> Document:
    """Raises InvalidDocument, DocumentEncrypted, DocumentWithoutPages, DocumentTooManyPages."""
    if b"%PDF-" not in data[:HEADER_WITHIN]:
        raise InvalidDocument("The document is not a PDF; send a PDF form.", reason="not_a_pdf")
    if b"startxref" not in data and b"endobj" not in data:
        raise InvalidDocument("The document is cut off: it has no objects; send the whole file.", reason="truncated")
    try:
        return _opened(data, password, max_pages)
    except InvalidDocument as error:
        if END_MARK in data[-HEADER_WITHIN:]:
            raise
        raise InvalidDocument("The document is cut off; send the whole file.", reason="truncated") from error


def _opened(data: bytes, password: str | None, max_pages: int) -> Document:
    with reading():
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and reader.decrypt(password or "") is PasswordType.NOT_DECRYPTED:
            raise DocumentEncrypted("The document needs a password to be opened; send it without one.")
        root = resolved(reader.trailer.get("/Root"), DictionaryObject)
        if root is None:
            raise InvalidDocument("The document has no catalog; save it anew and send that.", reason="damaged")
        pages = list(_pages(root, max_pages))
    if not pages:
        raise DocumentWithoutPages("The document has no pages; send a form with at least one.")
    return Document(data, reader, root, pages)


def opens_alike(document: Document, data: bytes, password: str | None) -> bool:
    """Whether `data` opens as a document of as many pages and as many entries in /AcroForm /Fields."""
    try:
        again = open_document(data, password, len(document.pages))
        return len(again.pages) == len(document.pages) and _form_size(again.root) == _form_size(document.root)
    except MemoryError:
        raise
    except Exception:
        return False


def _form_size(root: DictionaryObject) -> int:
    form = resolved(root.get("/AcroForm"), DictionaryObject)
    return -1 if form is None else len(items(form.get("/Fields")))


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
    found = [item.get_object() for item in items(array)]
    values = [float(str(item)) for item in found if isinstance(item, int | float) and math.isfinite(item)]
    return values if len(values) == count == len(found) else None


def _pages(root: DictionaryObject, max_pages: int) -> Iterator[Page]:
    seen: set[int] = set()
    count = 0
    stack: list[tuple[PdfObject, dict[str, PdfObject], int]] = [(root.get("/Pages", NullObject()), {}, 0)]
    while stack:
        raw, inherited, depth = stack.pop()
        node = resolved(raw, DictionaryObject)
        if node is None or id(node) in seen or depth > MAX_DEPTH:
            continue
        seen.add(id(node))
        inherited = inherited | {name: node[name] for name in INHERITED if name in node}
        kids = items(node.get("/Kids"))
        if kids and node.get("/Type") != "/Page":
            stack.extend((kid, inherited, depth + 1) for kid in reversed(kids))
            continue
        if node.get("/Type") == "/Pages":
            continue
        count += 1
        if count > max_pages:
            raise DocumentTooManyPages(
                f"The document has more than {max_pages} pages (EDITS_MAX_PAGES); send its form alone.", limit=max_pages
            )
        yield _page(count, node, raw if isinstance(raw, IndirectObject) else None, inherited)


def _page(number: int, node: DictionaryObject, ref: IndirectObject | None, inherited: dict[str, PdfObject]) -> Page:
    media = numbers(inherited.get("/MediaBox"), 4) or [0.0, 0.0, 612.0, 792.0]
    crop = numbers(inherited.get("/CropBox"), 4) or media
    x0, x1 = sorted((crop[0], crop[2]))
    y0, y1 = sorted((crop[1], crop[3]))
    rotate = inherited.get("/Rotate")
    turn = int(rotate) % 360 if isinstance(rotate, int | float) else 0
    return Page(number, node, ref, (x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)), turn // 90 * 90)

"""Compiled forms, kept for the next fill of the same document.

By content: a candidate is found by its length and its end, and is the same document if all its bytes are. That is
exact, and cheaper than a digest, for it ends at the first byte that differs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from durable_edits.errors import DocumentEncrypted, DocumentTooComplex, DocumentTooManyPages, InvalidDocument
from durable_edits.pdf.compiled import CompiledForm
from durable_edits.pdf.document import Document, Source, check_bytes, cut_off, items, no_pages, open_document, reading
from durable_edits.pdf.limits import CACHE_BYTES, CACHE_FORMS
from durable_edits.pdf.mended import MendedObjects
from durable_edits.pdf.objects import Objects
from durable_edits.pdf.pages import Pages, read_pages, too_many_pages
from durable_edits.pdf.tokens import NotUnderstood
from durable_edits.pdf.tree import read_tree

SAMPLE = 64  # bytes of a document's end: an identifier and offsets, which differ from form to form
Key = tuple[int, bytes, str | None]
Found = TypeVar("Found")


class _Cache:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: OrderedDict[Key, CompiledForm] = OrderedDict()
        self._bytes = 0

    def get(self, key: Key, data: bytes) -> CompiledForm | None:
        with self._lock:
            found = self._forms.get(key)
            if found is not None:
                self._forms.move_to_end(key)
        return found if found is not None and found.document.data == data else None

    def put(self, key: Key, form: CompiledForm) -> None:
        if form.size > CACHE_BYTES:
            return
        with self._lock:
            self._forget(key)
            self._forms[key] = form
            self._bytes += form.size
            while len(self._forms) > CACHE_FORMS or self._bytes > CACHE_BYTES:
                self._forget(next(iter(self._forms)))

    def clear(self) -> None:
        with self._lock:
            self._forms.clear()
            self._bytes = 0

    def _forget(self, key: Key) -> None:
        old = self._forms.pop(key, None)
        if old is not None:
            self._bytes -= old.size


_CACHE = _Cache()


def clear_cache() -> None:
    """Forget every compiled form."""
    _CACHE.clear()


def compiled_form(data: bytes, password: str | None, max_pages: int) -> CompiledForm:
    """Raises InvalidDocument, DocumentEncrypted, DocumentWithoutPages, DocumentWithoutFields, DocumentTooManyPages,
    DocumentTooComplex."""
    key = len(data), data[-SAMPLE:], password
    found = _CACHE.get(key, data)
    if found is None:
        check_bytes(data)
        found = _compiled(data, password, max_pages)
        _CACHE.put(key, found)
    if len(found.pages) > max_pages:
        raise too_many_pages(max_pages)
    return found


def understood(form: CompiledForm, use: Callable[[CompiledForm], Found], password: str | None, max_pages: int) -> Found:
    """What `use` makes of a form. Its objects are read as they are needed: where one of them is not what the
    cross-reference says, the whole document is read again by pypdf, and from then on that is the form."""
    with reading():
        try:
            return use(form)
        except NotUnderstood:
            data = form.document.data
            mended = _compile(MendedObjects(data, password), max_pages)
            _CACHE.put((len(data), data[-SAMPLE:], password), mended)
            return use(mended)


def opened(data: bytes, password: str | None, max_pages: int) -> tuple[Document, Pages]:
    """A document of which no form is asked."""
    check_bytes(data)
    try:
        return _open(Objects(data, password), max_pages)
    except (MemoryError, DocumentEncrypted, DocumentTooManyPages, DocumentTooComplex):
        raise
    except Exception:  # noqa: S110 - as for a form
        pass
    with reading():
        return _open(MendedObjects(data, password), max_pages)


def _open(source: Source, max_pages: int) -> tuple[Document, Pages]:
    document = open_document(source)
    pages = read_pages(document, max_pages)
    if not pages:
        raise no_pages()
    return document, pages


def _compiled(data: bytes, password: str | None, max_pages: int) -> CompiledForm:
    """Read strictly where that is possible. What is not well formed, or seems to be no form, pypdf has the last word
    on: it finds objects that a damaged cross-reference hides."""
    try:
        return _compile(Objects(data, password), max_pages)
    except (MemoryError, DocumentEncrypted, DocumentTooManyPages, DocumentTooComplex):
        raise
    except Exception:  # noqa: S110 - the same is tried again, and then says what is wrong
        pass
    try:
        with reading():
            return _compile(MendedObjects(data, password), max_pages)
    except InvalidDocument as error:
        raise cut_off(data) or error from error


def _compile(source: Source, max_pages: int) -> CompiledForm:
    document, pages = _open(source, max_pages)
    form = CompiledForm(document, pages, read_tree(document, pages))
    source.forget()
    return form


def opens_alike(form: CompiledForm, data: bytes, password: str | None, stored: dict[str, str | None]) -> bool:
    """Whether `data` opens as a document of as many pages and entries in /AcroForm /Fields, and holds what is stored:
    behind a damaged cross-reference an increment can be there and yet not be found."""
    try:
        again = _compiled(data, password, len(form.pages))
        held = understood(again, _values, password, len(form.pages))
        alike = len(again.pages) == len(form.pages) and _entries(again) == _entries(form)
        return alike and stored.items() <= held.items()
    except MemoryError:
        raise
    except Exception:
        return False


def _values(form: CompiledForm) -> dict[str, str | None]:
    return {field.key: field.value for field in form.form().fields}


def _entries(form: CompiledForm) -> int:
    return len(items(form.tree.form.dictionary.get("/Fields")))

"""One document: read, filled, and what came out opened by readers that are not ours."""

from __future__ import annotations

import io

import pypdfium2
from pypdf import PdfReader

from durable_edits.errors import DocumentError
from durable_edits.form import Field, FieldKind, FieldStatus
from durable_edits.pdf import clear_cache, fill_form, read_form

MAX_ASKED = 200  # fields: enough of a form that was blown up


class Finding(Exception):
    """What must never happen."""


def trial(data: bytes) -> str:
    """ "filled" or the code of a typed error. Raises Finding, or whatever else escapes the engine."""
    clear_cache()
    try:
        form = read_form(data)
        asked = {field.key: _value(field) for field in form.fields[:MAX_ASKED]}
        filled = fill_form(data, asked)
    except DocumentError as error:
        return error.code
    again = fill_form(data, asked)
    if again.data != filled.data:
        raise Finding("the same bytes in, other bytes out")
    held = {field.key: field.value for field in read_form(filled.data).fields}
    for entry in filled.report:
        if entry.status is FieldStatus.FILLED and held.get(entry.key, "") != _expected(filled.form.fields, entry.key):
            raise Finding(f"said filled, but {entry.key[:40]!r} holds {str(held.get(entry.key))[:40]!r}")
    _opened(data, filled.data, filled.form.pages)
    return "filled"


def _value(field: Field) -> str:
    match field.kind:
        case FieldKind.CHECKBOX:
            return "true"
        case FieldKind.RADIO | FieldKind.CHOICE:
            return field.options[-1].value if field.options else ""
        case _:
            return "Zoë Łuk 日本"


def _expected(fields: list[Field], key: str) -> str | None:
    return next((field.value for field in fields if field.key == key), None)


def _opened(before: bytes, after: bytes, pages: int) -> None:
    """A reader that opens the input opens the output, with as many pages."""
    for name, count in (("pdfium", _pdfium_pages), ("pypdf", _pypdf_pages)):
        old, new = count(before), count(after)
        if old is not None and (new is None or (old == pages and new != old)):
            raise Finding(f"{name} opens the input ({old} pages), but of the output {new} pages")


def _pdfium_pages(data: bytes) -> int | None:
    try:
        with pypdfium2.PdfDocument(data) as document:
            return len(document) or None
    except pypdfium2.PdfiumError:
        return None


def _pypdf_pages(data: bytes) -> int | None:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            reader.decrypt("")
        return len(reader.pages) or None
    except Exception:  # whatever it refuses a document with
        return None

"""How other libraries fill a form: parse, fill, write, by the plain way of each."""

from __future__ import annotations

import importlib
import importlib.util
import io
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf.form import (
    CheckboxField,
    ChoiceField,
    ExtendedAppearanceStreamGenerator,
    Form,
    MultipleFieldProxy,
    RadioButtonGroup,
    TextField,
)
from pypdf import PdfReader, PdfWriter

Fill = Callable[[bytes, dict[str, str]], bytes]


def peers() -> dict[str, Fill]:
    """pikepdf first, which the goals are set by; PyMuPDF where somebody has installed it."""
    found: dict[str, Fill] = {"pikepdf": fill_with_pikepdf, "pypdf": fill_with_pypdf}
    if importlib.util.find_spec("pymupdf") is not None:
        found["PyMuPDF"] = fill_with_pymupdf
    return found


def fill_with_pikepdf(data: bytes, values: dict[str, str]) -> bytes:
    """Fields that pikepdf refuses are left out, to its advantage."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        form = Form(pdf, ExtendedAppearanceStreamGenerator)
        for key, value in values.items():
            try:
                _set(form[key], value)
            except Exception:  # noqa: S112 - whatever it is, it is the peer's, and the clock is what counts
                continue
        pdf.save(out)
    return out.getvalue()


def _set(field: object, value: str) -> None:
    match field:
        case MultipleFieldProxy():
            for each in field:
                _set(each, value)
        case TextField():
            field.value = value
        case CheckboxField():
            field.checked = True
        case RadioButtonGroup():
            field.value = pikepdf.Name(f"/{value}")
        case ChoiceField():
            field.value = value


def fill_with_pypdf(data: bytes, values: dict[str, str]) -> bytes:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        reader.decrypt("")
    writer = PdfWriter(clone_from=reader)
    fields = reader.get_fields() or {}
    buttons = {key for key in values if fields.get(key, {}).get("/FT") == "/Btn"}
    writer.update_page_form_field_values(
        None, {key: _state(value) if key in buttons else value for key, value in values.items()}, auto_regenerate=False
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _state(value: str) -> str:
    return "/Yes" if value == "true" else f"/{value}"


def fill_with_pymupdf(data: bytes, values: dict[str, str]) -> bytes:
    """Widgets that it refuses are left out, to its advantage."""
    pymupdf: Any = importlib.import_module("pymupdf")
    with pymupdf.open(stream=data, filetype="pdf") as document:
        for page in document:
            for widget in page.widgets():
                value = values.get(widget.field_name)
                if value is None:
                    continue
                try:
                    widget.field_value = widget.on_state() if value == "true" else value
                    widget.update()
                except Exception:  # noqa: S112 - as for pikepdf
                    continue
        return bytes(document.tobytes(encryption=pymupdf.PDF_ENCRYPT_KEEP))

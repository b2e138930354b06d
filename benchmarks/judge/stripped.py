"""A document whose viewers are not asked to draw: what it shows then is what it holds."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject

_ASKS = re.compile(rb"/NeedAppearances(\s+)true")


def without_need_appearances(data: bytes) -> bytes:
    """In place where the word stands in the open; else the document is written anew by pypdf, decrypted."""
    patched = _ASKS.sub(rb"/NeedAppearances\1null", data)
    if patched != data and not _asks(patched):
        return patched
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        reader.decrypt("")
    writer = PdfWriter(clone_from=reader)
    form = writer._root_object["/AcroForm"].get_object()
    assert isinstance(form, DictionaryObject)
    form.pop("/NeedAppearances", None)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _asks(data: bytes) -> bool:
    form = PdfReader(io.BytesIO(data)).root_object.get("/AcroForm")
    form = form.get_object() if form is not None else None
    return isinstance(form, DictionaryObject) and bool(getattr(form.get("/NeedAppearances"), "value", False))

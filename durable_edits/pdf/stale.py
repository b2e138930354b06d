"""Whether a widget's stored appearance shows a value: a form that asks viewers to draw often holds old ones."""

from __future__ import annotations

import re

from pypdf.generic import DictionaryObject, StreamObject

from durable_edits.pdf.document import resolved
from durable_edits.pdf.xref import unpacked

_SHOWN = re.compile(rb"\(((?:[^()\\]|\\[\s\S])*)\)|<([0-9A-Fa-f\s]+)>\s*(?:Tj|TJ|\]|-?\d)")
_LETTERS = re.compile(rb"[A-Za-z0-9]+")


def shows(widget: DictionaryObject, value: str) -> bool:
    """By the letters drawn in it; those of a font with codes of its own are taken at their word."""
    appearance = resolved(widget.get("/AP"), DictionaryObject)
    stream = resolved(appearance.get("/N"), StreamObject) if appearance is not None else None
    if stream is None:
        return False
    found = _SHOWN.findall(unpacked(stream))
    if not found or any(coded for _plain, coded in found):
        return bool(found)
    drawn = b"".join(_LETTERS.findall(b"".join(plain for plain, _coded in found)))
    wanted = b"".join(_LETTERS.findall(value.split("\n", maxsplit=1)[0].encode("ascii", "ignore")))
    return wanted[:20] in drawn

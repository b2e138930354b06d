"""Fill PDF forms: bytes in, bytes out. Knows no disk, no clock, no network.

from durable_edits.pdf import fill_form, read_form

form = read_form(data)
filled = fill_form(data, {"name": "Ada Lovelace", "agree": "true"})
"""

from __future__ import annotations

from durable_edits.pdf.cache import clear_cache
from durable_edits.pdf.fill import FilledDocument, fill_form
from durable_edits.pdf.overlay import overlay
from durable_edits.pdf.proof import Proof, prove
from durable_edits.pdf.read import count_pages, read_form

__all__ = ["FilledDocument", "Proof", "clear_cache", "count_pages", "fill_form", "overlay", "prove", "read_form"]

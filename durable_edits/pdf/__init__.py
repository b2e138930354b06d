"""Fill PDF forms: bytes in, bytes out. Knows no disk, no clock, no network.

from durable_edits.pdf import fill_form, read_form

form = read_form(data)
filled = fill_form(data, {"name": "Ada Lovelace", "agree": "true"})
"""

from __future__ import annotations

from durable_edits.pdf.fill import FilledDocument, fill_form
from durable_edits.pdf.read import count_pages, read_form

__all__ = ["FilledDocument", "count_pages", "fill_form", "read_form"]

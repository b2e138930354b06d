"""A value into a text field."""

from __future__ import annotations

from pypdf.generic import NameObject, TextStringObject

from durable_edits.form import FieldStatus
from durable_edits.pdf.draw import Canvas, Filled, drawn
from durable_edits.pdf.limits import MAX_TEXT
from durable_edits.pdf.tree import FieldNode


def fill_text(canvas: Canvas, node: FieldNode, value: str) -> Filled:
    """The whole value is stored even where it is longer than the field shows."""
    if len(value) > MAX_TEXT:
        return Filled(FieldStatus.FAILED, f"the value has more than {MAX_TEXT} characters")
    for place in node.places:
        place.dictionary[NameObject("/V")] = TextStringObject(value)
        canvas.change(place)
    for widget in node.widgets:
        if "/V" in widget.dictionary and all(widget.dictionary is not place.dictionary for place in node.places):
            widget.dictionary[NameObject("/V")] = TextStringObject(value)
    limit = node.values.get("/MaxLen")
    longest = int(limit) if isinstance(limit, int) and limit > 0 else len(value)
    status, reason = drawn([canvas.draw_text(node, widget, value[:longest]) for widget in node.widgets])
    if status is FieldStatus.FILLED and len(value) > longest:
        status, reason = FieldStatus.DOES_NOT_FIT, f"stored whole; the field shows at most {longest} characters"
    return Filled(status, reason, stored=True, value=value or None)

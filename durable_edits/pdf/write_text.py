"""A value into a text field."""

from __future__ import annotations

from durable_edits.form import FieldStatus
from durable_edits.pdf.clusters import beginning
from durable_edits.pdf.compiled import CompiledField
from durable_edits.pdf.draw import Canvas, Drawing, Filled, drawn
from durable_edits.pdf.limits import MAX_TEXT


def fill_text(canvas: Canvas, field: CompiledField, value: str) -> Filled:
    """The whole value is stored even where it is longer than the field shows."""
    if len(value) > MAX_TEXT:
        return Filled(FieldStatus.FAILED, f"the value has more than {MAX_TEXT} characters")
    longest = field.max_length
    if longest is not None and len(value) <= longest:
        longest = None
    if longest is None and field.plain is not None and field.plain.fill(canvas.increment, value, canvas.color):
        return Filled(FieldStatus.FILLED, stored=True, value=value or None)
    node = field.node
    for place in field.holders:
        canvas.change(place, {"/V": canvas.string(place, value), "/RV": None})
    shown = value if longest is None else beginning(value, longest)
    found: list[Drawing | None] = [
        canvas.draw_text(node, place, frame, shown, canvas.color) for place, frame in field.frames
    ]
    status, reason = drawn(found)
    if status is FieldStatus.FILLED and longest is not None:
        status, reason = FieldStatus.DOES_NOT_FIT, f"stored whole; the field shows at most {longest} characters"
    return Filled(status, reason, stored=True, value=value or None)

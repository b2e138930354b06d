"""A value into a text field."""

from __future__ import annotations

from durable_edits.form import FieldStatus
from durable_edits.pdf.compiled import CompiledField
from durable_edits.pdf.draw import Canvas, Drawing, Filled, drawn
from durable_edits.pdf.limits import MAX_TEXT
from durable_edits.pdf.serialise import Change


def fill_text(canvas: Canvas, field: CompiledField, value: str) -> Filled:
    """The whole value is stored even where it is longer than the field shows."""
    if len(value) > MAX_TEXT:
        return Filled(FieldStatus.FAILED, f"the value has more than {MAX_TEXT} characters")
    longest = field.max_length
    if longest is not None and len(value) <= longest:
        longest = None
    if longest is None and fill_plain(canvas, field, value):
        return Filled(FieldStatus.FILLED, stored=True, value=value or None)
    node = field.node
    for place in node.places:
        canvas.change(place, {"/V": canvas.string(place, value), "/RV": None})
    for widget in node.widgets:
        if "/V" in widget.dictionary and all(widget.dictionary is not place.dictionary for place in node.places):
            canvas.change(widget.place, {"/V": canvas.string(widget.place, value), "/RV": None})
    shown = value[:longest]
    found: list[Drawing | None] = [
        canvas.draw_text(node, place, frame, shown, canvas.color) for place, frame in field.frames
    ]
    status, reason = drawn(found)
    if status is FieldStatus.FILLED and longest is not None:
        status, reason = FieldStatus.DOES_NOT_FIT, f"stored whole; the field shows at most {longest} characters"
    return Filled(status, reason, stored=True, value=value or None)


def fill_plain(canvas: Canvas, field: CompiledField, value: str) -> bool:
    """The commonest case in one go, or False."""
    plain = field.plain
    content = None if plain is None else plain.draw(value, canvas.color)
    if content is None:
        return False
    place, frame = field.frames[0]
    increment = canvas.increment
    number = increment.next
    increment.next = number + 1
    increment.put_stream(number, frame.own_entries, content)
    change: Change = {"/V": canvas.string(place, value), "/AP": b"<</N %d 0 R>>" % number, "/AS": None, "/RV": None}
    canvas.change(place, change)
    return True

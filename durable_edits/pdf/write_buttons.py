"""A value into a check box or radio group: the state's name on the field, and on each widget what it shows."""

from __future__ import annotations

from pypdf.generic import DictionaryObject

from durable_edits.form import FieldKind, FieldStatus
from durable_edits.pdf.appearance import CHECK, CIRCLE, draw_mark
from durable_edits.pdf.compiled import OFF, CompiledField
from durable_edits.pdf.document import resolved
from durable_edits.pdf.draw import Canvas, Filled
from durable_edits.pdf.field_font import standard_font
from durable_edits.pdf.options import Button, match_option
from durable_edits.pdf.tree import text_of

ON_WORDS, OFF_WORDS = {"true"}, {"", "false", "off"}
TICKED = Filled(FieldStatus.FILLED, stored=True, value="true")
CLEARED = Filled(FieldStatus.FILLED, stored=True, value="false")
SAYS_ALREADY = Filled(FieldStatus.UNCHANGED)


def fill_checkbox(canvas: Canvas, field: CompiledField, value: str) -> Filled:
    wanted = value.strip()
    said = wanted.casefold()
    if said in ON_WORDS or (wanted in field.states and said not in OFF_WORDS):
        state = field.buttons[0].state if field.buttons else OFF
        filled = TICKED
    elif said in OFF_WORDS:
        state, filled = OFF, CLEARED
    else:
        return Filled(FieldStatus.UNKNOWN_OPTION, 'a check box takes "true" or "false"')
    if field.says(state):
        return SAYS_ALREADY
    _set(canvas, field, state)
    return filled


def fill_radio(canvas: Canvas, field: CompiledField, value: str) -> Filled:
    wanted = value.strip()
    if wanted.casefold() in {"", "off"}:
        _set(canvas, field, OFF)
        return Filled(FieldStatus.FILLED, stored=True)
    state = wanted if wanted in field.states.values() else None
    if state is None:
        option = match_option(field.options, wanted)
        if option is None:
            labels = ", ".join(each.label for each in field.options)
            return Filled(FieldStatus.UNKNOWN_OPTION, f"the options are {labels[:300]}")
        state = option.value
    _set(canvas, field, state)
    return Filled(FieldStatus.FILLED, stored=True, value=state)


def _set(canvas: Canvas, field: CompiledField, state: str) -> None:
    """Kids with the same state switch together, as viewers show them."""
    written = field.switched(state)
    if written is not None:
        canvas.increment.changed += written
        return
    name = next((button.name for button in field.buttons if button.state == state), b"/Off")
    for place in field.holders:
        canvas.change(place, {"/V": name})
    for index, button in enumerate(field.buttons):
        if index in field.blank:
            _give_appearance(canvas, field, button)
        canvas.change(button.widget.place, {"/AS": button.name if button.state == state else b"/Off"})


def _give_appearance(canvas: Canvas, field: CompiledField, button: Button) -> None:
    frame = field.frame(button.widget)
    if frame is None:
        return
    marks = resolved(button.widget.dictionary.get("/MK"), DictionaryObject)
    caption = text_of(marks.get("/CA")) if marks is not None else ""
    mark = caption[:1] or (CIRCLE if field.kind is FieldKind.RADIO else CHECK)
    content = draw_mark(mark if ord(mark) < 256 else CHECK, frame, canvas.color)
    on = canvas.appearance(frame, content, {"ZaDb": standard_font("ZapfDingbats").token})
    off = canvas.appearance(frame, frame.under, {})
    canvas.change(button.widget.place, {"/AP": b"<</N<<%b %d 0 R/Off %d 0 R>>>>" % (button.name, on, off)})

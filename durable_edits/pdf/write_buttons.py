"""A value into a check box or radio group: the state's name on the field, and on each widget what it shows."""

from __future__ import annotations

from pypdf.generic import DictionaryObject

from durable_edits.form import FieldKind, FieldStatus
from durable_edits.pdf.appearance import CHECK, CIRCLE, draw_mark
from durable_edits.pdf.compiled import CompiledField
from durable_edits.pdf.document import resolved
from durable_edits.pdf.draw import Canvas, Filled
from durable_edits.pdf.field_font import standard_font
from durable_edits.pdf.options import Button, match_option
from durable_edits.pdf.tree import text_of

OFF = "Off"


def fill_checkbox(canvas: Canvas, field: CompiledField, value: str) -> Filled:
    found = field.buttons
    wanted = value.strip()
    if wanted.casefold() in {"", "false", "off"}:
        on = False
    elif wanted.casefold() == "true" or any(wanted in {button.state, button.label} for button in found):
        on = True
    else:
        return Filled(FieldStatus.UNKNOWN_OPTION, 'a check box takes "true" or "false"')
    state = found[0].state if on and found else OFF
    if _says_already(field, state):
        return Filled(FieldStatus.UNCHANGED)
    _set(canvas, field, state)
    return Filled(FieldStatus.FILLED, stored=True, value="true" if on else "false")


def _says_already(field: CompiledField, state: str) -> bool:
    """The value and what each widget shows agree; a form can say one and show the other."""
    widgets = [button.widget for button in field.buttons]
    said = [field.stored("/V"), *(widget.dictionary.get("/AS") for widget in widgets)]
    return all(widget.on_states for widget in widgets) and all((text_of(each) or OFF) == state for each in said)


def fill_radio(canvas: Canvas, field: CompiledField, value: str) -> Filled:
    wanted = value.strip()
    if wanted.casefold() in {"", "off"}:
        _set(canvas, field, OFF)
        return Filled(FieldStatus.FILLED, stored=True)
    state = wanted if any(button.state == wanted for button in field.buttons) else None
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
    name = next((button.name for button in field.buttons if button.state == state), b"/Off")
    for place in field.node.places:
        canvas.change(place, {"/V": name})
    for button in field.buttons:
        if not button.widget.on_states:
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

"""A value into a check box or radio group: the state's name on the field, and on each widget what it shows."""

from __future__ import annotations

from pypdf.generic import DictionaryObject, NameObject

from durable_edits.form import FieldKind, FieldStatus
from durable_edits.pdf.appearance import CHECK, CIRCLE, button_appearance
from durable_edits.pdf.document import resolved
from durable_edits.pdf.draw import Canvas, Filled
from durable_edits.pdf.options import Button, button_options, buttons, match_option
from durable_edits.pdf.tree import FieldNode, text_of

OFF = "Off"


def fill_checkbox(canvas: Canvas, node: FieldNode, value: str) -> Filled:
    found = buttons(node)
    states = {button.state for button in found}
    wanted = value.strip()
    if wanted.casefold() in {"", "false", "off"}:
        on = False
    elif wanted.casefold() == "true" or wanted in states or wanted in {button.label for button in found}:
        on = True
    else:
        return Filled(FieldStatus.UNKNOWN_OPTION, 'a check box takes "true" or "false"')
    state = found[0].state if on and found else OFF
    if _says_already(node, state, found):
        return Filled(FieldStatus.UNCHANGED)
    _set(canvas, node, state, found)
    return Filled(FieldStatus.FILLED, stored=True, value="true" if on else "false")


def _says_already(node: FieldNode, state: str, found: list[Button]) -> bool:
    """The value and what each widget shows agree; a form can say one and show the other."""
    widgets = [button.widget for button in found]
    said = [node.values.get("/V"), *(widget.dictionary.get("/AS") for widget in widgets)]
    return all(widget.on_states() for widget in widgets) and all((text_of(each) or OFF) == state for each in said)


def fill_radio(canvas: Canvas, node: FieldNode, value: str) -> Filled:
    if value.strip().casefold() in {"", "off"}:
        _set(canvas, node, OFF, buttons(node))
        return Filled(FieldStatus.FILLED, stored=True)
    options = button_options(node)
    option = match_option(options, value.strip())
    if option is None:
        return Filled(FieldStatus.UNKNOWN_OPTION, f"the options are {', '.join(each.label for each in options)[:300]}")
    _set(canvas, node, option.value, buttons(node))
    return Filled(FieldStatus.FILLED, stored=True, value=option.value)


def _set(canvas: Canvas, node: FieldNode, state: str, found: list[Button]) -> None:
    """Kids with the same state switch together, as viewers show them."""
    for place in node.places:
        place.dictionary[NameObject("/V")] = NameObject(f"/{state}")
        canvas.change(place)
    for button in found:
        if not button.widget.on_states():
            _give_appearance(canvas, node, button)
        shown = state if button.state == state else OFF
        button.widget.dictionary[NameObject("/AS")] = NameObject(f"/{shown}")
        canvas.change(button.widget.place)


def _give_appearance(canvas: Canvas, node: FieldNode, button: Button) -> None:
    style = canvas.style(node, button.widget, filled=True)
    if style is None:
        return
    marks = resolved(button.widget.dictionary.get("/MK"), DictionaryObject)
    caption = text_of(marks.get("/CA")) if marks is not None else ""
    mark = caption[:1] or (CIRCLE if node.kind is FieldKind.RADIO else CHECK)
    states = button_appearance(style, mark if ord(mark) < 256 else CHECK, canvas.increment)
    normal = DictionaryObject(
        {NameObject(f"/{button.state}"): states.raw_get("/on"), NameObject("/Off"): states.raw_get("/Off")}
    )
    button.widget.dictionary[NameObject("/AP")] = DictionaryObject({NameObject("/N"): normal})

"""A value into a combo or list box."""

from __future__ import annotations

from pypdf.generic import ArrayObject, NameObject, NumberObject, PdfObject, TextStringObject

from durable_edits.form import FieldStatus, Option
from durable_edits.pdf.draw import Canvas, Filled, drawn
from durable_edits.pdf.options import choice_options, match_option
from durable_edits.pdf.tree import COMBO, EDIT, MULTI_SELECT, FieldNode


def fill_choice(canvas: Canvas, node: FieldNode, value: str) -> Filled:
    """One option by value or label, lines of them where the field takes several; any text in an editable combo."""
    options = choice_options(node)
    wanted = [line for line in value.splitlines() if line.strip()] if node.flags & MULTI_SELECT else [value.strip()]
    chosen: list[Option] = []
    for each in wanted:
        option = match_option(options, each)
        if option is None and each and node.flags & COMBO and node.flags & EDIT:
            option = Option(value=each, label=each)
        if option is not None:
            chosen.append(option)
        elif each:
            return Filled(FieldStatus.UNKNOWN_OPTION, f"the options are {', '.join(o.label for o in options)[:300]}")
    _store(canvas, node, options, chosen)
    status, reason = drawn(
        [canvas.draw_choice(node, widget, [option.label for option in chosen]) for widget in node.widgets]
    )
    return Filled(status, reason, stored=True, value="\n".join(option.value for option in chosen) or None)


def _store(canvas: Canvas, node: FieldNode, options: list[Option], chosen: list[Option]) -> None:
    stored: PdfObject = TextStringObject(chosen[0].value if chosen else "")
    if len(chosen) > 1:
        stored = ArrayObject(TextStringObject(option.value) for option in chosen)
    indexes = sorted(index for index, option in enumerate(options) if option in chosen)
    for place in node.places:
        place.dictionary[NameObject("/V")] = stored
        place.dictionary.pop("/I", None)
        if indexes and not node.flags & COMBO:
            place.dictionary[NameObject("/I")] = ArrayObject(NumberObject(index) for index in indexes)
        canvas.change(place)

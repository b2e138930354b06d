"""A value into a combo or list box."""

from __future__ import annotations

from durable_edits.form import FieldStatus, Option
from durable_edits.pdf.compiled import CompiledField
from durable_edits.pdf.draw import Canvas, Drawing, Filled, drawn
from durable_edits.pdf.options import match_option
from durable_edits.pdf.serialise import Change
from durable_edits.pdf.template import Place
from durable_edits.pdf.tree import COMBO, EDIT, MULTI_SELECT


def fill_choice(canvas: Canvas, field: CompiledField, value: str) -> Filled:
    """One option by value or label, lines of them where the field takes several; any text in an editable combo."""
    flags = field.node.flags
    if field.plain is not None:
        only = field.options_by_text.get(value)
        fits = only is not None and only.label.isascii() and only.label.isprintable()
        if only is not None and fits and field.plain.fill(canvas.increment, only.value, canvas.color, only.label):
            return Filled(FieldStatus.FILLED, stored=True, value=only.value or None)
    options = field.options
    wanted = [line for line in value.splitlines() if line.strip()] if flags & MULTI_SELECT else [value.strip()]
    chosen: list[Option] = []
    for each in wanted:
        option = match_option(options, each)
        if option is None and each and flags & COMBO and flags & EDIT:
            option = Option(value=each, label=each)
        if option is not None:
            chosen.append(option)
        elif each:
            return Filled(FieldStatus.UNKNOWN_OPTION, f"the options are {', '.join(o.label for o in options)[:300]}")
    found, top = draw_choice(canvas, field, [option.label for option in chosen], canvas.color)
    for place in field.node.places:
        canvas.change(place, _stored(canvas, field, place, chosen, top))
    status, reason = drawn(found)
    return Filled(status, reason, stored=True, value="\n".join(option.value for option in chosen) or None)


def draw_choice(
    canvas: Canvas, field: CompiledField, labels: list[str], color: bytes
) -> tuple[list[Drawing | None], int]:
    """Give each widget an appearance that shows the labels chosen. Also: the first visible line of a list."""
    found: list[Drawing | None] = []
    top = 0
    for place, frame in field.frames:
        if field.node.flags & COMBO:
            found.append(canvas.draw_line(place, frame, labels[0] if labels else "", color))
            continue
        every = [option.label for option in field.options]
        drawing, top = canvas.draw_list(place, frame, every, set(labels), color)
        found.append(drawing)
    return found, top


def _stored(canvas: Canvas, field: CompiledField, place: Place, chosen: list[Option], top: int) -> Change:
    strings = [canvas.string(place, option.value) for option in chosen]
    value = b"[" + b" ".join(strings) + b"]" if len(chosen) > 1 else (strings or [canvas.string(place, "")])[0]
    change: dict[str, bytes | None] = {"/V": value, "/I": None, "/RV": None, "/TI": None}
    indexes = sorted(index for index, option in enumerate(field.options) if option in chosen)
    if not field.node.flags & COMBO:
        if indexes:
            change["/I"] = b"[" + b" ".join(b"%d" % index for index in indexes) + b"]"
        if top:
            change["/TI"] = b"%d" % top
    return change

"""Appearance streams: what a widget shows, written by us so that every viewer shows the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    PdfObject,
    StreamObject,
)

from durable_edits.pdf.fallback import EmbeddedFace
from durable_edits.pdf.field_font import OWN, FieldFont, standard_font
from durable_edits.pdf.increment import Increment
from durable_edits.pdf.layout import Placed, place_comb, place_line, place_paragraphs
from durable_edits.pdf.style import Style, decorate
from durable_edits.pdf.tree import COMB, MULTILINE, PASSWORD, FieldNode
from durable_edits.pdf.typesetting import Typesetter

CHECK, CIRCLE = "4", "l"  # ZapfDingbats' check mark and disc, by code
SELECTION = "0.6 0.75 0.86 rg"  # behind a chosen line of a list box, as viewers draw it


def place_text(text: str, node: FieldNode, style: Style, setter: Typesetter) -> Placed:
    """Text as its field's flags want it: in cells, wrapped, hidden, or on one line."""
    length = node.values.get("/MaxLen")
    if node.flags & PASSWORD:
        return place_line("•" * len(text), style, setter)
    if node.flags & COMB and isinstance(length, int) and length > 0 and not node.flags & MULTILINE:
        return place_comb(text, int(length), style, setter)
    if node.flags & MULTILINE:
        return place_paragraphs(text, style, setter)
    return place_line(text, style, setter)


def place_list(labels: list[str], chosen: set[str], style: Style, setter: Typesetter) -> Placed:
    """The visible lines of a list box, the chosen ones marked; scrolled so that the first chosen one is seen."""
    size = style.size or 12.0
    step = (setter.ascent - setter.descent) * size / 1000 * 1.1
    room = max(int(style.height / step), 1)
    first = next((index for index, label in enumerate(labels) if label in chosen), 0)
    top = max(0, first - room + 1)
    content: list[str] = []
    for row, label in enumerate(labels[top : top + room]):
        line = replace(style, height=step, size=size, border_width=0.0)
        y = style.height - style.border_width - (row + 1) * step
        mark = [f"{SELECTION} 0 0 {style.width:g} {step:g} re f"] if label in chosen else []
        content += ["q", f"1 0 0 1 0 {y:.3f} cm", *mark, *place_line(label, line, setter).content, "Q"]
    visible = set(labels[top : top + room])
    return Placed(content, len(chosen & visible), len(chosen))


def form_xobject(style: Style, content: Iterable[str], fonts: dict[str, PdfObject]) -> StreamObject:
    """A form XObject with the widget's background and border under the content."""
    stream = StreamObject()
    stream[NameObject("/Type")] = NameObject("/XObject")
    stream[NameObject("/Subtype")] = NameObject("/Form")
    stream[NameObject("/BBox")] = ArrayObject(
        FloatObject(round(value, 4)) for value in (0, 0, style.width, style.height)
    )
    if style.rotation:
        stream[NameObject("/Matrix")] = ArrayObject(FloatObject(round(value, 4)) for value in style.matrix)
    resources = DictionaryObject()
    if fonts:
        resources[NameObject("/Font")] = DictionaryObject(
            {NameObject(f"/{name}"): font for name, font in fonts.items()}
        )
    stream[NameObject("/Resources")] = resources
    stream.set_data("\n".join([*decorate(style), *content]).encode("latin-1"))
    return stream


def text_fonts(font: FieldFont, faces: Iterable[EmbeddedFace]) -> dict[str, PdfObject]:
    return {OWN: font.resource} | {each.face.name: each.resource for each in faces}


def button_appearance(style: Style, mark: str, increment: Increment) -> DictionaryObject:
    """/N with both states, for a button that has no appearance of its own. `mark`: a ZapfDingbats code."""
    font = standard_font("ZapfDingbats")
    letters = {code: letter for letter, code in font.codes.items()}
    width = font.widths.get(letters.get(ord(mark), ""), 800.0)
    size = min(style.height, style.width) * 0.8
    x, y = (style.width - width * size / 1000) / 2, (style.height - 0.7 * size) / 2
    draw = [
        "q",
        "BT",
        style.color,
        f"/ZaDb {size:.4g} Tf",
        f"1 0 0 1 {x:.3f} {y:.3f} Tm",
        f"<{ord(mark):02X}> Tj",
        "ET",
        "Q",
    ]
    on = form_xobject(style, draw, {"ZaDb": font.resource})
    off = form_xobject(style, [], {})
    return DictionaryObject({NameObject("/on"): increment.add(on), NameObject("/Off"): increment.add(off)})

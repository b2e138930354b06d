"""One fill of one document: the fonts in use, the objects changed, and the appearance of each widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    StreamObject,
)

from durable_edits.form import Field, FieldKind, FieldStatus
from durable_edits.pdf.appearance import form_xobject, place_list, place_text, text_fonts
from durable_edits.pdf.document import Document, resolved
from durable_edits.pdf.faces import Face
from durable_edits.pdf.fallback import EmbeddedFace
from durable_edits.pdf.field_font import FieldFont, find_font
from durable_edits.pdf.increment import Increment
from durable_edits.pdf.layout import Placed, place_line
from durable_edits.pdf.options import choice_options, current_choices
from durable_edits.pdf.style import Style, hex_operator, read_style
from durable_edits.pdf.tree import COMBO, FieldNode, FieldTree, Place, Widget
from durable_edits.pdf.typesetting import Typesetter

# A placed text, and the letters of it that nobody has.
Drawing = tuple[Placed, set[str]]


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of one field; `value` is what it now holds, if anything was stored."""

    status: FieldStatus
    reason: str = ""
    stored: bool = False
    value: str | None = None


class Canvas:
    def __init__(self, document: Document, tree: FieldTree, color: str) -> None:
        self.color = hex_operator(color)
        self.increment = Increment(document.data, document.reader)
        self._form = tree.form
        self._resources = resolved(tree.form.dictionary.get("/DR"), DictionaryObject)
        self._fonts: dict[str, FieldFont] = {}
        self._faces: dict[str, EmbeddedFace] = {}
        needs = tree.form.dictionary.get("/NeedAppearances")
        self._viewer_draws = isinstance(needs, BooleanObject) and bool(needs.value)
        self._changed = False

    def change(self, place: Place) -> None:
        self._changed = True
        self.increment.change(place.holder, place.owner)

    def style(self, node: FieldNode, widget: Widget, *, filled: bool) -> Style | None:
        style = read_style(node, widget)
        return replace(style, color=self.color) if style is not None and filled else style

    def draw_text(self, node: FieldNode, widget: Widget, text: str, *, filled: bool = True) -> Drawing | None:
        """Give the widget an appearance that shows `text`; None for one without a place. Also: letters nobody has."""
        return self._draw(node, widget, filled, lambda style, setter: place_text(text, node, style, setter))

    def draw_choice(self, node: FieldNode, widget: Widget, chosen: list[str], *, filled: bool = True) -> Drawing | None:
        """As `draw_text`, for the labels chosen in a combo or list box."""
        labels = [option.label for option in choice_options(node)]

        def place(style: Style, setter: Typesetter) -> Placed:
            if node.flags & COMBO:
                return place_line(chosen[0] if chosen else "", style, setter)
            return place_list(labels, set(chosen), style, setter)

        return self._draw(node, widget, filled, place)

    def keep_visible(self, node: FieldNode, field: Field) -> None:
        """Draw a value that only the viewer would have drawn: the form no longer asks viewers to."""
        if not self._viewer_draws or not field.value or field.kind not in {FieldKind.TEXT, FieldKind.CHOICE}:
            return
        for widget in node.widgets:
            if "/AP" in widget.dictionary:
                continue
            if field.kind is FieldKind.TEXT:
                self.draw_text(node, widget, field.value, filled=False)
            else:
                values = set(current_choices(node))
                known = [option for option in choice_options(node) if option.value in values]
                typed = sorted(values - {option.value for option in known})
                self.draw_choice(node, widget, [option.label for option in known] + typed, filled=False)

    def finish(self) -> bytes:
        """The document with its increment."""
        form = self._form.dictionary
        if self._changed and ("/NeedAppearances" in form or "/XFA" in form):
            form.pop("/NeedAppearances", None)
            form.pop("/XFA", None)  # the AcroForm decides: a viewer of the XFA would show the old values
            self.increment.change(self._form.holder, self._form.owner)
        for face in self._faces.values():
            self._embed(face)
        return self.increment.write()

    def _draw(
        self, node: FieldNode, widget: Widget, filled: bool, place: Callable[[Style, Typesetter], Placed]
    ) -> Drawing | None:
        style = self.style(node, widget, filled=filled)
        if style is None:
            return None
        font = self._font(style.font, node)
        used: list[EmbeddedFace] = []

        def embed(face: Face) -> EmbeddedFace:
            embedded = self._faces.get(face.name) or EmbeddedFace(face, self.increment.reserve())
            self._faces[face.name] = embedded
            if embedded not in used:
                used.append(embedded)
            return embedded

        setter = Typesetter(font, embed)
        placed = place(style, setter)
        self.show(widget, form_xobject(style, placed.content, text_fonts(font, used)))
        return placed, setter.missing

    def show(self, widget: Widget, appearance: StreamObject) -> None:
        """Make `appearance` the widget's normal appearance."""
        ref = self.increment.add(appearance)
        widget.dictionary[NameObject("/AP")] = DictionaryObject({NameObject("/N"): ref})
        widget.dictionary.pop("/AS", None)
        self.change(widget.place)

    def _font(self, name: str, node: FieldNode) -> FieldFont:
        if name not in self._fonts:
            own = next((resolved(place.dictionary.get("/DR"), DictionaryObject) for place in node.places), None)
            if own is not None:
                return find_font(name, own)
            self._fonts[name] = find_font(name, self._resources)
        return self._fonts[name]

    def _embed(self, face: EmbeddedFace) -> None:
        parts = face.objects()
        descriptor, descendant, font = parts["descriptor"], parts["descendant"], parts["font"]
        descriptor[NameObject("/FontFile3")] = self.increment.add(parts["file"])
        descendant[NameObject("/FontDescriptor")] = self.increment.add(descriptor)
        font[NameObject("/DescendantFonts")] = ArrayObject([self.increment.add(descendant)])
        font[NameObject("/ToUnicode")] = self.increment.add(parts["to_unicode"])
        self.increment.change(face.resource, font)


def drawn(found: list[Drawing | None]) -> tuple[FieldStatus, str]:
    """The status of a value from how its widgets came out."""
    missing = sorted({letter for each in found if each is not None for letter in each[1]})
    if missing:
        names = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing[:5])
        return FieldStatus.GLYPH_MISSING, f"stored whole; no font here shows {names}"
    cut = next((each[0] for each in found if each is not None and not each[0].fits), None)
    if cut is not None:
        return FieldStatus.DOES_NOT_FIT, f"stored whole; {cut.shown} of {cut.total} characters are visible"
    return FieldStatus.FILLED, ""

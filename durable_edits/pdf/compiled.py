"""A form compiled: everything a fill needs that does not depend on the values, worked out when it is first asked for.

Nothing of it changes once it is there, so threads may share it; two that ask at once work out the same.
"""

from __future__ import annotations

from functools import cached_property

from pypdf.generic import BooleanObject, DictionaryObject, PdfObject

from durable_edits.form import Field, FieldKind, FieldStatus, Form, Option, ReportEntry
from durable_edits.pdf.appearance import comb_cells
from durable_edits.pdf.describe import described_field
from durable_edits.pdf.document import Document, resolved
from durable_edits.pdf.field_font import FieldFont, find_font
from durable_edits.pdf.frame import Frame
from durable_edits.pdf.limits import FIELD_BYTES
from durable_edits.pdf.options import Button, buttons, choice_options
from durable_edits.pdf.pages import Pages
from durable_edits.pdf.plain import PlainComb, PlainLine
from durable_edits.pdf.style import read_style
from durable_edits.pdf.template import Place
from durable_edits.pdf.tree import MULTILINE, PASSWORD, READ_ONLY, FieldNode, FieldTree, Widget

NOT_SEEN = "stored; no page shows this field"


class CompiledForm:
    """`fields` by key, in the form's order; push buttons are none."""

    def __init__(self, document: Document, pages: Pages, tree: FieldTree) -> None:
        self.document, self.pages, self.tree = document, pages, tree
        kinds = [(node, kind) for node in tree.nodes if (kind := node.kind) is not None]
        self.fields = {node.key: CompiledField(self, node, kind, index) for index, (node, kind) in enumerate(kinds)}
        self._resources = resolved(tree.form.dictionary.get("/DR"), DictionaryObject)
        self._fonts: dict[str, FieldFont] = {}
        needs = tree.form.dictionary.get("/NeedAppearances")
        self.viewer_draws = isinstance(needs, BooleanObject) and bool(needs.value)

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.document.data) + len(self.fields) * FIELD_BYTES

    @cached_property
    def report(self) -> tuple[ReportEntry, ...]:
        """Of a fill that asks for nothing."""
        return tuple(ReportEntry(key=key, status=FieldStatus.UNCHANGED) for key in self.fields)

    @cached_property
    def described(self) -> tuple[Field, ...]:
        return tuple(
            described_field(field.node, field.kind, read_only=field.read_only) for field in self.fields.values()
        )

    def form(self) -> Form:
        """The form without printed labels, which cost more than all the rest."""
        return Form.model_construct(pages=len(self.pages), fields=[field.model_copy() for field in self.described])

    @cached_property
    def undrawn(self) -> tuple[CompiledField, ...]:
        """Fields whose value only the viewer would draw, as the form asks of it."""
        if not self.viewer_draws:
            return ()
        return tuple(
            field
            for field in self.fields.values()
            if field.kind in {FieldKind.TEXT, FieldKind.CHOICE}
            and self.described[field.index].value
            and any("/AP" not in widget.dictionary for widget in field.node.widgets)
        )

    @cached_property
    def asks_viewers(self) -> dict[str, bytes | None]:
        """What has to go from the form's dictionary so that what is drawn is what is shown."""
        return {name: None for name in ("/NeedAppearances", "/XFA") if name in self.tree.form.dictionary}

    def font(self, name: str, node: FieldNode) -> FieldFont:
        own = next(
            (found for place in node.places if (found := resolved(place.dictionary.get("/DR"), DictionaryObject))), None
        )
        if own is not None:
            return find_font(name, own)
        if name not in self._fonts:
            self._fonts[name] = find_font(name, self._resources)
        return self._fonts[name]


class CompiledField:
    """`index` is its place in the report."""

    def __init__(self, form: CompiledForm, node: FieldNode, kind: FieldKind, index: int) -> None:
        self.node, self.kind, self.index, self._form = node, kind, index, form
        self.read_only = kind is FieldKind.SIGNATURE or bool(node.flags & READ_ONLY)

    @cached_property
    def filled(self) -> ReportEntry:
        seen = any(widget.seen for widget in self.node.widgets)
        return ReportEntry(key=self.node.key, status=FieldStatus.FILLED, reason="" if seen else NOT_SEEN)

    @cached_property
    def frames(self) -> list[tuple[Place, Frame]]:
        """Of the widgets that have a place on a page to be drawn in."""
        return [(widget.place, frame) for widget in self.node.widgets if (frame := self.frame(widget)) is not None]

    def frame(self, widget: Widget) -> Frame | None:
        style = read_style(self.node, widget)
        return None if style is None else Frame(style, self._form.font(style.font, self.node))

    @cached_property
    def plain(self) -> PlainLine | PlainComb | None:
        """For a field that is one widget of one dictionary and shows plain text."""
        node, frames = self.node, self.frames
        simple = len(node.places) == len(node.widgets) == len(frames) == 1 and frames[0][0] is node.places[0]
        if not simple or not frames[0][0].whole or node.flags & PASSWORD or self.kind is not FieldKind.TEXT:
            return None
        if cells := comb_cells(node):
            return PlainComb(frames[0][1], cells)
        return None if node.flags & MULTILINE else PlainLine(frames[0][1])

    @cached_property
    def max_length(self) -> int | None:
        limit = self.node.values.get("/MaxLen")
        return int(limit) if isinstance(limit, int) and limit > 0 else None

    @cached_property
    def buttons(self) -> list[Button]:
        return buttons(self.node)

    @cached_property
    def options(self) -> list[Option]:
        if self.kind is FieldKind.CHOICE:
            return choice_options(self.node)
        return self._form.described[self.index].options

    @cached_property
    def value(self) -> str | None:
        return self._form.described[self.index].value

    def stored(self, name: str) -> PdfObject | None:
        return self.node.values.get(name)

"""A form compiled: everything a fill needs that does not depend on the values, worked out when it is first asked for.

Nothing of it changes once it is there, so threads may share it; two that ask at once work out the same.
"""

from __future__ import annotations

from pypdf.generic import BooleanObject, DictionaryObject, IndirectObject, PdfObject

from durable_edits.form import Field, FieldKind, FieldStatus, Form, Note, Option, Reason, ReportEntry
from durable_edits.pdf.appearance import comb_cells
from durable_edits.pdf.describe import described_field
from durable_edits.pdf.document import Document, resolved
from durable_edits.pdf.field_font import FieldFont, find_font, find_resource
from durable_edits.pdf.frame import Draw, Frame
from durable_edits.pdf.lazily import lazily
from durable_edits.pdf.limits import FIELD_BYTES, MAX_OPTIONS
from durable_edits.pdf.locks import read_locks
from durable_edits.pdf.options import Button, buttons, choice_options, too_many_options
from durable_edits.pdf.pages import Pages
from durable_edits.pdf.plain import PlainText, plain_comb, plain_line
from durable_edits.pdf.plain_paragraph import plain_paragraph
from durable_edits.pdf.stale import shows
from durable_edits.pdf.style import Style, read_style
from durable_edits.pdf.template import Place
from durable_edits.pdf.tree import COMBO, MULTILINE, PASSWORD, READ_ONLY, FieldNode, FieldTree, Widget, text_of

OFF = "Off"


class CompiledForm:
    """`fields` by key, in the form's order; push buttons are none."""

    def __init__(self, document: Document, pages: Pages, tree: FieldTree) -> None:
        self.document, self.pages, self.tree = document, pages, tree
        self.locks = read_locks(document.root, tree.nodes)
        kinds = [(node, kind) for node in tree.nodes if (kind := node.kind) is not None]
        self.fields = {node.key: CompiledField(self, node, kind, index) for index, (node, kind) in enumerate(kinds)}
        self._resources = resolved(tree.form.dictionary.get("/DR"), DictionaryObject)
        self._fonts: dict[object, FieldFont] = {}
        self.labelled: tuple[Field, ...] | None = None  # as `read_form` has told them, which reads the pages' text
        self._frames: dict[tuple[Style, int], Frame] = {}
        needs = tree.form.dictionary.get("/NeedAppearances")
        self.viewer_draws = isinstance(needs, BooleanObject) and bool(needs.value)

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.document.data) + len(self.fields) * FIELD_BYTES

    @lazily
    def report(self) -> tuple[ReportEntry, ...]:
        """Of a fill that asks for nothing."""
        return tuple(ReportEntry(key=key, status=FieldStatus.UNCHANGED) for key in self.fields)

    @lazily
    def described(self) -> tuple[Field, ...]:
        found, options = [], 0
        for each in self.fields.values():
            found.append(described_field(each.node, each.kind, read_only=each.refused is not None))
            options += len(found[-1].options)
            if options > MAX_OPTIONS:
                raise too_many_options()
        return tuple(found)

    def form(self) -> Form:
        """The form without printed labels, which cost more than all the rest."""
        return Form.model_construct(pages=len(self.pages), fields=[field.model_copy() for field in self.described])

    @lazily
    def undrawn(self) -> tuple[CompiledField, ...]:
        """Fields whose value only the viewer would draw, as the form asks of it."""
        if not self.viewer_draws or self.locks.certified:
            return ()
        return tuple(
            field
            for field in self.fields.values()
            if field.kind in {FieldKind.TEXT, FieldKind.CHOICE}
            and field.value
            and not all(shows(widget.dictionary, field.label) for widget in field.node.widgets)
        )

    @lazily
    def notes(self) -> tuple[Note, ...]:
        """Of a fill that changes something."""
        found = []
        if "/XFA" in self.tree.form.dictionary:
            found.append(Note.XFA_KEPT if self.locks.certified else Note.XFA_DROPPED)
        permissions = resolved(self.document.root.get("/Perms"), DictionaryObject) or DictionaryObject()
        if "/UR3" in permissions or "/UR" in permissions:
            found.append(Note.USAGE_RIGHTS)
        signed = (field.stored("/V") for field in self.fields.values() if field.kind is FieldKind.SIGNATURE)
        if any(resolved(value, DictionaryObject) is not None for value in signed):
            found.append(Note.SIGNED)
        return tuple(found)

    @lazily
    def asks_viewers(self) -> dict[str, bytes | None]:
        """What has to go from the form's dictionary so that what is drawn is what is shown.

        A certificate allows values to be filled in and no other change of the form (ISO 32000-1, table 254): under one
        this stays, for a broken certificate costs more than an XFA that is said to be old.
        """
        if self.locks.certified:
            return {}
        return {name: None for name in ("/NeedAppearances", "/XFA") if name in self.tree.form.dictionary}

    def font(self, name: str, node: FieldNode) -> FieldFont:
        own = next(
            (found for place in node.places if (found := resolved(place.dictionary.get("/DR"), DictionaryObject))), None
        )
        resources = self._resources if own is None else own
        raw = find_resource(name, resources)
        key = raw.idnum if isinstance(raw, IndirectObject) else (name, id(resources))
        if key not in self._fonts:
            self._fonts[key] = find_font(name, raw)
        return self._fonts[key]

    def frame(self, style: Style, font: FieldFont) -> Frame:
        """Widgets that look the same share theirs."""
        return self._frames.setdefault((style, id(font)), Frame(style, font))


class CompiledField:
    """`index` is its place in the report."""

    def __init__(self, form: CompiledForm, node: FieldNode, kind: FieldKind, index: int) -> None:
        self.node, self.kind, self.index, self._form = node, kind, index, form
        self._switched: dict[str, list[tuple[int, int, bytes]] | None] = {}
        own = kind is FieldKind.SIGNATURE or node.flags & READ_ONLY
        self.refused = Reason.READ_ONLY if own else form.locks.reason(node.key)

    @lazily
    def filled(self) -> ReportEntry:
        seen = any(widget.seen for widget in self.node.widgets)
        return ReportEntry(key=self.node.key, status=FieldStatus.FILLED, reason="" if seen else Reason.NOT_SEEN)

    @lazily
    def frames(self) -> list[tuple[Place, Frame]]:
        """Of the widgets that have a place on a page to be drawn in."""
        return [(widget.place, frame) for widget in self.node.widgets if (frame := self.frame(widget)) is not None]

    def frame(self, widget: Widget) -> Frame | None:
        style = read_style(self.node, widget)
        return None if style is None else self._form.frame(style, self._form.font(style.font, self.node))

    @lazily
    def plain(self) -> PlainText | None:
        """For a field that shows plain text, all of whose dictionaries are objects of their own."""
        node, frames = self.node, self.frames
        if not all(place.whole for place in [*node.places, *(widget.place for widget in node.widgets)]):
            return None
        drawn = [(place, frame, draw) for place, frame in frames if (draw := self._plain_draw(frame)) is not None]
        if len(drawn) < len(frames) or not frames:
            return None
        return PlainText(node.places, drawn, self._form.document.source)

    def _plain_draw(self, frame: Frame) -> Draw | None:
        node = self.node
        if self.kind is FieldKind.CHOICE:
            return frame.drawing("line", lambda: plain_line(frame)) if node.flags & COMBO else None
        if self.kind is not FieldKind.TEXT or node.flags & PASSWORD:
            return None
        if cells := comb_cells(node):
            return frame.drawing(("comb", cells), lambda: plain_comb(frame, cells))
        if node.flags & MULTILINE:
            return frame.drawing("paragraph", lambda: plain_paragraph(frame))
        return frame.drawing("line", lambda: plain_line(frame))

    @lazily
    def max_length(self) -> int | None:
        limit = self.node.values.get("/MaxLen")
        return int(limit) if isinstance(limit, int) and limit > 0 else None

    @lazily
    def buttons(self) -> list[Button]:
        return buttons(self.node)

    def switched(self, state: str) -> list[tuple[int, int, bytes]] | None:
        """The objects of a button field in a state, written; None where some are not objects of their own or have no
        appearance yet."""
        if state not in self._switched:
            self._switched[state] = self._written(state)
        return self._switched[state]

    def _written(self, state: str) -> list[tuple[int, int, bytes]] | None:
        widgets = [button.widget for button in self.buttons]
        every = dict.fromkeys([*self.node.places, *(widget.place for widget in widgets)])
        if self.blank or not all(place.whole for place in every):
            return None
        name = next((button.name for button in self.buttons if button.state == state), b"/Off")
        changes: dict[Place, dict[str, bytes | None]] = {place: {"/V": name} for place in self.holders}
        for button in self.buttons:
            shown = button.name if button.state == state else b"/Off"
            changes.setdefault(button.widget.place, {})["/AS"] = shown
        source, found = self._form.document.source, []
        for place, change in changes.items():
            number, generation = place.holder.idnum, place.holder.generation
            body = place.template(source).written(change)
            found.append((number, generation, b"%d %d obj\n%b\nendobj\n" % (number, generation, body)))
        return found

    def says(self, state: str) -> bool:
        """The value and what each widget shows agree on a state; a form can say one and show the other."""
        return self._said == state

    @lazily
    def _said(self) -> str | None:
        widgets = [button.widget for button in self.buttons]
        said = {text_of(self.stored("/V")) or OFF, *(text_of(each.dictionary.get("/AS")) or OFF for each in widgets)}
        return said.pop() if len(said) == 1 and not self.blank else None

    @lazily
    def holders(self) -> list[Place]:
        """Where the value is stored: in the field, and in widgets that call themselves one or have a value already."""
        own = (widget.place for widget in self.node.widgets if "/V" in widget.dictionary or "/T" in widget.dictionary)
        return list(dict.fromkeys([*self.node.places, *own]))

    @lazily
    def blank(self) -> frozenset[int]:
        """Which of the buttons show nothing where they are on."""
        source = self._form.document.source
        return frozenset(index for index, button in enumerate(self.buttons) if button.blank(source))

    @lazily
    def states(self) -> dict[str, str]:
        """The state that each state's name and each label means; of a label that two have, the first."""
        states = {button.state: button.state for button in self.buttons}
        for button in self.buttons:
            states.setdefault(button.label, button.state)
        return states

    @lazily
    def options_by_text(self) -> dict[str, Option]:
        """Options that a value or label names exactly and alone, as most requests do."""
        found: dict[str, Option] = {}
        for option in self.options:
            found.setdefault(option.value, option)
        labels = [option.label for option in self.options]
        for option in self.options:
            if labels.count(option.label) == 1:
                found.setdefault(option.label, option)
        return found

    @lazily
    def takes_any(self) -> bool:
        """Whether any text may be stored in it as it comes."""
        return self.kind is FieldKind.TEXT and self.max_length is None

    @lazily
    def options(self) -> list[Option]:
        if self.kind is FieldKind.CHOICE:
            return choice_options(self.node)
        return self._form.described[self.index].options

    @lazily
    def label(self) -> str:
        """What a person sees of the value."""
        labels = {option.value: option.label for option in self.options} if self.kind is FieldKind.CHOICE else {}
        return labels.get(self.value or "", self.value or "")

    @lazily
    def value(self) -> str | None:
        return self._form.described[self.index].value

    def stored(self, name: str) -> PdfObject | None:
        return self.node.values.get(name)

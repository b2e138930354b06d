"""What a button group or a choice can hold, and which of it is meant by a value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from durable_edits.errors import DocumentTooComplex
from durable_edits.form import FieldKind, Option
from durable_edits.pdf.document import Source, items, resolved
from durable_edits.pdf.geometry import box_of
from durable_edits.pdf.limits import MAX_OPTIONS
from durable_edits.pdf.tokens import spelled
from durable_edits.pdf.tree import FieldNode, Widget, text_of
from durable_edits.pdf.xref import unpacked

_EMPTY = re.compile(rb"stream[\0\t\n\f\r ]*endstream")  # an appearance that draws nothing


@dataclass(frozen=True, slots=True)
class Button:
    """One widget of a check box or radio group, with the name of its on-state and what that exports."""

    widget: Widget
    state: str
    label: str

    def blank(self, source: Source) -> bool:
        """Whether no appearance is there for the state, or one that draws nothing."""
        state = self.widget.on_states.get(self.state)
        appearance = resolved(self.widget.dictionary.get("/AP"), DictionaryObject)
        normal = resolved(appearance.get("/N"), DictionaryObject) if appearance is not None else None
        if state is None or normal is None:
            return not self.widget.on_states
        raw = normal.raw_get(state)
        text = source.peek(raw) if isinstance(raw, IndirectObject) else b"#"
        if text != b"#":
            return _EMPTY.search(text) is not None
        stream = resolved(raw, StreamObject)
        return stream is not None and not unpacked(stream).strip()

    @property
    def name(self) -> bytes:
        """The state as the file spells it."""
        return spelled(self.widget.on_states.get(self.state) or NameObject(f"/{self.state}"))


def buttons(node: FieldNode) -> list[Button]:
    """On-states by name; where a widget has no appearance to name one, /Opt or its place in the group does."""
    exports = [text_of(item) for item in items(node.values.get("/Opt"))]
    found = []
    known = {state for widget in node.widgets for state in widget.on_states}
    common = next(iter(known)) if len(known) == 1 and node.kind is FieldKind.CHECKBOX else ""
    for index, widget in enumerate(node.widgets):
        states = list(widget.on_states)
        current = text_of(widget.dictionary.get("/AS"))
        if states:
            state = states[0]
        elif common:
            state = common  # a check box without an appearance goes with those of its field that have one
        elif current and current != "Off":
            state = current
        elif len(node.widgets) == 1:
            state = "Yes"
        else:
            state = exports[index] if index < len(exports) and exports[index] else str(index)
        label = exports[index] if index < len(exports) and exports[index] else state
        found.append(Button(widget, state, label))
    return found


def button_options(node: FieldNode) -> list[Option]:
    """One option for each on-state, in the order of the widgets."""
    found: dict[str, Option] = {}
    for button in buttons(node):
        found.setdefault(button.state, Option(value=button.state, label=button.label, box=box_of(button.widget)))
    return list(found.values())


def choice_options(node: FieldNode) -> list[Option]:
    """/Opt entries are a text, or a pair of export value and displayed text (ISO 32000-1, 12.7.4.4)."""
    found = []
    entries = items(node.values.get("/Opt"))
    if len(entries) > MAX_OPTIONS:
        raise too_many_options()
    for item in entries:
        entry = item.get_object()
        pair = items(entry) if isinstance(entry, ArrayObject) else [item]
        if pair:
            found.append(Option(value=text_of(pair[0]), label=text_of(pair[-1])))
    return found


def too_many_options() -> DocumentTooComplex:
    return DocumentTooComplex(
        f"The choices of the form have more than {MAX_OPTIONS} options; make their lists shorter.", limit=MAX_OPTIONS
    )


def match_option(options: list[Option], wanted: str) -> Option | None:
    """By value, then by label; then both without regard to case, where that is unambiguous."""
    for same in (lambda a: a, str.casefold):
        for part in ("value", "label"):
            found = [option for option in options if same(getattr(option, part)) == same(wanted)]
            if len(found) == 1 or (found and part == "value"):
                return found[0]
    return None


def current_states(node: FieldNode) -> set[str]:
    """The on-states now shown, by /V of the field or /AS of its widgets."""
    states = {button.state for button in buttons(node)}
    value = text_of(node.values.get("/V"))
    if value in states:
        return {value}
    shown = {text_of(widget.dictionary.get("/AS")) for widget in node.widgets}
    return shown & states


def current_choices(node: FieldNode) -> list[str]:
    """The chosen options' export values, also where the form stores what is displayed instead."""
    value = node.values.get("/V")
    stored = items(value) if isinstance(value, ArrayObject) else [value]
    options = choice_options(node)
    found = []
    for text in filter(None, map(text_of, stored)):
        option = match_option(options, text)
        found.append(text if option is None else option.value)
    return found

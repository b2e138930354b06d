"""fill_form: values into fields, each drawn and reported; whatever happens to one field, the document comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pypdf.generic import DictionaryObject, NullObject

from durable_edits.errors import BadRequest, EditsError, InvalidDocument
from durable_edits.form import Field, FieldKind, FieldStatus, Form, ReportEntry
from durable_edits.pdf.asked import sort_out
from durable_edits.pdf.document import Document, open_document, opens_alike, reading
from durable_edits.pdf.draw import Canvas, Filled
from durable_edits.pdf.limits import MAX_PAGES
from durable_edits.pdf.read import form_of
from durable_edits.pdf.tree import FieldNode, read_tree
from durable_edits.pdf.write_buttons import fill_checkbox, fill_radio
from durable_edits.pdf.write_choice import fill_choice
from durable_edits.pdf.write_text import fill_text

DEFAULT_COLOR = "#000080"
REASON_LENGTH = 120  # characters of an exception in the report; it is for a person
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
WRITERS = {
    FieldKind.TEXT: fill_text,
    FieldKind.CHECKBOX: fill_checkbox,
    FieldKind.RADIO: fill_radio,
    FieldKind.CHOICE: fill_choice,
}


@dataclass(frozen=True, slots=True)
class FilledDocument:
    """`report` has an entry for each field of the form, in its order, then one for each asked key it does not have.
    `form` is the form as it now stands, without printed labels."""

    data: bytes
    report: list[ReportEntry]
    form: Form


def fill_form(
    data: bytes,
    values: Mapping[str, str],
    *,
    color: str = DEFAULT_COLOR,
    password: str | None = None,
    max_pages: int = MAX_PAGES,
) -> FilledDocument:
    """Fill fields by their keys; `color` (#RRGGBB) is that of the filled text.

    A value is the text; "true" or "false" for a check box; an option's value or label for a radio group or choice
    (lines of them for a list that takes several); "" clears. `<group>.<option>`: "true" works for a radio button.
    Raises what `read_form` raises, and BadRequest for a colour that is none; a field that cannot be filled is no
    error but an entry in the report. The form's /NeedAppearances and /XFA go: the appearances are drawn, and a viewer
    of the XFA would show the old values. All else of the file stays, byte for byte, encryption included.
    """
    if _COLOR.fullmatch(color) is None:
        raise BadRequest(f"The colour {color[:20]!r} is none; write it as #RRGGBB, such as {DEFAULT_COLOR}.")
    document = open_document(data, password, max_pages)
    with reading():
        tree = read_tree(document)
        form = form_of(document, tree)
        nodes = {node.key: node for node in tree.nodes}
        asked = sort_out(values, {field.key: field for field in form.fields})
        canvas = Canvas(document, tree, color)
        report = [
            asked.refused.get(field.key) or _fill(canvas, nodes[field.key], field, asked.values.get(field.key))
            for field in form.fields
        ]
        report += [
            ReportEntry(key=key, status=FieldStatus.UNKNOWN_FIELD, reason="the form has no field of this name")
            for key in asked.unknown
        ]
        return FilledDocument(_readable(document, canvas, password), report, form)


def _readable(document: Document, canvas: Canvas, password: str | None) -> bytes:
    """The filled document, read again before it is handed out: an increment is worth what it builds on, and a reader
    that mends a broken input does not say so."""
    data = canvas.finish()
    if data is document.data or opens_alike(document, data, password):
        return data
    anew = canvas.increment.write_anew()
    if opens_alike(document, anew, password):
        return anew
    raise InvalidDocument(
        "The document is damaged: what is filled in could not be read back; save it anew in a viewer and send that.",
        reason="damaged",
    )


def _fill(canvas: Canvas, node: FieldNode, field: Field, value: str | None) -> ReportEntry:
    if value is not None and field.read_only:
        return ReportEntry(key=field.key, status=FieldStatus.READ_ONLY, reason="the form does not let it be changed")
    before = _snapshot(node)
    try:
        if value is None:
            canvas.keep_visible(node, field)
            return ReportEntry(key=field.key, status=FieldStatus.UNCHANGED)
        value.encode("utf-8")  # half a surrogate pair would otherwise surface when the whole document is written
        filled: Filled = WRITERS[field.kind](canvas, node, value)
    except (EditsError, MemoryError):
        raise
    except Exception as error:
        _restore(before)
        reason = f"the field is left as it was: {type(error).__name__}: {str(error)[:REASON_LENGTH]}"
        return ReportEntry(key=field.key, status=FieldStatus.FAILED, reason=reason)
    if filled.stored:
        field.value = filled.value
        for place in node.places:
            place.dictionary.pop("/RV", NullObject())
    reason = filled.reason
    if filled.stored and not reason and not any(widget.seen for widget in node.widgets):
        reason = "stored; no page shows this field"
    return ReportEntry(key=field.key, status=filled.status, reason=reason)


def _snapshot(node: FieldNode) -> list[tuple[DictionaryObject, dict[Any, Any]]]:
    dictionaries = [place.dictionary for place in node.places] + [widget.dictionary for widget in node.widgets]
    return [(each, dict.copy(each)) for each in dictionaries]


def _restore(before: list[tuple[DictionaryObject, dict[Any, Any]]]) -> None:
    for dictionary, entries in before:
        dictionary.clear()
        dict.update(dictionary, entries)

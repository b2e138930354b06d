"""fill_form: values into fields, each drawn and reported; whatever happens to one field, the document comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pypdf.generic import NullObject

from durable_edits.errors import EditsError
from durable_edits.form import Field, FieldKind, FieldStatus, Form, ReportEntry
from durable_edits.pdf.document import open_document, reading
from durable_edits.pdf.draw import Canvas, Filled
from durable_edits.pdf.limits import MAX_PAGES
from durable_edits.pdf.options import button_options, match_option
from durable_edits.pdf.read import form_of
from durable_edits.pdf.tree import FieldNode, read_tree
from durable_edits.pdf.write_buttons import fill_checkbox, fill_radio
from durable_edits.pdf.write_choice import fill_choice
from durable_edits.pdf.write_text import fill_text

DEFAULT_COLOR = "#000080"
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
    Raises what `read_form` raises; a field that cannot be filled is no error but an entry in the report.
    """
    document = open_document(data, password, max_pages)
    with reading():
        tree = read_tree(document)
        form = form_of(document, tree)
        nodes = {node.key: node for node in tree.nodes}
        asked, unknown = _by_field(values, nodes)
        canvas = Canvas(document, tree, color)
        report = [_fill(canvas, nodes[field.key], field, asked.get(field.key)) for field in form.fields]
        report += [ReportEntry(key=key, status=FieldStatus.UNKNOWN_FIELD, reason="no such field") for key in unknown]
        return FilledDocument(canvas.finish(), report, form)


def _by_field(values: Mapping[str, str], nodes: dict[str, FieldNode]) -> tuple[dict[str, str], list[str]]:
    """Values by field key, radio buttons gathered to their group; and the keys that name nothing."""
    asked: dict[str, str] = {}
    unknown: list[str] = []
    for key, value in values.items():
        group, _, option = key.rpartition(".")
        if key in nodes:
            asked[key] = value
        elif group in nodes and match_option(button_options(nodes[group]), option) is not None:
            if value.casefold() == "true":
                asked[group] = option
        else:
            unknown.append(key)
    return asked, unknown


def _fill(canvas: Canvas, node: FieldNode, field: Field, value: str | None) -> ReportEntry:
    if value is None:
        canvas.keep_visible(node, field)
        return ReportEntry(key=field.key, status=FieldStatus.UNCHANGED)
    if field.read_only:
        return ReportEntry(key=field.key, status=FieldStatus.READ_ONLY, reason="the form does not let it be changed")
    try:
        filled: Filled = WRITERS[field.kind](canvas, node, value)
    except (EditsError, MemoryError):
        raise
    except Exception as error:
        reason = f"the field could not be written ({type(error).__name__})"
        return ReportEntry(key=field.key, status=FieldStatus.FAILED, reason=reason)
    if filled.stored:
        field.value = filled.value
        for place in node.places:
            place.dictionary.pop("/RV", NullObject())
    return ReportEntry(key=field.key, status=filled.status, reason=filled.reason)

"""read_form: what can be filled in, where it stands, and what it says now."""

from __future__ import annotations

from durable_edits.form import Field, FieldKind, Form, Option
from durable_edits.pdf.document import Document, open_document, reading
from durable_edits.pdf.geometry import box_of
from durable_edits.pdf.labels import printed_labels
from durable_edits.pdf.limits import MAX_PAGES
from durable_edits.pdf.options import button_options, choice_options, current_choices, current_states
from durable_edits.pdf.tree import (
    COMB,
    COMBO,
    EDIT,
    MULTI_SELECT,
    MULTILINE,
    READ_ONLY,
    REQUIRED,
    FieldNode,
    FieldTree,
    read_tree,
    text_of,
)


def read_form(data: bytes, *, password: str | None = None, max_pages: int = MAX_PAGES) -> Form:
    """The fields of a form in the order of /AcroForm /Fields; push buttons are none.

    Raises InvalidDocument, DocumentEncrypted, DocumentWithoutPages, DocumentWithoutFields, DocumentTooManyPages,
    DocumentTooComplex.
    """
    document = open_document(data, password, max_pages)
    with reading():
        tree = read_tree(document)
        return described(document, form_of(document, tree), tree, password)


def count_pages(data: bytes, *, password: str | None = None, max_pages: int = MAX_PAGES) -> int:
    """Of any document; raises what `read_form` does but DocumentWithoutFields."""
    return len(open_document(data, password, max_pages).pages)


def form_of(document: Document, tree: FieldTree) -> Form:
    """The form without printed labels, which cost more than all the rest."""
    fields = [field for node in tree.nodes if (field := _field(node)) is not None]
    return Form(pages=len(document.pages), fields=fields)


def described(document: Document, form: Form, tree: FieldTree, password: str | None) -> Form:
    """The form with a printed label for each field that has no tooltip."""
    bare = {field.key for field in form.fields if not field.description}
    labels = printed_labels(document, [node for node in tree.nodes if node.key in bare], password) if bare else {}
    for field in form.fields:
        field.description = field.description or labels.get(field.key, "")
    return form


def _field(node: FieldNode) -> Field | None:
    kind = node.kind
    if kind is None:
        return None
    boxes = [box for widget in node.widgets if (box := box_of(widget)) is not None]
    length = node.values.get("/MaxLen")
    flags = node.flags
    max_length = int(length) if kind is FieldKind.TEXT and isinstance(length, int) and length > 0 else None
    return Field(
        key=node.key,
        kind=kind,
        description=node.description,
        value=_value(node, kind),
        options=_options(node, kind),
        box=boxes[0] if boxes else None,
        boxes=boxes,
        max_length=max_length,
        comb=kind is FieldKind.TEXT and bool(flags & COMB) and max_length is not None,
        multiline=kind is FieldKind.TEXT and bool(flags & MULTILINE),
        multi_select=kind is FieldKind.CHOICE and bool(flags & MULTI_SELECT),
        editable=kind is FieldKind.CHOICE and bool(flags & COMBO) and bool(flags & EDIT),
        read_only=kind is FieldKind.SIGNATURE or bool(flags & READ_ONLY),
        required=bool(flags & REQUIRED),
    )


def _options(node: FieldNode, kind: FieldKind) -> list[Option]:
    if kind in {FieldKind.RADIO, FieldKind.CHECKBOX}:
        return button_options(node)
    return choice_options(node) if kind is FieldKind.CHOICE else []


def _value(node: FieldNode, kind: FieldKind) -> str | None:
    match kind:
        case FieldKind.TEXT:
            return text_of(node.values.get("/V")) or None
        case FieldKind.CHECKBOX:
            if current_states(node):
                return "true"
            return "false" if "/V" in node.values else None
        case FieldKind.RADIO:
            return next(iter(current_states(node)), None)
        case FieldKind.CHOICE:
            return "\n".join(current_choices(node)) or None
        case _:
            return None

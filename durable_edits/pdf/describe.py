"""A field as it is told to the world: kind, options, value, limits and where it stands."""

from __future__ import annotations

from durable_edits.form import Field, FieldKind, Option
from durable_edits.pdf.geometry import box_of
from durable_edits.pdf.options import button_options, choice_options, current_choices, current_states
from durable_edits.pdf.tree import COMB, COMBO, EDIT, MULTI_SELECT, MULTILINE, REQUIRED, FieldNode, text_of


def described_field(node: FieldNode, kind: FieldKind, *, read_only: bool) -> Field:
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
        read_only=read_only,
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

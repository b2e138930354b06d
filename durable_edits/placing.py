"""A form's fields as they are met on its pages, where only texts and ticks are."""

from __future__ import annotations

from typing import Literal

from durable_edits.form import Box, Field, FieldKind, Option, PlacedField


def placed(field: Field) -> list[PlacedField]:
    """Each button of a radio group is a checkbox of its own, a choice is a text whose description lists what it takes.
    A field that is on no page has no place."""
    if field.kind is FieldKind.RADIO:
        return [_button(field, option, option.box) for option in field.options if option.box is not None]
    if field.kind is FieldKind.SIGNATURE or field.box is None:
        return []
    kind: Literal["text", "checkbox"] = "checkbox" if field.kind is FieldKind.CHECKBOX else "text"
    description = field.description
    if field.kind is FieldKind.CHOICE:
        description = f"{description} (one of: {', '.join(option.label for option in field.options)})".strip()
    return [PlacedField(key=field.key, kind=kind, description=description, box=field.box, value=field.value)]


def _button(field: Field, option: Option, box: Box) -> PlacedField:
    value = None if field.value is None else str(field.value == option.value).lower()
    shown = option.printed.label if option.printed is not None and option.label == option.value else ""
    description = ": ".join(text for text in (field.description, shown or option.label) if text)
    key = f"{field.key}.{option.value}"
    return PlacedField(key=key, kind="checkbox", description=description, box=box, value=value)

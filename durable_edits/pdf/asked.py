"""What was asked for, sorted by the field it means: keys of fields, keys of single radio buttons, keys of nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from durable_edits.form import Field, FieldKind, FieldStatus, ReportEntry
from durable_edits.pdf.compiled import CompiledForm
from durable_edits.pdf.options import match_option


@dataclass(slots=True)
class Asked:
    """`values` by field key; `refused`: fields about which the keys contradict each other; `unknown` keys."""

    values: dict[str, str] = field(default_factory=dict)
    refused: dict[str, ReportEntry] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def sort_out(values: Mapping[str, str], form: CompiledForm) -> Asked:
    """Gather `<group>.<option>`: "true" | "false" to a value for the group; "false" matters only for what is on."""
    if values.keys() <= form.fields.keys():
        return Asked(dict(values))
    fields = {field.key: field for field in form.described}
    asked = Asked()
    on: dict[str, set[str]] = {}
    for key, value in values.items():
        if key in fields:
            asked.values[key] = value
            continue
        button = _button(key, fields)
        if button is None:
            asked.unknown.append(key)
            continue
        group, option = button
        said = value.strip().casefold()
        if said == "true" or value.strip() == option:
            on.setdefault(group.key, set()).add(option)
        elif said in {"", "false", "off"}:
            if group.value == option:
                on.setdefault(group.key, set())
        else:
            _refuse(asked, group.key, f'"{key}" takes "true" or "false"')
    for key, options in on.items():
        if len(options) > 1:
            _refuse(asked, key, f"a group holds one of its options; {', '.join(sorted(options))[:200]} were asked for")
        else:
            asked.values.setdefault(key, next(iter(options), ""))
    return asked


def _button(key: str, fields: Mapping[str, Field]) -> tuple[Field, str] | None:
    """Names and states may both contain dots, so every dot may be the one between them."""
    for place, letter in enumerate(key):
        if letter != ".":
            continue
        group = fields.get(key[:place])
        if group is not None and group.kind is FieldKind.RADIO:
            option = match_option(group.options, key[place + 1 :])
            if option is not None:
                return group, option.value
    return None


def _refuse(asked: Asked, key: str, reason: str) -> None:
    asked.refused[key] = ReportEntry(key=key, status=FieldStatus.UNKNOWN_OPTION, reason=reason)

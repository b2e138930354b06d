"""Are the raw values right: the field's own, those of its kids, and the states of its buttons."""

from __future__ import annotations

from pypdf.generic import ArrayObject, NameObject, PdfObject

from benchmarks.judge.ask import Ask
from benchmarks.judge.raw import RADIO, UNISON, Field, text_of


def value_faults(ask: Ask, field: Field) -> list[str]:
    """What the field stores, against what was asked."""
    if ask.state is not None or field.type == "/Btn":
        return _button_faults(ask, field)
    faults = []
    for value in field.values:
        if field.type == "/Ch":
            stored = [text_of(each) for each in value] if isinstance(value, ArrayObject) else [text_of(value)]
            if tuple(stored) != ask.exports:
                faults.append(f"/V holds {stored} instead of {list(ask.exports)}")
        elif _raw_text(value) != ask.value:
            faults.append(f"/V holds {_raw_text(value)[:40]!r} instead of {ask.value[:40]!r}")
    if any(widget.own_value is not None and _raw_text(widget.own_value) != ask.value for widget in field.widgets):
        faults.append("a kid holds a value of its own")
    if field.rich:
        faults.append("/RV still holds the old text")
    if field.type == "/Ch" and field.indexes is not None:
        wanted = sorted(i for i, (export, _label) in enumerate(field.options) if export in ask.exports)
        if field.indexes != wanted:
            faults.append(f"/I holds {field.indexes} instead of {wanted}")
    return list(dict.fromkeys(faults))


def _raw_text(value: PdfObject | None) -> str:
    return "" if isinstance(value, NameObject) else text_of(value)


def _button_faults(ask: Ask, field: Field) -> list[str]:
    wanted = ask.state
    faults = []
    if wanted is None:  # a box without an appearance: the filler names the state, the same everywhere
        wanted = next((text_of(value) for value in field.values), "")
        if wanted in {"", "Off"}:
            faults.append("no state was given a name")
    for value in field.values:
        if not isinstance(value, NameObject):
            faults.append(f"/V is no name but {value!r:.40}")
        elif text_of(value) != wanted:
            faults.append(f"/V holds /{text_of(value)} instead of /{wanted}")
    shown = [widget.state or "Off" for widget in field.widgets]
    fits = [wanted if wanted in (widget.on_states or (wanted,)) else "Off" for widget in field.widgets]
    alone = field.flags & RADIO and not field.flags & UNISON and fits.count(wanted) > 1
    if shown != fits and not (alone and shown.count(wanted) >= 1 and set(shown) <= {wanted, "Off"}):
        faults.append(f"/AS are {shown[:8]} instead of {fits[:8]}")
    return faults

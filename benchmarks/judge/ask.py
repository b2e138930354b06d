"""Which value is asked of which field: Latin in the one pass, every script in turn in the other."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from benchmarks.judge.raw import EDIT, MULTI_SELECT, PASSWORD, PUSH, READ_ONLY, Field, RawDocument, text_of

SCRIPTS = (
    "Zoë Łukasz – €5 日本",
    "Ελληνικά",
    "Привет",
    "שלום עולם",
    "مرحبا بك",
    "नमस्ते",
    "สวัสดี",
    "東京都千代田区",
    "한국어",
    "ne\u0301e Ħŋ",
    "→ ★ ∑ ≤ ☑",
    "Nguyễn Ồ",
    "ok 😀",
)


@dataclass(frozen=True)
class Ask:
    """`value` in the words of the engine's door: text, export value, name of a state, "true" or "false".

    `state` is what a button must hold ("Off" to be off); `shown` what a text or choice must show.
    """

    key: str
    value: str
    state: str | None = None
    shown: str = ""
    hidden: bool = False
    exports: tuple[str, ...] = ()


def asks_for(form: RawDocument, *, any_script: bool = False, leave: frozenset[str] = frozenset()) -> list[Ask]:
    """One for each field that can be filled in and is not to be left alone. Every script: text fields alone."""
    found = []
    for number, field in enumerate(form.fields.values()):
        if field.flags & READ_ONLY or field.key in leave:
            continue
        ask = _text(field, number, any_script=any_script) if field.type == "/Tx" else None
        if field.type == "/Btn" and not any_script:
            ask = _button(field)
        if field.type == "/Ch" and not any_script:
            ask = _choice(field, number)
        if ask is not None:
            found.append(ask)
    return found


def _text(field: Field, number: int, *, any_script: bool) -> Ask:
    value = SCRIPTS[number % len(SCRIPTS)] if any_script else f"Ä{number:02d} gq"
    if 0 < field.max_length < len(value):
        value = _cut(value, field.max_length)
    return Ask(field.key, value, shown=value, hidden=bool(field.flags & PASSWORD))


def _cut(value: str, length: int) -> str:
    """Without half a letter at the end: a mark belongs to the letter before it."""
    cut = value[:length]
    while len(cut) > 1 and unicodedata.category(value[len(cut)]).startswith("M"):
        cut = cut[:-1]
    return cut.strip() or value[:1]


def _button(field: Field) -> Ask | None:
    if field.flags & PUSH:
        return None
    now = {widget.state for widget in field.widgets} - {"", "Off"} | {text_of(value) for value in field.values}
    states = field.states
    if not field.is_group:
        state = next(iter(states), None)
        if now & set(states or ["Yes"]):
            return Ask(field.key, "false", state="Off")
        return Ask(field.key, "true", state=state)
    state = next((each for each in states if each not in now), next(iter(states), None))
    # A group without an appearance: its states have no name but those of /Opt, or the places of its buttons.
    if state is None:
        state = field.options[0][0] if field.options else "0"
    return Ask(field.key, state, state=state)


def _choice(field: Field, number: int) -> Ask | None:
    now = {text_of(value) for value in field.values}
    options = [pair for pair in field.options if pair[1].strip() and not now & set(pair)]
    if not options:
        if field.flags & EDIT:
            return Ask(field.key, f"Ä{number:02d}", shown=f"Ä{number:02d}", exports=(f"Ä{number:02d}",))
        return None
    chosen = options[: 2 if field.flags & MULTI_SELECT else 1]
    exports = tuple(export for export, _label in chosen)
    # What is asked for by its export value must be the only option of that value.
    if len({label for export, label in field.options if export in exports}) != len(chosen):
        return None
    return Ask(field.key, "\n".join(exports), shown="\n".join(label for _export, label in chosen), exports=exports)

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


def asks_for(form: RawDocument, *, any_script: bool = False) -> list[Ask]:
    """One for each field that can be filled in, with a value other than it has. Every script: text fields alone."""
    found = []
    for number, field in enumerate(form.fields.values()):
        if field.flags & READ_ONLY or (any_script and field.type != "/Tx"):
            continue
        value = _value(field, number, any_script=any_script)
        if value is not None:
            found.append(ask_of(field, value))
    return found


def ask_of(field: Field, value: str) -> Ask:
    """What a value of the engine's door must become."""
    if field.type == "/Btn":
        states = field.states
        if field.is_group:
            return Ask(field.key, value, state=value)
        return Ask(field.key, value, state="Off" if value == "false" else next(iter(states), None))
    if field.type == "/Ch":
        options = dict(reversed(field.options))
        exports = tuple(value.splitlines())
        return Ask(field.key, value, shown="\n".join(options.get(each, each) for each in exports), exports=exports)
    return Ask(field.key, value, shown=value, hidden=bool(field.flags & PASSWORD))


def _value(field: Field, number: int, *, any_script: bool) -> str | None:
    if field.type == "/Tx":
        value = SCRIPTS[number % len(SCRIPTS)] if any_script else f"Ä{number:02d} gq"
        return _cut(value, field.max_length) if 0 < field.max_length < len(value) else value
    if field.type == "/Btn" and not field.flags & PUSH:
        return _state(field)
    return _options(field, number) if field.type == "/Ch" else None


def _cut(value: str, length: int) -> str:
    """Without half a letter at the end: a mark belongs to the letter before it."""
    cut = value[:length]
    while len(cut) > 1 and unicodedata.category(value[len(cut)]).startswith("M"):
        cut = cut[:-1]
    return cut.strip() or value[:1]


def _state(field: Field) -> str:
    now = {widget.state for widget in field.widgets} - {"", "Off"} | {text_of(value) for value in field.values}
    if not field.is_group:
        return "false" if now & set(field.states or ["Yes"]) else "true"
    state = next((each for each in field.states if each not in now), next(iter(field.states), None))
    # A group without an appearance: its states have no name but those of /Opt, or the places of its buttons.
    return state or (field.options[0][0] if field.options else "0")


def _options(field: Field, number: int) -> str | None:
    now = {text_of(value) for value in field.values}
    options = [pair for pair in field.options if pair[1].strip() and not now & set(pair)]
    if not options:
        return f"Ä{number:02d}" if field.flags & EDIT else None
    chosen = options[: 2 if field.flags & MULTI_SELECT else 1]
    exports = [export for export, _label in chosen]
    # What is asked for by its export value must be the only option of that value.
    if len({label for export, label in field.options if export in exports}) != len(chosen):
        return None
    return "\n".join(exports)

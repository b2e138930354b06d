"""Who is judged: ourselves, and the libraries that a program would use instead, each by its plain API."""

from __future__ import annotations

import importlib
import importlib.util
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.judge.ask import Ask
from durable_edits.form import FieldStatus
from durable_edits.pdf import fill_form

SAID = {FieldStatus.FILLED, FieldStatus.UNCHANGED}


@dataclass(frozen=True)
class Filled:
    """`said`: the asked keys that the filler claims to be filled; `reasons`: what it says of the others."""

    data: bytes
    said: set[str]
    reasons: dict[str, str]


Fill = Callable[[bytes, Sequence[Ask]], Filled]


def ours(data: bytes, asks: Sequence[Ask]) -> Filled:
    filled = fill_form(data, {ask.key: ask.value for ask in asks})
    asked = {ask.key for ask in asks}
    said = {entry.key for entry in filled.report if entry.status in SAID and entry.key in asked}
    reasons = {entry.key: f"{entry.status}: {entry.reason}" for entry in filled.report if entry.key in asked - said}
    return Filled(filled.data, said, reasons)


def by_pypdf(data: bytes, asks: Sequence[Ask]) -> Filled:
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        reader.decrypt("")
    writer = PdfWriter(clone_from=reader)
    values = {ask.key: _state(ask) or (list(ask.exports) if len(ask.exports) > 1 else ask.value) for ask in asks}
    writer.update_page_form_field_values(None, values, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return Filled(out.getvalue(), set(values), {})


def by_pikepdf(data: bytes, asks: Sequence[Ask]) -> Filled:
    pikepdf: Any = importlib.import_module("pikepdf")
    form_of: Any = importlib.import_module("pikepdf.form")

    wanted = {ask.key: ask for ask in asks}
    said, reasons = set(), {}
    with pikepdf.open(io.BytesIO(data)) as document:
        form = form_of.Form(document, form_of.ExtendedAppearanceStreamGenerator)
        for name, field in form.items():
            ask = wanted.get(name)
            if ask is None:
                continue
            try:
                _set_by_pikepdf(form_of, field, ask)
                said.add(name)
            except Exception as error:
                reasons[name] = f"{type(error).__name__}: {error}"
        out = io.BytesIO()
        document.save(out, encryption=document.is_encrypted)
    return Filled(out.getvalue(), said, reasons)


def _set_by_pikepdf(form: Any, field: Any, ask: Ask) -> None:
    if isinstance(field, form.CheckboxField):
        field.checked = ask.state != "Off"
    elif isinstance(field, form.RadioButtonGroup):
        chosen = next((option for option in field.options if str(option.on_value).lstrip("/") == ask.state), None)
        if chosen is None:
            raise ValueError("no such option")
        field.selected = chosen
    elif isinstance(field, form.ChoiceField):
        option = next(each for each in field.options if each.export_value in ask.exports)
        option.select()
    elif isinstance(field, form.TextField):
        field.value = ask.value
    else:
        raise TypeError(type(field).__name__)


def by_pymupdf(data: bytes, asks: Sequence[Ask]) -> Filled:
    pymupdf: Any = importlib.import_module("pymupdf")
    wanted = {ask.key: ask for ask in asks}
    said, reasons = set(), {}
    with pymupdf.open(stream=data, filetype="pdf") as document:
        for page in document:
            for widget in page.widgets():
                ask = wanted.get(widget.field_name)
                if ask is None:
                    continue
                try:
                    _set_by_pymupdf(widget, ask)
                    said.add(ask.key)
                except Exception as error:
                    reasons[ask.key] = f"{type(error).__name__}: {error}"
        return Filled(document.tobytes(encryption=pymupdf.PDF_ENCRYPT_KEEP), said, reasons)


def _set_by_pymupdf(widget: Any, ask: Ask) -> None:
    state = _state(ask)
    if state is not None:
        on = widget.on_state()
        value = on if ask.state in {on, None} else "Off"
    else:
        value = "\n".join(ask.exports) or ask.value
    widget.field_value = value
    widget.update()


def _state(ask: Ask) -> str | None:
    if ask.state is None:
        return None if ask.shown or ask.exports else "/Yes"
    return f"/{ask.state}"


def fillers() -> tuple[dict[str, Fill], dict[str, str]]:
    """Those that can run here, and why the others can't."""
    found: dict[str, Fill] = {"ours": ours, "pypdf": by_pypdf}
    missing = {}
    for name, fill in (("pikepdf", by_pikepdf), ("pymupdf", by_pymupdf)):
        if importlib.util.find_spec(name) is None:
            missing[name] = "not installed"
        else:
            found[name] = fill
    return found, missing

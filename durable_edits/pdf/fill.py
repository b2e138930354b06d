"""fill_form: values into fields, each drawn and reported; whatever happens to one field, the document comes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from durable_edits.errors import BadRequest, EditsError, InvalidDocument
from durable_edits.form import FieldKind, FieldStatus, Form, Note, Reason, ReportEntry
from durable_edits.pdf.asked import sort_out
from durable_edits.pdf.cache import compiled_form, opens_alike, understood
from durable_edits.pdf.compiled import CompiledField, CompiledForm
from durable_edits.pdf.draw import Canvas, Filled
from durable_edits.pdf.limits import MAX_PAGES
from durable_edits.pdf.options import current_choices
from durable_edits.pdf.stale import shows
from durable_edits.pdf.style import hex_operator
from durable_edits.pdf.tokens import NotUnderstood
from durable_edits.pdf.write_buttons import fill_checkbox, fill_radio
from durable_edits.pdf.write_choice import draw_choice, fill_choice
from durable_edits.pdf.write_text import fill_text

DEFAULT_COLOR = "#000080"
REASON_LENGTH = 120  # characters of an exception in the report; it is for a person
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
WRITERS: dict[FieldKind, Callable[[Canvas, CompiledField, str], Filled]] = {
    FieldKind.TEXT: fill_text,
    FieldKind.CHECKBOX: fill_checkbox,
    FieldKind.RADIO: fill_radio,
    FieldKind.CHOICE: fill_choice,
}


@dataclass(frozen=True)
class FilledDocument:
    """`report` has an entry for each field of the form, in its order, then one for each asked key it does not have.
    `notes` are about the document as a whole."""

    data: bytes
    report: list[ReportEntry]
    notes: list[Note]
    _form: Callable[[], Form]

    @cached_property
    def form(self) -> Form:
        """The form as it now stands, without printed labels."""
        return self._form()


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
    error but an entry in the report. The form's /NeedAppearances and /XFA go unless the document is certified: the
    appearances are drawn, and a viewer of the XFA would show the old values. All else of the file stays, byte for
    byte, encryption included.
    """
    operator = color_operator_of(color)
    compiled = compiled_form(data, password, max_pages)
    return understood(compiled, lambda form: _filled(form, values, operator, password), password, max_pages)


def _filled(compiled: CompiledForm, values: Mapping[str, str], color: bytes, password: str | None) -> FilledDocument:
    """Raises NotUnderstood, for `understood`."""
    asked = sort_out(values, compiled)
    canvas = Canvas(compiled.document.source, color)
    report, stored = list(compiled.report), dict[int, str | None]()
    for key, value in asked.values.items():
        field = compiled.fields[key]
        report[field.index] = _fill(canvas, field, value, stored)
    for entry in asked.refused.values():
        report[compiled.fields[entry.key].index] = entry
    notes = list(compiled.notes) if canvas.changed else []
    if canvas.changed:
        _take_over(canvas, compiled, asked.values)
    report += [
        ReportEntry(key=key, status=FieldStatus.UNKNOWN_FIELD, reason=Reason.UNKNOWN_FIELD) for key in asked.unknown
    ]
    data = _readable(compiled, canvas, password, stored)
    return FilledDocument(data, report, notes, partial(_form_after, compiled, stored, password))


def color_operator_of(color: str) -> bytes:
    """Raises BadRequest for a colour that is none."""
    if _COLOR.fullmatch(color) is None:
        raise BadRequest(f"The colour {color[:20]!r} is none; write it as #RRGGBB, such as {DEFAULT_COLOR}.")
    return hex_operator(color)


def _form_after(compiled: CompiledForm, stored: Mapping[int, str | None], password: str | None) -> Form:
    form = understood(compiled, CompiledForm.form, password, len(compiled.pages))
    keys = list(compiled.fields)
    values = {keys[index]: value for index, value in stored.items()}
    for field in form.fields:
        field.value = values.get(field.key, field.value)
    return form


def _fill(canvas: Canvas, field: CompiledField, value: str, stored: dict[int, str | None]) -> ReportEntry:
    if field.refused is not None:
        return ReportEntry(key=field.node.key, status=FieldStatus.READ_ONLY, reason=field.refused)
    canvas.begin()
    try:
        plain = field.plain
        if plain is not None and field.takes_any and plain.fill(canvas.increment, value, canvas.color):
            stored[field.index] = value or None
            return field.filled
        filled = WRITERS[field.kind](canvas, field, value)
    except (EditsError, MemoryError, NotUnderstood):
        raise
    except Exception as error:
        canvas.drop()
        reason = f"the field is left as it was: {type(error).__name__}: {str(error)[:REASON_LENGTH]}"
        return ReportEntry(key=field.node.key, status=FieldStatus.FAILED, reason=reason)
    canvas.keep()
    if filled.stored:
        stored[field.index] = filled.value
        if filled.status is FieldStatus.FILLED and not filled.reason:
            return field.filled
    reason = filled.reason or (field.filled.reason if filled.stored else "")
    return ReportEntry(key=field.node.key, status=filled.status, reason=reason)


def _take_over(canvas: Canvas, compiled: CompiledForm, asked: Mapping[str, str]) -> None:
    """From now on the form does not ask viewers to draw: what only they would have drawn is drawn here."""
    for field in compiled.undrawn:
        if field.node.key in asked:
            continue
        canvas.begin()
        try:
            _draw_again(canvas, field)
        except (EditsError, MemoryError, NotUnderstood):
            raise
        except Exception:
            canvas.drop()
        canvas.keep()
    if compiled.asks_viewers:
        canvas.begin()
        canvas.change(compiled.tree.form, compiled.asks_viewers)
        canvas.keep()


def _draw_again(canvas: Canvas, field: CompiledField) -> None:
    if field.kind is FieldKind.TEXT:
        for place, frame in field.frames:
            if not shows(place.dictionary, field.label):
                canvas.draw_text(field.node, place, frame, field.value or "", frame.style.color.encode())
        return
    values = set(current_choices(field.node))
    known = [option for option in field.options if option.value in values]
    typed = sorted(values - {option.value for option in known})
    for _place, frame in field.frames[:1]:
        draw_choice(canvas, field, [option.label for option in known] + typed, frame.style.color.encode())


def _readable(compiled: CompiledForm, canvas: Canvas, password: str | None, stored: Mapping[int, str | None]) -> bytes:
    """The filled document, read again before it is handed out where the input had to be mended: an increment is worth
    what it builds on. An input that was read strictly needs no second reading: its cross-reference was followed to the
    end, entry by entry as far as the form goes, and that is all an increment builds on."""
    data = canvas.finish()
    source = compiled.document.source
    if data is source.data or source.sound:
        return data
    holds = {compiled.described[index].key: value for index, value in stored.items()}
    if opens_alike(compiled, data, password, holds):
        return data
    anew = canvas.increment.write_anew()
    if opens_alike(compiled, anew, password, holds):
        return anew
    raise InvalidDocument(
        "The document is damaged: what is filled in could not be read back; save it anew in a viewer and send that.",
        reason="damaged",
    )

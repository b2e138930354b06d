"""overlay: text and check marks into given boxes of pages that have no fields there; fonts, report and increment are
those of a fill."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from pypdf.generic import DictionaryObject, IndirectObject

from durable_edits.errors import EditsError
from durable_edits.form import Box, FieldStatus, Form, Mark, Reason, ReportEntry
from durable_edits.pdf.appearance import CHECK, draw_line, draw_mark, draw_paragraphs
from durable_edits.pdf.cache import opened
from durable_edits.pdf.document import items, reading, resolved
from durable_edits.pdf.draw import Canvas, drawn
from durable_edits.pdf.field_font import standard_font
from durable_edits.pdf.fill import DEFAULT_COLOR, REASON_LENGTH, FilledDocument, color_operator_of
from durable_edits.pdf.frame import Frame
from durable_edits.pdf.geometry import on_page
from durable_edits.pdf.limits import MAX_PAGES
from durable_edits.pdf.pages import Page, Pages
from durable_edits.pdf.serialise import entries, number_token, serialised
from durable_edits.pdf.style import Style, has_room

TWO_LINES = 30.0  # points from which on a box is written in like a paragraph
LARGEST = 12.0  # points of a text whose size nobody gave
CHECKED = {"true"}


def overlay(
    data: bytes,
    marks: Iterable[Mark],
    *,
    color: str = DEFAULT_COLOR,
    password: str | None = None,
    max_pages: int = MAX_PAGES,
) -> FilledDocument:
    """Draw each mark into its box, upright as the page is displayed. The report has an entry for each, in their order.

    Raises InvalidDocument, DocumentEncrypted, DocumentWithoutPages, DocumentTooManyPages, and BadRequest for a colour
    that is none. A certified document is left alone: no certificate lets pages be drawn on.
    """
    operator = color_operator_of(color)
    document, pages = opened(data, password, max_pages)
    form = partial(Form, pages=len(pages), fields=[])
    with reading():
        permissions = resolved(document.root.get("/Perms"), DictionaryObject) or DictionaryObject()
        if "/DocMDP" in permissions:
            refused = [
                ReportEntry(key=mark.key, status=FieldStatus.READ_ONLY, reason=Reason.CERTIFIED) for mark in marks
            ]
            return FilledDocument(data, refused, [], form)
        canvas = Canvas(document.source, operator)
        spots: dict[int, list[tuple[int, float, float]]] = {}
        report = [_draw(canvas, pages, mark, spots) for mark in marks]
        for number, drawings in spots.items():
            page = pages.page(number)
            if page is not None:
                _put_on_page(canvas, page, drawings)
        drawn_on = canvas.finish()
        if drawn_on is not data and not document.source.sound:
            drawn_on = canvas.increment.write_anew()  # an increment is worth what it builds on
        return FilledDocument(drawn_on, report, [], form)


def _draw(canvas: Canvas, pages: Pages, mark: Mark, spots: dict[int, list[tuple[int, float, float]]]) -> ReportEntry:
    page = pages.page(mark.box.page) if 1 <= mark.box.page <= len(pages) else None
    if page is None or page.ref is None:
        return ReportEntry(key=mark.key, status=FieldStatus.FAILED, reason=Reason.NO_PAGE)
    frame, left, bottom = _frame(page, mark.box)
    if frame is None:
        return ReportEntry(key=mark.key, status=FieldStatus.FAILED, reason=Reason.NO_ROOM)
    try:
        mark.value.encode("utf-8")
        if mark.check:
            status, reason = FieldStatus.FILLED, ""
            if mark.value.strip().casefold() not in CHECKED:
                return ReportEntry(key=mark.key, status=FieldStatus.UNCHANGED)
            token = standard_font("ZapfDingbats").token
            number = canvas.appearance(frame, draw_mark(CHECK, frame, canvas.color), {"ZaDb": token})
        else:
            tall = frame.style.height >= TWO_LINES or "\n" in mark.value
            draw = partial(draw_paragraphs if tall else draw_line, mark.value, frame, color=canvas.color)
            number, drawing = canvas.drawing(frame, draw)
            status, reason = drawn([drawing])
            reason = reason.replace("stored whole; ", "")
    except (EditsError, MemoryError):
        raise
    except Exception as error:
        return ReportEntry(key=mark.key, status=FieldStatus.FAILED, reason=str(error)[:REASON_LENGTH])
    spots.setdefault(mark.box.page, []).append((number, left, bottom))
    return ReportEntry(key=mark.key, status=status, reason=reason)


def _frame(page: Page, box: Box) -> tuple[Frame | None, float, float]:
    left, bottom, right, top = on_page(page, box)
    width, height = right - left, top - bottom
    if page.rotate in {90, 270}:
        width, height = height, width
    if not has_room(width, height):
        return None, left, bottom
    font = standard_font()
    fitting = min(LARGEST, height * 1000 / (font.ascent - font.descent))
    return Frame(Style.bare(width, height, page.rotate, fitting), font), left, bottom


def _put_on_page(canvas: Canvas, page: Page, drawings: list[tuple[int, float, float]]) -> None:
    """Behind what the page draws already, whose graphics state is put aside and back."""
    increment, ref = canvas.increment, page.ref
    if ref is None:
        return
    before, after = increment.reserve(), increment.reserve()
    content = [b"Q"]
    names = {}
    for number, left, bottom in drawings:
        names[f"/Overlay{number}"] = b"%d 0 R" % number
        content.append(b"q 1 0 0 1 %b %b cm /Overlay%d Do Q" % (number_token(left), number_token(bottom), number))
    increment.put_stream(before, b"", b"q")
    increment.put_stream(after, b"", b"\n".join(content))
    cipher = increment.cipher
    encrypt = partial(cipher.encrypt_string, ref.idnum, ref.generation) if cipher is not None else None
    raw = page.dictionary.raw_get("/Contents") if "/Contents" in page.dictionary else None
    single = isinstance(raw, IndirectObject) and not isinstance(raw.get_object(), list)
    old = [raw] if single else items(raw)
    listed = b" ".join([b"%d 0 R" % before, *(serialised(each, encrypt) for each in old), b"%d 0 R" % after])
    resources = resolved(page.resources, DictionaryObject) or DictionaryObject()
    objects = resolved(resources.get("/XObject"), DictionaryObject) or DictionaryObject()
    named = entries(objects, encrypt, {id(objects): names})
    merged = entries(resources, encrypt, {id(resources): {"/XObject": b"<<%b>>" % named}})
    changes = {id(page.dictionary): {"/Contents": b"[%b]" % listed, "/Resources": b"<<%b>>" % merged}}
    increment.change(ref.idnum, ref.generation, serialised(page.dictionary, encrypt, changes))

"""What pdfium makes of a document: its widgets with what they hold, its letters with their places, its pages' looks.

Only the proof reads documents this way; nothing that was filled by our own code is believed here.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
from pypdfium2 import raw as pdfium

Rect = tuple[float, float, float, float]

HIDDEN, NO_VIEW = 1 << 1, 1 << 5
PASSWORD = 1 << 13
SCALE = 1.0  # pixels a point: a letter's stroke is still a shade of its own
NAME_ROOM = 4096  # bytes of UTF-16 for a name; a longer one is asked for again with all the room it wants


@dataclass(frozen=True, slots=True)
class Shown:
    """A widget as pdfium reads it. `checked`: None for what is no button; `options`: the labels now selected."""

    name: str
    rect: Rect
    visible: bool
    value: str
    hidden: bool
    checked: bool | None
    export: str
    drawing: bool
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    character: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(slots=True)
class PageSeen:
    """`pixels`: a byte each, row by row, `stride` bytes a row."""

    widgets: list[Shown]
    pixels: bytes = b""
    width: int = 0
    height: int = 0
    stride: int = 0
    letters: list[Letter] = field(default_factory=list)
    _device: dict[Rect, tuple[int, int, int, int]] = field(default_factory=dict)

    def pixel_box(self, rect: Rect) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of a widget's rectangle."""
        return self._device[rect]

    def has(self, rect: Rect) -> bool:
        return rect in self._device


class Witness:
    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        self._document = document
        document.init_forms()
        self._forms = document.formenv

    @property
    def pages(self) -> int:
        return len(self._document)

    def look(self, index: int) -> PageSeen:
        """Widgets and picture of a page."""
        raw = pdfium.FPDF_LoadPage(self._document, index)
        if not raw:
            raise pypdfium2.PdfiumError(f"page {index + 1} cannot be read")
        page = pypdfium2.PdfPage(raw, self._document, self._forms)
        # Before the form environment hears of the page: it draws for itself what the document does not hold.
        drawings = [self._drawing(annotation) for annotation in _annotations(page)]
        if self._forms is not None:
            pdfium.FORM_OnAfterLoadPage(page, self._forms)
        self._document._add_kid(page)  # closed with the document, as by get_page
        found = zip(_annotations(page), drawings, strict=True)
        seen = PageSeen([shown for each, drawing in found if (shown := self._shown(each, drawing)) is not None])
        bitmap = page.render(scale=SCALE, grayscale=True)
        seen.pixels, seen.width, seen.height = bytes(bitmap.buffer), bitmap.width, bitmap.height
        seen.stride = bitmap.stride
        for shown in seen.widgets:
            seen._device[shown.rect] = _on_picture(page, shown.rect, bitmap.width, bitmap.height)
        return seen

    def read(self, index: int, seen: PageSeen) -> None:
        """Letters of the page with its annotations made part of it; its widgets are gone from here on."""
        page = self._document[index]
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        page.close()
        seen.letters = list(_letters(self._document[index]))

    @staticmethod
    def _drawing(annotation: Any) -> bool:
        return bool(_text(pdfium.FPDFAnnot_GetAP, annotation, pdfium.FPDF_ANNOT_APPEARANCEMODE_NORMAL).strip())

    def _shown(self, annotation: Any, drawing: bool) -> Shown | None:
        name = _text(pdfium.FPDFAnnot_GetFormFieldName, self._forms, annotation)
        side = pdfium.FS_RECTF()
        if not name or not pdfium.FPDFAnnot_GetRect(annotation, side):
            return None
        kind = pdfium.FPDFAnnot_GetFormFieldType(self._forms, annotation)
        flags = pdfium.FPDFAnnot_GetFlags(annotation)
        button = kind in {pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON}
        choice = kind in {pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX}
        rect = (
            min(side.left, side.right),
            min(side.bottom, side.top),
            max(side.left, side.right),
            max(side.bottom, side.top),
        )
        return Shown(
            name=name,
            rect=rect,
            visible=not flags & (HIDDEN | NO_VIEW) and rect[2] - rect[0] >= 1 and rect[3] - rect[1] >= 1,
            value=_text(pdfium.FPDFAnnot_GetFormFieldValue, self._forms, annotation),
            hidden=bool(
                kind == pdfium.FPDF_FORMFIELD_TEXTFIELD
                and pdfium.FPDFAnnot_GetFormFieldFlags(self._forms, annotation) & PASSWORD
            ),
            checked=bool(pdfium.FPDFAnnot_IsChecked(self._forms, annotation)) if button else None,
            export=_text(pdfium.FPDFAnnot_GetFormFieldExportValue, self._forms, annotation) if button else "",
            drawing=drawing,
            labels=tuple(self._selected(annotation)) if choice else (),
        )

    def _selected(self, annotation: Any) -> Iterator[str]:
        for index in range(max(pdfium.FPDFAnnot_GetOptionCount(self._forms, annotation), 0)):
            if pdfium.FPDFAnnot_IsOptionSelected(self._forms, annotation, index):
                yield _text(pdfium.FPDFAnnot_GetOptionLabel, self._forms, annotation, index)


@contextmanager
def witness(data: bytes, password: str | None) -> Iterator[Witness]:
    """Raises pypdfium2.PdfiumError for a document that pdfium refuses."""
    document = pypdfium2.PdfDocument(data, password=password)
    try:
        yield Witness(document)
    finally:
        document.close()


def _text(ask: Any, *about: Any) -> str:
    room = NAME_ROOM
    while True:
        buffer = (ctypes.c_ushort * (room // 2))()
        length = ask(*about, buffer, room)
        if length <= room:
            return bytes(buffer)[: max(length - 2, 0)].decode("utf-16-le", "replace")
        room = length + length % 2


def _annotations(page: pypdfium2.PdfPage) -> Iterator[Any]:
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        try:
            yield annotation
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _letters(page: pypdfium2.PdfPage) -> Iterator[Letter]:
    text = page.get_textpage()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    first = 0
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:  # half of a character beyond the first plane; the other half follows
            first = code
            continue
        if 0xDC00 <= code < 0xE000 and first:
            code = 0x10000 + ((first - 0xD800) << 10) + code - 0xDC00
        first = 0
        if code > 32 and pdfium.FPDFText_IsGenerated(text, index) != 1:
            pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
            yield Letter(chr(code), left.value, bottom.value, right.value, top.value)
    text.close()


def _on_picture(page: pypdfium2.PdfPage, rect: Rect, width: int, height: int) -> tuple[int, int, int, int]:
    x, y = ctypes.c_int(), ctypes.c_int()
    spots = []
    for corner in ((rect[0], rect[1]), (rect[2], rect[3])):
        pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, *corner, x, y)
        spots.append((x.value, y.value))
    (x0, y0), (x1, y1) = spots
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

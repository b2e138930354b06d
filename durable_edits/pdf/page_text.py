"""The words printed on a page and where they stand, in points from the top left of the page as displayed."""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

from durable_edits.pdf.geometry import displayed
from durable_edits.pdf.limits import LABEL_WORDS
from durable_edits.pdf.pages import Page

PDFIUM = threading.Lock()  # pdfium is not safe across threads, not even on different documents
LARGEST = 60.0  # points; higher letters are ornaments, or stand upright on the page
# A row of underscores or dots is a place to write on or a leader, not a word.
_WORD = re.compile(r"(?:(?!_{2}|\.{3}|…|[.·]\s[.·]\s)\S)+")
_LEADER = re.compile(r"[._·…\-–—]+")


@dataclass(frozen=True, slots=True)
class Area:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    area: Area


@contextmanager
def opened_text(data: bytes, password: str | None) -> Iterator[pypdfium2.PdfDocument | None]:
    """The document in the text reader, which nobody else may use meanwhile; None where it refuses it."""
    with PDFIUM:
        try:
            reader = pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError:
            yield None
            return
        try:
            yield reader
        finally:
            reader.close()


def page_size(page: Page) -> tuple[float, float]:
    x0, y0, x1, y1 = page.box
    return (y1 - y0, x1 - x0) if page.rotate in {90, 270} else (x1 - x0, y1 - y0)


def words_of(reader: pypdfium2.PdfDocument, page: Page) -> list[Word]:
    """In the order of the page's content; none on a page that the text reader refuses."""
    try:
        text = reader[page.number - 1].get_textpage()
    except pypdfium2.PdfiumError:
        return []
    count = text.count_chars()
    letters = text.get_text_range() if count else ""
    if len(letters) != count:
        letters = "".join(chr(raw.FPDFText_GetUnicode(text.raw, index) or 32) for index in range(count))
    width, height = page_size(page)
    found: list[Word] = []
    for match in _WORD.finditer(letters):
        if len(found) >= LABEL_WORDS:
            break
        if _LEADER.fullmatch(match[0]) and len(match[0]) > 1:
            continue
        corners = [rect for index in (match.start(), match.end() - 1) if (rect := _box(text, index)) is not None]
        if not corners:
            continue
        rect = (
            min(each[0] for each in corners),
            min(each[1] for each in corners),
            max(each[2] for each in corners),
            max(each[3] for each in corners),
        )
        box = displayed(page, rect)
        if 0 < box.height * height < LARGEST and box.width > 0:
            left, top = box.left * width, box.top * height
            area = Area(left, top, left + box.width * width, top + box.height * height)
            found.append(Word(match[0], area))
    return found


def _box(text: pypdfium2.PdfTextPage, index: int) -> tuple[float, float, float, float] | None:
    rect = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(text.raw, index, ctypes.byref(rect)):
        return None
    return (
        min(rect.left, rect.right),
        min(rect.top, rect.bottom),
        max(rect.left, rect.right),
        max(rect.top, rect.bottom),
    )

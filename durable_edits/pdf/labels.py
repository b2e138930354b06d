"""The printed text beside a field, for fields without a tooltip: what a person would call them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pypdfium2

from durable_edits.form import FieldKind
from durable_edits.pdf.limits import LABEL_ABOVE, LABEL_LEFT, LABEL_LENGTH, LABEL_PAGES
from durable_edits.pdf.tree import FieldNode

Rect = tuple[float, float, float, float]
_PDFIUM = threading.Lock()  # pdfium is not safe across threads, not even on different documents
WORD_GAP = 12.0  # points between two pieces of one printed line


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one printed line, in the page's own space."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def printed_labels(data: bytes, nodes: list[FieldNode], password: str | None) -> dict[str, str]:
    """A label for each of the fields that has one near it; a page that the text reader refuses has none."""
    wanted: dict[int, list[tuple[FieldNode, Rect]]] = {}
    for node in nodes:
        widget = next((each for each in node.widgets if each.page is not None and each.rect is not None), None)
        if widget is not None and widget.page is not None and widget.rect is not None:
            wanted.setdefault(widget.page.number, []).append((node, widget.rect))
    with _PDFIUM:
        return _labels(data, wanted, password)


def _labels(data: bytes, wanted: dict[int, list[tuple[FieldNode, Rect]]], password: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        reader = pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError:
        return found
    try:
        for number in sorted(wanted)[:LABEL_PAGES]:
            pieces = _pieces(reader, number - 1)
            for node, rect in wanted[number]:
                if label := _label(node, rect, pieces):
                    found[node.key] = label
    finally:
        reader.close()
    return found


def _pieces(reader: pypdfium2.PdfDocument, index: int) -> list[Piece]:
    try:
        page = reader[index]
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return []
    pieces: list[Piece] = []
    for rect_index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(rect_index)
        words = " ".join(text.get_text_bounded(left, bottom, right, top).split())
        if not words:
            continue
        last = pieces[-1] if pieces else None
        if last and abs(last.bottom - bottom) < 3 and 0 <= left - last.right < WORD_GAP:
            pieces[-1] = Piece(f"{last.text} {words}", last.left, min(bottom, last.bottom), right, max(top, last.top))
        else:
            pieces.append(Piece(words, left, bottom, right, top))
    return pieces


def _label(node: FieldNode, rect: Rect, pieces: list[Piece]) -> str:
    x0, y0, x1, y1 = rect
    middle = (y0 + y1) / 2
    ranked: list[tuple[float, str]] = []
    for piece in pieces:
        level = piece.bottom - 2 <= middle <= piece.top + 2
        if level and -2 <= x0 - piece.right <= LABEL_LEFT:
            ranked.append((x0 - piece.right, piece.text))
        elif level and node.kind is FieldKind.CHECKBOX and -2 <= piece.left - x1 <= LABEL_LEFT:
            ranked.append(((piece.left - x1) * 0.5, piece.text))
        elif -2 <= piece.bottom - y1 <= LABEL_ABOVE and piece.left < x1 and piece.right > x0:
            # Above counts as farther than beside: forms with both mean the one beside.
            ranked.append((20 + 2 * (piece.bottom - y1) + abs(piece.left - x0) * 0.2, piece.text))
    return min(ranked)[1].rstrip(" :.*_")[:LABEL_LENGTH] if ranked else ""

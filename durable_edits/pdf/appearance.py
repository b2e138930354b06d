"""Appearance streams: what a widget shows, written by us so that every viewer shows the same."""

from __future__ import annotations

from dataclasses import replace

from durable_edits.pdf.frame import AFTER_TEXT, Frame
from durable_edits.pdf.layout import Placed, place_comb, place_line, place_paragraphs
from durable_edits.pdf.tree import COMB, MULTILINE, PASSWORD, FieldNode
from durable_edits.pdf.typesetting import Typesetter

CHECK, CIRCLE = "4", "l"  # ZapfDingbats' check mark and disc, by code
SELECTION = b"0.6 0.75 0.86 rg"  # behind a chosen line of a list box, as viewers draw it
# Of the marks that form authors choose: check marks, cross, disc, square, diamond, star.
MARK_WIDTHS = {"4": 846.0, "3": 755.0, "8": 677.0, "l": 791.0, "n": 761.0, "u": 788.0, "H": 816.0}
BULLET = "•"


def comb_cells(node: FieldNode) -> int:
    """How many cells a comb has; 0 for a field that is none."""
    length = node.values.get("/MaxLen")
    if not node.flags & COMB or node.flags & (MULTILINE | PASSWORD) or not isinstance(length, int):
        return 0
    return max(int(length), 0)


def draw_text(text: str, node: FieldNode, frame: Frame, setter: Typesetter, color: bytes) -> tuple[bytes, Placed]:
    """Text as its field's flags want it: in cells, wrapped, hidden, or on one line."""
    style = frame.style
    if node.flags & PASSWORD:
        placed = place_line(BULLET * len(text), style, setter)
    elif cells := comb_cells(node):
        placed = place_comb(text, cells, style, setter)
    elif node.flags & MULTILINE:
        placed = place_paragraphs(text, style, setter)
    else:
        placed = place_line(text, style, setter)
    return _drawn(frame, placed, color), placed


def draw_line(text: str, frame: Frame, setter: Typesetter, color: bytes) -> tuple[bytes, Placed]:
    placed = place_line(text, frame.style, setter)
    return _drawn(frame, placed, color), placed


def draw_paragraphs(text: str, frame: Frame, setter: Typesetter, color: bytes) -> tuple[bytes, Placed]:
    placed = place_paragraphs(text, frame.style, setter)
    return _drawn(frame, placed, color), placed


def draw_list(
    labels: list[str], chosen: set[str], frame: Frame, setter: Typesetter, color: bytes
) -> tuple[bytes, Placed, int]:
    """The visible lines of a list box, the chosen ones marked; scrolled so that the first chosen one is seen.

    Last: the index of the first visible line.
    """
    style = frame.style
    size = style.size or 12.0
    step = (setter.ascent - setter.descent) * size / 1000 * 1.1
    room = max(int(style.height / step), 1)
    first = next((index for index, label in enumerate(labels) if label in chosen), 0)
    top = max(0, first - room + 1)
    content = [frame.under + b"/Tx BMC\nq"]
    for row, label in enumerate(labels[top : top + room]):
        line = replace(style, height=step, size=size, border_width=0.0)
        y = style.height - style.border_width - (row + 1) * step
        mark = b"%b 0 0 %.2f %.2f re f\n" % (SELECTION, style.width, step) if label in chosen else b""
        text = place_line(label, line, setter).content
        clip = b"0 0 %.2f %.2f re W n" % (style.width, step)
        content.append(b"q\n1 0 0 1 0 %.3f cm\n%b%b\nBT\n%b\n%b\nET\nQ" % (y, mark, clip, color, text))
    visible = set(labels[top : top + room])
    return b"\n".join([*content, b"Q\nEMC"]), Placed(b"", len(chosen & visible), len(chosen)), top


def _drawn(frame: Frame, placed: Placed, color: bytes) -> bytes:
    return b"%b%b\n%b%b" % (frame.before_text, color, placed.content, AFTER_TEXT)


def draw_mark(mark: str, frame: Frame, color: bytes) -> bytes:
    """A button that is on. `mark`: a ZapfDingbats code."""
    style, width = frame.style, MARK_WIDTHS.get(mark, 790.0)
    size = min(style.height, style.width) * 0.8
    x, y = (style.width - width * size / 1000) / 2, (style.height - 0.7 * size) / 2
    return b"%bq\nBT\n%b\n/ZaDb %.4g Tf\n1 0 0 1 %.3f %.3f Tm\n<%02X> Tj\nET\nQ" % (
        frame.under, color, size, x, y, ord(mark),
    )  # fmt: skip

"""The commonest texts, drawn without being typeset: ASCII that the field's own font has, on one line or in a comb.

Everything that does not depend on the value is worked out once. What is drawn is what `layout` would draw.
"""

from __future__ import annotations

import re

from durable_edits.pdf.field_font import OWN
from durable_edits.pdf.frame import AFTER_TEXT, Frame
from durable_edits.pdf.layout import Metrics, line_size, line_top, size_by_height, tall_enough, text_room

_PLAIN = re.compile(r"[ -~]*")


class PlainLine:
    """One line in one widget. `draw` is None where `layout` has to decide."""

    def __init__(self, frame: Frame) -> None:
        font, style = frame.font, frame.style
        self._widths = [None if each is None else each / 1000 for each in font.ascii_widths]
        self._metrics = Metrics(font, font.ascent, font.descent)
        self._style, self._before = style, frame.before_text
        self._inset, self._room = text_room(style)
        self._size = size_by_height(style, self._metrics)
        self._top = line_top(style, self._metrics, self._size)
        self._possible = tall_enough(style, self._metrics, self._size)

    def draw(self, text: str, color: bytes) -> bytes | None:
        if not self._possible or not _PLAIN.fullmatch(text):
            return None
        codes = text.encode("ascii")
        try:
            width = sum(map(self._widths.__getitem__, codes))  # type: ignore[arg-type]
        except TypeError:
            return None
        size, top = self._size, self._top
        room = self._room
        if width * size > room:
            size = line_size(width * 1000, room, size)
            if width * size > room * 1.001:
                return None
            top = line_top(self._style, self._metrics, size)
        left = self._inset + (room - width * size) * self._style.align / 2
        return b"%b%b\n1 0 0 1 %.3f %.3f Tm\n/%b %.4g Tf\n<%b> Tj%b" % (
            self._before, color, left, top, _OWN, size, codes.hex().encode(), AFTER_TEXT,
        )  # fmt: skip


class PlainComb:
    """One letter to a cell in one widget. `draw` is None where `layout` has to decide."""

    def __init__(self, frame: Frame, cells: int) -> None:
        font, style = frame.font, frame.style
        self._widths = [None if each is None else each / 1000 for each in font.ascii_widths]
        metrics = Metrics(font, font.ascent, font.descent)
        self._before, self._cells, self._align = frame.before_text, cells, style.align
        self._cell = style.width / cells
        self._size = size_by_height(style, metrics)
        widest = max((each for each in self._widths if each is not None), default=0.0)
        self._possible = tall_enough(style, metrics, self._size) and widest * self._size <= self._cell
        self._top = line_top(style, metrics, self._size)

    def draw(self, text: str, color: bytes) -> bytes | None:
        count = len(text)
        if not self._possible or count > self._cells or not _PLAIN.fullmatch(text):
            return None
        codes, cell, size, widths = text.encode("ascii"), self._cell, self._size, self._widths
        x = (self._cells - count) * self._align // 2 * cell + cell / 2
        spots: list[float | int] = []
        last = 0.0
        for code in codes:
            width = widths[code]
            if width is None:
                return None
            left = x - width * size / 2
            spots += (left - last, code)
            last, x = left, x + cell
        letters = (b"%.3f 0 Td<%02X>Tj\n" * count) % tuple(spots)
        return b"%b%b\n/%b %.4g Tf\n0 %.3f Td\n%b%b" % (
            self._before, color, _OWN, size, self._top, letters, AFTER_TEXT[1:],
        )  # fmt: skip


_OWN = OWN.encode()

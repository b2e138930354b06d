"""Plain text of several lines: wrapped and made smaller as `layout` does it, from a table of what each size holds."""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

from durable_edits.pdf.field_font import OWN
from durable_edits.pdf.frame import AFTER_TEXT, Draw, Frame
from durable_edits.pdf.layout import STEP, Metrics, lines_in, paragraph_size, paragraph_top, text_room
from durable_edits.pdf.limits import LEADING, MIN_SIZE

_OWN = OWN.encode()
Widths = tuple[float | None, ...]


class _Size(NamedTuple):
    """`limit` is the room in sizes; `tops`: the first baseline by the number of lines."""

    size: float
    limit: float
    possible: int
    tops: tuple[float, ...]
    font: bytes


def plain_paragraph(frame: Frame) -> Draw | None:
    """Words parted by single blanks, wrapped from the top."""
    font, style = frame.font, frame.style
    metrics = Metrics(font, font.ascent, font.descent)
    inset, room = text_room(style)
    usual = paragraph_size(style)
    smallest = min(usual, MIN_SIZE)
    last = math.ceil((usual - smallest) / STEP)
    align = style.align / 2
    widths, blank = frame.font.ascii_widths, frame.font.ascii_widths[32]
    if not lines_in(style, metrics, usual) or blank is None:
        return None
    before = frame.before_text

    @functools.cache
    def smaller(steps: int) -> _Size:
        size = max(usual - steps * STEP, smallest)
        possible = lines_in(style, metrics, size)
        tops = tuple(paragraph_top(style, metrics, size, count) for count in range(possible + 1))
        return _Size(size, room / size, possible, tops, b"\n/%b %.4g Tf\n" % (_OWN, size))

    def shrunk(words: list[tuple[bytes, float]]) -> tuple[_Size, list[bytes]]:
        """The largest size at which all lines are seen, as `layout` looks for it."""
        too_large, fitting = 0, last
        while too_large + 1 < fitting:
            middle = (too_large + fitting) // 2
            tried = smaller(middle)
            if len(_wrapped(words, widths, blank, tried.limit)) > tried.possible:
                too_large = middle
            else:
                fitting = middle
        found = smaller(fitting)
        return found, _wrapped(words, widths, blank, found.limit)

    def draw(codes: bytes, color: bytes) -> bytes | None:
        if b"  " in codes or codes[:1] == b" " or codes[-1:] == b" ":
            return None
        at = smaller(0)
        try:
            words = [(word, _width(word, widths)) for word in codes.split(b" ")]
            lines = _wrapped(words, widths, blank, at.limit)
            if len(lines) > at.possible:
                at, lines = shrunk(words)
            if len(lines) > at.possible:
                return None
            parts, y, step = [before, color, at.font], at.tops[len(lines)], at.size * LEADING
            for line in lines:
                shown = line.rstrip(b" ")
                free = max(room - _width(shown, widths) * at.size, 0) if align else 0.0
                parts.append(b"1 0 0 1 %.3f %.3f Tm\n<%b> Tj\n" % (inset + free * align, y, shown.hex().encode()))
                y -= step
        except TypeError:
            return None
        parts.append(AFTER_TEXT[1:])
        return b"".join(parts)

    return draw


def _width(codes: bytes, widths: Widths) -> float:
    """Raises TypeError for a letter that the font does not have."""
    return sum(map(widths.__getitem__, codes))  # type: ignore[arg-type]


def _wrapped(words: list[tuple[bytes, float]], widths: Widths, blank: float, limit: float) -> list[bytes]:
    """Each word comes with its width."""
    lines, line, used = [], b"", 0.0
    for index, (word, width) in enumerate(words, 1):
        if used and used + width > limit:
            lines.append(line)
            line, used = b"", 0.0
        if width > limit:
            *parts, line = _broken(word if index == len(words) else word + b" ", widths, limit)
            lines += parts
            used = _width(line, widths)
        else:
            line, used = line + word + b" ", used + width + blank
    return [*lines, line]


def _broken(word: bytes, widths: Widths, limit: float) -> list[bytes]:
    """A word wider than the line, cut where the line ends."""
    parts, begin, used = [], 0, 0.0
    for index, code in enumerate(word):
        width = widths[code] or 0.0
        if index > begin and used + width > limit:
            parts.append(word[begin:index])
            begin, used = index, 0.0
        used += width
    return [*parts, word[begin:]]

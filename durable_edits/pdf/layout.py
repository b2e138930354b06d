"""Place text in a box: size, lines, positions; and the content operators that draw it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from durable_edits.pdf.fallback import Glyph
from durable_edits.pdf.limits import AUTO_SIZE, MAX_AUTO_SIZE, MIN_SIZE
from durable_edits.pdf.style import Style
from durable_edits.pdf.typesetting import Line, Typesetter

PADDING = 2.0  # points between border and text, as viewers leave
LEADING = 1.15  # line distance in sizes
STEP = 0.5  # points by which a size that does not fit is made smaller
_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Placed:
    """`shown` counts the characters that are within the box."""

    content: list[str]
    shown: int
    total: int

    @property
    def fits(self) -> bool:
        return self.shown >= self.total


def place_line(text: str, style: Style, setter: Typesetter) -> Placed:
    """One line, centred in height, aligned by /Q; shrunk down to MIN_SIZE where it is too wide."""
    flat = " ".join(text.splitlines())
    line = setter.line(flat)
    inset = style.border_width + PADDING
    room = max(style.width - 2 * inset, 1.0)
    tall = (setter.ascent - setter.descent) / 1000
    size = style.size or min(max((style.height - 2 * style.border_width) * 0.9 / tall, MIN_SIZE), MAX_AUTO_SIZE)
    if line.width * size / 1000 > room:
        size = max(room * 1000 / line.width, min(size, MIN_SIZE))
    shown = len(flat)
    width = line.width * size / 1000
    if width > room * 1.001:
        shown = int(len(flat) * room / width)
        x = inset
    else:
        x = inset + (room - width) * style.align / 2
    return Placed(_text(style, [(line, x, _centred(style, setter, size))], size), shown, len(flat))


def place_comb(text: str, cells: int, style: Style, setter: Typesetter) -> Placed:
    """One character to a cell, centred in it; aligned by whole cells."""
    shown = text[:cells]
    cell = style.width / cells
    tall = (setter.ascent - setter.descent) / 1000
    size = style.size or min(max((style.height - 2 * style.border_width) * 0.9 / tall, MIN_SIZE), MAX_AUTO_SIZE)
    lines = [setter.line(character) for character in shown]
    widest = max((line.width for line in lines), default=0.0)
    if widest * size / 1000 > cell:
        size = max(cell * 1000 / widest, MIN_SIZE)
    first = (cells - len(shown)) * style.align // 2
    y = _centred(style, setter, size)
    spots = [
        (line, (first + index) * cell + (cell - line.width * size / 1000) / 2, y) for index, line in enumerate(lines)
    ]
    return Placed(_text(style, spots, size), len(shown), len(text))


def place_paragraphs(text: str, style: Style, setter: Typesetter) -> Placed:
    """Wrapped lines from the top; a size that does not fit is made smaller down to MIN_SIZE."""
    inset = style.border_width + PADDING
    room, height = max(style.width - 2 * inset, 1.0), max(style.height - 2 * inset, 1.0)
    words = [
        [(word, setter.line(word.rstrip()).width, setter.line(word).width) for word in _WORDS.findall(paragraph)]
        for paragraph in text.splitlines() or [""]
    ]
    size = style.size or AUTO_SIZE
    lines = _wrap(words, room, size, setter)
    while len(lines) * size * LEADING > height and size > MIN_SIZE:
        size = max(size - STEP, MIN_SIZE)
        lines = _wrap(words, room, size, setter)
    visible = max(int(height / (size * LEADING) + 0.01), 1)
    spots, y = [], style.height - inset - setter.ascent * size / 1000
    for wrapped in lines[:visible]:
        line = setter.line(wrapped.rstrip())
        spots.append((line, inset + max(room - line.width * size / 1000, 0) * style.align / 2, y))
        y -= size * LEADING
    total = sum(len(line.strip()) for line in lines)
    shown = sum(len(line.strip()) for line in lines[:visible])
    return Placed(_text(style, spots, size), shown, total)


def _wrap(paragraphs: list[list[tuple[str, float, float]]], room: float, size: float, setter: Typesetter) -> list[str]:
    limit = room * 1000 / size
    lines = []
    for words in paragraphs:
        line, used = "", 0.0
        for word, bare, full in words:
            if line and used + bare > limit:
                lines.append(line)
                line, used = "", 0.0
            if bare > limit:
                *whole, line = _break(word, limit, setter)
                lines += whole
                used = setter.line(line).width
            else:
                line, used = line + word, used + full
        lines.append(line)
    return lines


def _break(word: str, limit: float, setter: Typesetter) -> list[str]:
    """A word wider than the line (or a script that writes no spaces), cut where the line ends."""
    parts, part, used = [], "", 0.0
    for character in word:
        width = setter.line(character).width
        if part and used + width > limit:
            parts.append(part)
            part, used = "", 0.0
        part, used = part + character, used + width
    return [*parts, part]


def _centred(style: Style, setter: Typesetter, size: float) -> float:
    tall = (setter.ascent - setter.descent) * size / 1000
    return (style.height - tall) / 2 - setter.descent * size / 1000


def _text(style: Style, spots: Iterable[tuple[Line, float, float]], size: float) -> list[str]:
    b = style.border_width
    clip = f"{b:g} {b:g} {max(style.width - 2 * b, 0):g} {max(style.height - 2 * b, 0):g} re W n"
    content = ["/Tx BMC", "q", clip, "BT", style.color]
    for line, x, y in spots:
        content.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm")
        for run in line.runs:
            content.append(f"/{run.resource} {size:.4g} Tf")
            if run.glyphs:
                content += _glyphs(run.glyphs, size)
            else:
                content.append(f"<{run.codes.hex()}> Tj")
    return [*content, "ET", "Q", "EMC"]


def _glyphs(glyphs: Iterable[tuple[Glyph, float]], size: float) -> list[str]:
    """Shaped glyphs: offsets as kerning and rise, differences to the declared width as kerning behind."""
    content, row, rise = [], "", 0.0
    for glyph, declared in glyphs:
        x, y, advance, cid = glyph.x, glyph.y, glyph.advance, glyph.cid
        if y != rise:
            content += [f"[{row}] TJ", f"{y * size / 1000:.3f} Ts"]
            row, rise = "", y
        before, behind = -x, x + declared - advance
        row += f"{before:.3g} " if abs(before) > 0.5 else ""
        row += f"<{cid:04X}>"
        row += f" {behind:.4g} " if abs(behind) > 0.5 else ""
    content.append(f"[{row}] TJ")
    return [*content, "0 Ts"] if rise else content

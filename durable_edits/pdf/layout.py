"""Place text in a box: size, lines, positions; and the content operators that draw it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from durable_edits.pdf.bidi import LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK, direction_mark
from durable_edits.pdf.clusters import clusters, pieces
from durable_edits.pdf.field_font import FieldFont
from durable_edits.pdf.limits import AUTO_SIZE, LEADING, MAX_AUTO_SIZE, MIN_SIZE
from durable_edits.pdf.style import Style
from durable_edits.pdf.typesetting import Line, Typesetter

PADDING = 2.0  # points between border and text, as viewers leave
SLACK = 1.02  # of the room: what may be lost of a letter's height or width without anyone seeing it
WIDER = 1.001  # of the room: what sums of widths may be off
AUTO_SHARE = 0.6  # of a low box's height: a smaller size 0 would be hard to read
STEP = 0.5  # points by which a size that does not fit is made smaller


@dataclass(frozen=True, slots=True)
class Metrics:
    """How high and low the letters of a text reach, in thousandths of the size; `font` is the field's own."""

    font: FieldFont
    ascent: float
    descent: float


class Paragraph(NamedTuple):
    """`mark` is what each of its lines begins with; a word has its width without and with the blanks behind it."""

    mark: str
    words: list[tuple[str, float, float]]


@dataclass(frozen=True, slots=True)
class Placed:
    """`content` is what stands between BT and ET; `shown` counts the characters that are within the box."""

    content: bytes
    shown: int
    total: int

    @property
    def fits(self) -> bool:
        return self.shown >= self.total


def place_line(text: str, style: Style, setter: Typesetter) -> Placed:
    """One line, centred in height, aligned by /Q; shrunk down to MIN_SIZE where it is too wide."""
    flat = " ".join(text.splitlines())
    line = setter.line(flat)
    metrics = _metrics(setter)
    inset, room = text_room(style)
    size = size_by_height(style, metrics)
    if line.width * size / 1000 > room:
        size = line_size(line.width, room, size)
    shown = total = len(flat)
    if line.width * size / 1000 > room * WIDER:
        letters = clusters(flat)
        seen = _seen(letters, room * WIDER * 1000 / size, setter)
        line, shown, total = setter.line(seen), len(seen), sum(map(len, letters))
    x = inset + max(room - line.width * size / 1000, 0) * style.align / 2
    if not tall_enough(style, metrics, size):
        shown = 0
    return Placed(_text([(line, x, line_top(style, metrics, size))], size), shown, total)


def _seen(letters: list[str], limit: float, setter: Typesetter) -> str:
    """As many whole letters from the beginning as are no wider than `limit`, in thousandths of the size."""
    plain = [setter.font.ascii_widths[ord(each)] if each.isascii() else None for each in letters]
    widths = [each * 1000 for each in plain if each is not None]
    if len(widths) == len(letters):
        return "".join(letters[: bisect_right(list(accumulate(widths)), limit)])
    fitting, too_many = 0, len(letters)
    while fitting + 1 < too_many:
        middle = (fitting + too_many) // 2
        if setter.line("".join(letters[:middle])).width > limit:
            too_many = middle
        else:
            fitting = middle
    return "".join(letters[:fitting])


def place_comb(text: str, cells: int, style: Style, setter: Typesetter) -> Placed:
    """One character to a cell, centred in it; aligned by whole cells."""
    letters = clusters(text)
    cell = style.width / cells
    lines = setter.cells(text, cells)
    metrics = _metrics(setter)
    size = size_by_height(style, metrics)
    widest = max((line.width for line in lines), default=0.0)
    if widest * size / 1000 > cell:
        size = max(cell * 1000 / widest, MIN_SIZE)
    first = (cells - len(lines)) * style.align // 2
    y = line_top(style, metrics, size)
    spots = [
        (line, (first + index) * cell + (cell - line.width * size / 1000) / 2, y) for index, line in enumerate(lines)
    ]
    fits = tall_enough(style, metrics, size) and widest * size / 1000 <= cell * SLACK
    return Placed(_text(spots, size), len(lines) if fits else 0, len(letters))


def place_paragraphs(text: str, style: Style, setter: Typesetter) -> Placed:
    """Wrapped lines from the top; a size that does not fit is made smaller down to MIN_SIZE."""
    inset, room = text_room(style)
    words = [
        Paragraph(
            direction_mark(paragraph),
            [(word, setter.line(word.rstrip()).width, setter.line(word).width) for word in pieces(paragraph)],
        )
        for paragraph in text.splitlines() or [""]
    ]
    size = paragraph_size(style)
    lines = _wrap(words, room, size, setter)
    if len(lines) > lines_in(style, _metrics(setter), size):
        size, lines = _shrunk(words, room, size, style, setter)
    visible = lines_in(style, _metrics(setter), size)
    spots, y = [], paragraph_top(style, _metrics(setter), size, min(len(lines), max(visible, 1)))
    for wrapped in lines[: max(visible, 1)]:
        line = setter.line(wrapped.rstrip())
        spots.append((line, inset + max(room - line.width * size / 1000, 0) * style.align / 2, y))
        y -= size * LEADING
    total = sum(_letters(line) for line in lines)
    shown = sum(_letters(line) for line in lines[:visible])
    return Placed(_text(spots, size), shown, total)


def _shrunk(
    words: list[Paragraph], room: float, size: float, style: Style, setter: Typesetter
) -> tuple[float, list[str]]:
    """The largest size, by steps of STEP, at which all lines are seen; MIN_SIZE where none is small enough."""
    smallest = min(size, MIN_SIZE)
    too_large, fitting = 0, math.ceil((size - smallest) / STEP)
    while too_large + 1 < fitting:
        middle = (too_large + fitting) // 2
        tried = size - middle * STEP
        if len(_wrap(words, room, tried, setter)) > lines_in(style, _metrics(setter), tried):
            too_large = middle
        else:
            fitting = middle
    found = max(size - fitting * STEP, smallest)
    return found, _wrap(words, room, found, setter)


def _above(style: Style) -> float:
    """Free above the first line and below the last."""
    return style.border_width + min(PADDING, style.height * 0.1)


def paragraph_size(style: Style) -> float:
    """The size that is tried first."""
    height = max(style.height - 2 * _above(style), 1.0)
    return min(style.size or AUTO_SIZE, max(height, MIN_SIZE), MAX_AUTO_SIZE)


def paragraph_top(style: Style, metrics: Metrics, size: float, count: int) -> float:
    """The first line's baseline: a line below the top, higher where the last of `count` lines would be cut."""
    usual = style.height - _above(style) - (metrics.font.line + metrics.font.descent) * size / 1000
    lowest = _above(style) - metrics.descent * size / 1000 + (count - 1) * size * LEADING
    return min(max(usual, lowest), style.height - _above(style) - metrics.ascent * size / 1000)


def lines_in(style: Style, metrics: Metrics, size: float) -> int:
    """How many lines are seen whole."""
    height = max(style.height - 2 * _above(style), 1.0)
    first = (metrics.ascent - metrics.descent) * size / 1000
    if first > height * SLACK:
        return 0
    return 1 + max(int((height - first) / (size * LEADING) + 0.01), 0)


def _letters(line: str) -> int:
    return len(line.lstrip(LEFT_TO_RIGHT_MARK + RIGHT_TO_LEFT_MARK).strip())


def _wrap(paragraphs: list[Paragraph], room: float, size: float, setter: Typesetter) -> list[str]:
    limit = room * 1000 / size
    lines = []
    for mark, words in paragraphs:
        line, used = mark, 0.0
        for word, bare, full in words:
            if used and used + bare > limit:
                lines.append(line)
                line, used = mark, 0.0
            if bare > limit:
                *whole, line = (mark + part for part in _break(word, limit, setter))
                lines += whole
                used = setter.line(line).width
            else:
                line, used = line + word, used + full
        lines.append(line)
    return lines


def _break(word: str, limit: float, setter: Typesetter) -> list[str]:
    """A word wider than the line (or a script that writes no spaces), cut where the line ends."""
    parts, part, used = [], "", 0.0
    for cluster in clusters(word):
        width = setter.line(cluster).width
        if part and used + width > limit:
            parts.append(part)
            part, used = "", 0.0
        part, used = part + cluster, used + width
    return [*parts, part]


def text_room(style: Style) -> tuple[float, float]:
    """Where a line may begin, and how wide it may be."""
    inset = style.border_width + PADDING
    return inset, max(style.width - 2 * inset, 1.0)


def line_size(width: float, room: float, size: float) -> float:
    """The size at which a line too wide for its room fits, if that is legible. `width` in thousandths of the size."""
    return max(room * 1000 / width, min(size, MIN_SIZE))


def size_by_height(style: Style, metrics: Metrics) -> float:
    """The author's size where the box is high enough for it; for size 0 as high as viewers make it."""
    tall = (metrics.ascent - metrics.descent) / 1000
    room = style.height - 2 * style.border_width
    if style.size and style.size * tall <= room * SLACK:
        return style.size
    fitting = max(room * 0.9 / tall, MIN_SIZE)
    if style.size:
        return min(fitting, style.size)
    line = (style.height - 4 * max(style.border_width, 1)) * 1000 / metrics.font.line
    return min(max(line, style.height * AUTO_SHARE), fitting, MAX_AUTO_SIZE)


def tall_enough(style: Style, metrics: Metrics, size: float) -> bool:
    return (metrics.ascent - metrics.descent) * size / 1000 <= style.height * SLACK


def line_top(style: Style, metrics: Metrics, size: float) -> float:
    """The baseline of the field's own font, so that neighbouring fields agree, moved where letters would be cut."""
    own = (metrics.font.line + 2 * metrics.font.descent) * size / 1000
    lowest = style.border_width - metrics.descent * size / 1000
    highest = style.height - style.border_width - metrics.ascent * size / 1000
    if highest < lowest:
        return (highest + lowest) / 2
    return min(max((style.height - own) / 2, lowest), highest)


def _metrics(setter: Typesetter) -> Metrics:
    return Metrics(setter.font, setter.ascent, setter.descent)


def _text(spots: Iterable[tuple[Line, float, float]], size: float) -> bytes:
    content = []
    for line, x, y in spots:
        content.append(b"1 0 0 1 %.3f %.3f Tm" % (x, y))
        for run in line.runs:
            content += [b"/%b %.4g Tf" % (run.resource.encode(), size), b"<%b> Tj" % run.codes.hex().encode()]
    return b"\n".join(content)

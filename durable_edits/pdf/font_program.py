"""A font program of the glyphs that one document draws: a CID-keyed CFF font (Adobe Technical Note 5176)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Bounds = tuple[int, int, int, int]  # left, bottom, right, top
NO_INK: Bounds = (0, 0, 0, 0)

MOVE, LINE, CURVE, END = b"\x15", b"\x05", b"\x08", b"\x0e"
ADOBE, IDENTITY = 391, 392  # the first two strings of the font's own
DEFAULT_WIDTH, NOMINAL_WIDTH = b"\x14", b"\x15"
ROS, CID_COUNT, FONT_BOX, CHARSET, FD_SELECT, CHAR_STRINGS, FD_ARRAY, PRIVATE = (
    b"\x0c\x1e",
    b"\x0c\x22",
    b"\x05",
    b"\x0f",
    b"\x0c\x25",
    b"\x11",
    b"\x0c\x24",
    b"\x12",
)


@dataclass(frozen=True, slots=True)
class Outline:
    """Segments of one to three points each, absolute, in thousandths of the size: a move, a line, a cubic curve.

    A curve has three points; what starts a contour is in `moves`.
    """

    segments: tuple[tuple[bool, tuple[tuple[float, float], ...]], ...]


class Pen:
    """Takes a glyph's outline as the shaper hands it out, scaled; quadratic curves become cubic ones."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._at = (0.0, 0.0)
        self._segments: list[tuple[bool, tuple[tuple[float, float], ...]]] = []

    def outline(self) -> Outline:
        return Outline(tuple(self._segments))

    def moveTo(self, point: tuple[float, float]) -> None:
        self._add(True, point)

    def lineTo(self, point: tuple[float, float]) -> None:
        self._add(False, point)

    def curveTo(self, *points: tuple[float, float]) -> None:
        self._add(False, *points)

    def qCurveTo(self, control: tuple[float, float], end: tuple[float, float]) -> None:
        (x0, y0), (x1, y1), (x2, y2) = self._at, control, end
        first = (x0 + 2 * (x1 - x0) / 3, y0 + 2 * (y1 - y0) / 3)
        second = (x2 + 2 * (x1 - x2) / 3, y2 + 2 * (y1 - y2) / 3)
        self._add(False, first, second, end)

    def closePath(self) -> None:
        """Contours of a font program close by themselves."""

    def endPath(self) -> None:
        """As closePath."""

    def _add(self, move: bool, *points: tuple[float, float]) -> None:
        self._at = points[-1]
        self._segments.append((move, tuple((x * self._scale, y * self._scale) for x, y in points)))


def char_string(outlines: Iterable[tuple[Outline, float, float]], width: int) -> tuple[bytes, Bounds]:
    """One glyph made of outlines, each moved by x and y; and where its ink is."""
    code = [_number(width)]
    at_x = at_y = 0
    left = bottom = 1 << 30
    right = top = -(1 << 30)
    for outline, x, y in outlines:
        for move, points in outline.segments:
            for point_x, point_y in points:
                new_x, new_y = round(point_x + x), round(point_y + y)
                code += [_number(new_x - at_x), _number(new_y - at_y)]
                at_x, at_y = new_x, new_y
                left, right = min(left, at_x), max(right, at_x)
                bottom, top = min(bottom, at_y), max(top, at_y)
            code.append(MOVE if move else LINE if len(points) == 1 else CURVE)
    code.append(END)
    return b"".join(code), (NO_INK if left > right else (left, bottom, right, top))


def font_program(name: str, char_strings: Sequence[bytes], box: Bounds) -> bytes:
    """The program whose CIDs are 1, 2, 3… in the order of `char_strings`; 0, the glyph for none, is empty."""
    glyphs = _index([_number(0) + END, *char_strings])
    count = len(char_strings) + 1
    head = b"\x01\x00\x04\x04" + _index([name.encode("ascii")])
    tail = _index([b"Adobe", b"Identity"]) + _index([])
    charset = b"\x02\x00\x01" + (count - 2).to_bytes(2, "big")
    select = b"\x03\x00\x01\x00\x00\x00" + count.to_bytes(2, "big")
    private = _number(0) + DEFAULT_WIDTH + _number(0) + NOMINAL_WIDTH
    top_length = len(_index([_top(count, box, 0, 0, 0, 0)]))
    at = len(head) + top_length + len(tail)
    places = [at, at + len(charset), at + len(charset) + len(select)]
    fonts = places[-1] + len(glyphs) + len(private)
    font = _index([_offset(len(private)) + _offset(places[-1] + len(glyphs)) + PRIVATE])
    top = _index([_top(count, box, places[0], places[1], places[2], fonts)])
    return head + top + tail + charset + select + glyphs + private + font


def _top(count: int, box: Bounds, charset: int, select: int, glyphs: int, fonts: int) -> bytes:
    parts = [_number(ADOBE), _number(IDENTITY), _number(0), ROS, _number(count), CID_COUNT]
    parts += [*(_number(side) for side in box), FONT_BOX]
    for place, key in ((charset, CHARSET), (select, FD_SELECT), (glyphs, CHAR_STRINGS), (fonts, FD_ARRAY)):
        parts += [_offset(place), key]
    return b"".join(parts)


def _index(items: Sequence[bytes]) -> bytes:
    if not items:
        return b"\x00\x00"
    offsets, end = [1], 1
    for item in items:
        end += len(item)
        offsets.append(end)
    table = b"".join(offset.to_bytes(4, "big") for offset in offsets)
    return len(items).to_bytes(2, "big") + b"\x04" + table + b"".join(items)


def _number(value: int) -> bytes:
    if -107 <= value <= 107:
        return bytes((value + 139,))
    if 108 <= value <= 1131:
        value -= 108
        return bytes((247 + (value >> 8), value & 255))
    if -1131 <= value <= -108:
        value = -value - 108
        return bytes((251 + (value >> 8), value & 255))
    return b"\x1c" + min(max(value, -32768), 32767).to_bytes(2, "big", signed=True)


def _offset(value: int) -> bytes:
    """A number of five bytes, so that the table's length does not depend on what is in it."""
    return b"\x1d" + value.to_bytes(4, "big", signed=True)

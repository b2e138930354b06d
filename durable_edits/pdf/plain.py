"""The commonest values, written without being typeset: ASCII that the field's own font has.

Everything that does not depend on the value is worked out once. What is drawn is what `layout` would draw; where that
is not certain, `draw` is None and `layout` has to decide.
"""

from __future__ import annotations

import re

from durable_edits.pdf.document import Source
from durable_edits.pdf.field_font import OWN
from durable_edits.pdf.frame import AFTER_TEXT, Draw, Frame
from durable_edits.pdf.increment import Increment
from durable_edits.pdf.layout import Metrics, line_size, line_top, size_by_height, tall_enough, text_room
from durable_edits.pdf.template import Place

_OWN = OWN.encode()
_ESCAPED = re.compile(rb"[()\\]")


class PlainText:
    """A field whose dictionaries are objects of their own. `drawn`: by widget, how its frame is filled."""

    def __init__(self, places: list[Place], drawn: list[tuple[Place, Frame, Draw]], source: Source) -> None:
        frames: list[tuple[Frame, Draw]] = []
        shows: dict[Place, int] = {}
        for place, frame, draw in drawn:
            same = (index for index, (other, _) in enumerate(frames) if frame is other)
            shows[place] = next(same, len(frames))
            if shows[place] == len(frames):
                frames.append((frame, draw))
        self._heads = [(b" 0 obj\n<<%b/Length " % frame.own_entries, draw) for frame, draw in frames]
        self._objects = [
            _object(place, source, place in places or "/V" in place.dictionary, shows.get(place))
            for place in dict.fromkeys([*places, *shows])
        ]

    def fill(self, increment: Increment, value: str, color: bytes, shown: str | None = None) -> bool:
        """Whether the value is stored and drawn. `shown` is what stands for it on the page."""
        if not (value.isascii() and value.isprintable()):
            return False
        codes = value.encode("ascii")
        letters = codes if shown is None else shown.encode("ascii")
        new, cipher = increment.new, increment.cipher
        first = number = increment.first + len(new)
        made = []
        for head, draw in self._heads:
            content = draw(letters, color)
            if content is None:
                return False
            if cipher is not None:
                content = cipher.encrypt_stream(number, 0, content)
            made.append(b"%d%b%d>>\nstream\n%b\nendstream\nendobj\n" % (number, head, len(content), content))
            number += 1
        new += made
        plain = codes
        if b"(" in codes or b")" in codes or b"\\" in codes:
            plain = _ESCAPED.sub(rb"\\\g<0>", codes)
        for number, generation, before, stores, show in self._objects:
            body = before
            if stores:
                if cipher is None:
                    body = b"%b\n/V (%b)" % (body, plain)
                else:
                    body = b"%b\n/V <%b>" % (body, cipher.encrypt_string(number, generation, codes).hex().encode())
            if show is None:
                body += b">>\nendobj\n"
            else:
                body = b"%b\n/AP<</N %d 0 R>>>>\nendobj\n" % (body, first + show)
            increment.changed.append((number, generation, body))
        return True


def _object(place: Place, source: Source, stores: bool, shows: int | None) -> tuple[int, int, bytes, bool, int | None]:
    """Number, generation, what stands before what a fill writes, whether it holds the value, which appearance."""
    number, generation = place.holder.idnum, place.holder.generation
    before = b"%d %d obj\n<<%b" % (number, generation, place.template(source).body)
    return number, generation, before, stores, shows


def plain_line(frame: Frame) -> Draw | None:
    """One line, aligned, made smaller where it is too wide; None where no size is."""
    font, style = frame.font, frame.style
    metrics = Metrics(font, font.ascent, font.descent)
    inset, room = text_room(style)
    usual = size_by_height(style, metrics)
    if not tall_enough(style, metrics, usual):
        return None
    width_of = frame.font.ascii_widths.__getitem__
    before, align = frame.before_text, style.align / 2
    top = b" %.3f Tm\n/%b %.4g Tf\n<" % (line_top(style, metrics, usual), _OWN, usual)
    after = b"> Tj" + AFTER_TEXT

    def draw(codes: bytes, color: bytes) -> bytes | None:
        try:
            width = sum(map(width_of, codes))  # type: ignore[arg-type]
        except TypeError:
            return None
        taken = width * usual
        if taken <= room:
            return b"%b%b\n1 0 0 1 %.3f%b%b%b" % (
                before, color, inset + (room - taken) * align, top, codes.hex().encode(), after,
            )  # fmt: skip
        size = line_size(width * 1000, room, usual)
        if width * size > room * 1.001:
            return None
        left, y = inset + (room - width * size) * align, line_top(style, metrics, size)
        return b"%b%b\n1 0 0 1 %.3f %.3f Tm\n/%b %.4g Tf\n<%b%b" % (
            before, color, left, y, _OWN, size, codes.hex().encode(), after,
        )  # fmt: skip

    return draw


def plain_comb(frame: Frame, cells: int) -> Draw | None:
    """One letter to a cell, centred in it."""
    font, style = frame.font, frame.style
    metrics = Metrics(font, font.ascent, font.descent)
    size, cell = size_by_height(style, metrics), style.width / cells
    half = [None if each is None else each * size / 2 for each in frame.font.ascii_widths]
    if not tall_enough(style, metrics, size):
        return None
    before = frame.before_text
    start = b"\n/%b %.4g Tf\n0 %.3f Td\n" % (_OWN, size, line_top(style, metrics, size))
    # From one cell's middle to where a letter begins, and from there to the next cell's middle.
    steps = [
        None if each is None or 2 * each > cell else (each, b"<%02X>Tj\n" % code) for code, each in enumerate(half)
    ]

    def draw(codes: bytes, color: bytes) -> bytes | None:
        count = len(codes)
        if count > cells:
            return None
        move = (cells - count) * style.align // 2 * cell + cell / 2
        parts = [before, color, start]
        for code in codes:
            step = steps[code]
            if step is None:
                return None
            parts.append(b"%.3f 0 Td%b" % (move - step[0], step[1]))
            move = cell + step[0]
        parts.append(AFTER_TEXT[1:])
        return b"".join(parts)

    return draw

"""Words as a reader takes them in: lines, pieces of a line that belong together, and pieces that go on below."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from durable_edits.pdf.page_text import Area, Word

GAP = 0.85  # of the letters' height; a wider gap parts two pieces of one line
LINE_GAP = 0.55  # of the letters' height between two lines of one piece
SAME_SIZE = 0.2  # of the height that the lines of one piece may differ in
SAME_EDGE = 2.5  # points within which two things stand below each other
BESIDE = 260.0  # points within which a box stands beside a piece of text
BAND = 12.0  # points; what is looked for near a height is kept by such bands
HANGING = 45.0  # points by which lines stand in under a number
MAX_LINES = 6  # of one piece; more is a paragraph, of which the beginning says what it is about

# A heading over a part of the form is no label of a box.
PART = re.compile(
    r"(?:part|section|teil|abschnitt|partie|rubrique|cadre|volet|secci[oó]n|apartado|parte|"
    r"sezione|quadro|deel|第.{1,3}[部章节])\s*(?:\d{1,2}|[ivx]{1,4}|[a-h])\b(?!,|\.? ?\()",
    re.IGNORECASE,
)
# What begins with a number, a letter in brackets or a word for a part begins anew.
STARTS = re.compile(
    r"\(?(?:\d{1,3}|[A-Z]|[IVX]{1,4})(?:\.?[a-z])?[.)]\s*\S|(?:\d{1,2}|[a-z])[a-z]?\s+[A-Z]|"
    r"(?:part|section|schedule|teil|abschnitt|partie|cadre|secci[oó]n|parte)\s+[\dIVXA-H]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One piece of text, with the areas of its lines."""

    text: str
    lines: tuple[Area, ...]

    @property
    def area(self) -> Area:
        return Area(
            min(each.left for each in self.lines),
            self.lines[0].top,
            max(each.right for each in self.lines),
            self.lines[-1].bottom,
        )

    @property
    def size(self) -> float:
        return self.lines[0].height


class Bands:
    """Areas by their height on the page."""

    def __init__(self, areas: Iterable[tuple[int, Area]]) -> None:
        self._bands: dict[int, list[tuple[int, Area]]] = defaultdict(list)
        self._areas: dict[int, Area] = {}
        for index, area in areas:
            self._areas[index] = area
            for band in range(int(area.top // BAND), int(area.bottom // BAND) + 1):
                self._bands[band].append((index, area))

    def area(self, index: int) -> Area:
        return self._areas[index]

    def between(self, top: float, bottom: float) -> list[tuple[int, Area]]:
        """Each of the areas that reach into the strip, at least once."""
        found = []
        for band in range(int(top // BAND), int(bottom // BAND) + 1):
            found += [each for each in self._bands.get(band, ()) if each[1].bottom >= top and each[1].top <= bottom]
        return found


def phrases(words: Sequence[Word], boxes: Sequence[Area]) -> list[Phrase]:
    """In reading order. `boxes` part the text that stands left and right of them."""
    bands = Bands(enumerate(boxes))
    pieces = [piece for line in _lines(words) for piece in _pieces(line, bands)]
    return _joined(pieces, bands)


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda each: each.area.middle):
        last = lines[-1][0].area if lines else None
        if last is not None and abs(word.area.middle - last.middle) <= 0.35 * max(word.area.height, last.height):
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _pieces(line: list[Word], boxes: Bands) -> list[Phrase]:
    line.sort(key=lambda word: word.area.left)
    middle = line[0].area.middle
    walls = [area.left for _, area in boxes.between(middle, middle)]
    pieces: list[list[Word]] = []
    for word in line:
        last = pieces[-1][-1].area if pieces else None
        far = last is None or word.area.left - last.right > GAP * max(word.area.height, last.height)
        if last is None or far or any(last.right - 2 <= wall <= word.area.left + 2 for wall in walls):
            pieces.append([word])
        else:
            pieces[-1].append(word)
    return [_phrase(piece) for piece in pieces]


def _phrase(words: list[Word]) -> Phrase:
    text, last = "", None
    for word in words:
        # Letters without a gap are one word, whatever the file calls them.
        space = last is not None and word.area.left - last.right > 0.02 * word.area.height
        text += f" {word.text}" if space else word.text
        last = word.area
    areas = [word.area for word in words]
    area = Area(
        min(each.left for each in areas),
        min(each.top for each in areas),
        max(each.right for each in areas),
        max(each.bottom for each in areas),
    )
    return Phrase(text, (area,))


def _joined(pieces: list[Phrase], boxes: Bands) -> list[Phrase]:
    """Pieces that go on in the line below, unless each line has a box of its own beside it."""
    open_pieces: dict[int, list[int]] = defaultdict(list)
    found: list[Phrase] = []
    owner: list[int | None] = []
    for piece in pieces:
        mine = _beside(piece.lines[0], boxes)
        slot = int(piece.area.left // 8)
        above = [index for each in range(slot - 6, slot + 2) for index in open_pieces[each]]
        index = next((each for each in sorted(above, reverse=True) if _goes_on(found[each], piece)), None)
        alone = mine is not None and index is not None and owner[index] not in {None, mine}
        if not alone and index is not None and mine is None and (box := owner[index]) is not None:
            alone = boxes.area(box).bottom < piece.lines[0].middle
        if index is None or (alone and not (piece.text[0].islower() or piece.text[0] == "(")):
            open_pieces[slot] = [*open_pieces[slot][-3:], len(found)]
            found.append(piece)
            owner.append(mine)
            continue
        found[index] = Phrase(f"{found[index].text} {piece.text}", found[index].lines + piece.lines)
        owner[index] = owner[index] if mine is None else mine
    return found


def _goes_on(above: Phrase, below: Phrase) -> bool:
    last, line = above.lines[-1], below.lines[0]
    size = max(last.height, line.height)
    hangs = 0 < line.left - above.area.left < HANGING and STARTS.match(above.text) is not None
    return STARTS.match(below.text) is None and (
        len(above.lines) < MAX_LINES
        and abs(last.height - line.height) <= SAME_SIZE * size
        and -0.45 * size <= line.top - last.bottom <= LINE_GAP * size
        and line.middle > last.middle
        and (hangs or abs(above.area.left - line.left) <= SAME_EDGE or abs(_centre(last) - _centre(line)) <= SAME_EDGE)
    )


def _centre(area: Area) -> float:
    return (area.left + area.right) / 2


def _beside(line: Area, boxes: Bands) -> int | None:
    """The box that stands in the same row, the nearer of left and right."""
    near: list[tuple[float, int]] = []
    for index, box in boxes.between(line.middle, line.middle):
        gap = box.left - line.right if box.left >= line.right - 2 else line.left - box.right
        if -3 <= gap <= BESIDE:
            near.append((gap, index))
    return min(near)[1] if near else None

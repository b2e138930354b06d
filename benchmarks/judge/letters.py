"""Are the letters of a value in its box: all of them, no others, and those of a comb each in its cell."""

from __future__ import annotations

import unicodedata
from collections import Counter

from benchmarks.judge.places import displayed_points, holds
from benchmarks.judge.raw import Field, Page, Rect, Widget
from benchmarks.judge.viewers import Letter, Word

SLACK = 1.0  # points an ink box may stand out: bounding boxes are those of fonts, rounded up
INVISIBLE = {"Cf", "Cc", "Zs", "Zl", "Zp"}
VIRAMA = 9  # the combining class of what joins two letters of Indic scripts
JOINERS = "\u200c\u200d"
DOTS = set("•●*∗·")


def plain(text: str) -> str:
    """What must be readable: no spaces, no joiners, one form for every letter."""
    folded = unicodedata.normalize("NFKC", text).replace("\u00ad", "-").replace("\u2010", "-")
    return "".join(
        each for each in folded if unicodedata.category(each) not in INVISIBLE and not 0xFE00 <= ord(each) <= 0xFE0F
    )


def reordered(text: str) -> bool:
    """Whether a reader may give the letters in an order of its own: right to left, or shaped in clusters."""
    return any(
        unicodedata.bidirectional(each) in {"R", "AL"} or unicodedata.category(each).startswith("M") for each in text
    )


def letter_fault(wanted: str, found: list[Letter], rotation: int, *, some: bool = False) -> str:
    """ "" where the letters are those wanted; `some`: others may stand among them (the lines of a list)."""
    expected, got = plain(wanted), plain("".join(letter.character for letter in found))
    if some:
        missing = Counter(expected) - Counter(got)
        return f"letters missing: {''.join(missing)!r}" if missing else ""
    placed = plain("".join(letter.character for letter in as_read(found, rotation)))
    if expected in {got, placed} or (reordered(wanted) and _bag(expected) == _bag(got)):
        return ""
    if not got:
        return "no letters in the box"
    return f"letters read: {placed[:40]!r} instead of {expected[:40]!r}"


def as_read(letters: list[Letter], rotation: int) -> list[Letter]:
    """Line by line, from left to right, as the widget is turned: a reader's own order is not always that."""
    turn = {90: (0, 1, 1, 0), 180: (-1, 0, 0, 1), 270: (0, -1, -1, 0)}.get(rotation, (1, 0, 0, -1))

    def place(each: Letter) -> tuple[float, float]:
        return round(turn[2] * each.x + turn[3] * each.y), turn[0] * each.x + turn[1] * each.y

    return sorted(letters, key=place)


def dots_fault(length: int, found: list[Letter]) -> str:
    shown = {letter.character for letter in found}
    if len(found) == length and shown <= DOTS:
        return ""
    return f"a password shows as {''.join(letter.character for letter in found)[:20]!r}"


def outside_fault(rect: Rect, found: list[Letter]) -> str:
    for letter in found:
        over = max(rect[0] - letter.left, letter.right - rect[2], rect[1] - letter.bottom, letter.top - rect[3])
        if over > SLACK:
            return f"{letter.character!r} stands {over:.1f} points out of the box"
    return ""


def comb_fault(wanted: str, field: Field, widget: Widget, rect: Rect, found: list[Letter]) -> str:
    """A letter a cell, in order from the first cell on (the last for /Q 2); from right to left where so written."""
    taken = {_cell(field, widget, rect, letter) for letter in found}
    letters = _clusters(wanted)
    length = len(letters)
    rest = field.cells - length
    starts = {1: {rest // 2, rest - rest // 2}, 2: {rest}}.get(field.align, {0})
    places = [index for index, letter in enumerate(letters) if plain(letter)]
    mirrored = [length - 1 - index for index in places]
    for start in starts:
        if taken in ({start + index for index in places}, {start + index for index in mirrored}):
            return ""
    return f"comb letters in cells: {sorted(taken)[:12]} of {field.cells}"


def _clusters(text: str) -> list[str]:
    found: list[str] = []
    for each in text:
        joins = unicodedata.category(each).startswith("M") or each in JOINERS
        if found and (joins or unicodedata.combining(found[-1][-1]) == VIRAMA or found[-1][-1] == JOINERS[-1]):
            found[-1] += each
        else:
            found.append(each)
    return found


def _cell(field: Field, widget: Widget, rect: Rect, letter: Letter) -> int:
    x, y = letter.centre
    across = (x - rect[0]) / max(rect[2] - rect[0], 1)
    up = (y - rect[1]) / max(rect[3] - rect[1], 1)
    along = {90: up, 180: 1 - across, 270: 1 - up}.get(widget.rotation, across)
    return int(along * field.cells)


def poppler_fault(wanted: str, page: Page, rect: Rect, words: list[Word]) -> str:
    """Poppler gives boxes of words: a letter counts for the box that its share of the word's box lies in."""
    missing = Counter(_bag(plain(wanted))) - Counter(_bag(plain(poppler_letters(page, rect, words))))
    return f"poppler does not read {''.join(missing)!r}" if missing else ""


def poppler_letters(page: Page, rect: Rect, words: list[Word]) -> str:
    box = displayed_points(page, rect)
    inside = ""
    for word in words:
        if word.right < box[0] or word.left > box[2] or word.bottom < box[1] or word.top > box[3]:
            continue
        across, down = word.right - word.left, word.bottom - word.top
        middle = word.left + across / 2, word.top + down / 2
        for index, letter in enumerate(word.text):
            share = (index + 0.5) / len(word.text)
            # Upright words may be read from either end.
            spots = [(middle[0], word.top + down * share), (middle[0], word.bottom - down * share)]
            spots = [(word.left + across * share, middle[1])] if across >= down else spots
            if any(holds(box, x, y, SLACK) for x, y in spots):
                inside += letter
    return inside


def _bag(text: str) -> str:
    return "".join(sorted(unicodedata.normalize("NFKD", text)))

"""Which text on a page belongs to which box: every text is the label of one box at most, and all boxes of a page are
looked at together, so that a page with its labels below is read that way from top to bottom."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from durable_edits.assignment import assigned
from durable_edits.pdf.page_text import Area
from durable_edits.pdf.phrases import PART, Bands, Phrase

LEFT = 240.0  # points a label may stand left of its box
ABOVE = 30.0  # points above it
BELOW = 14.0
BUTTON = 34.0  # points beside a button
LEADER = 420.0  # points left of a button that dots lead to
UNLABELLED = 12.0  # a box would rather have no label than one at this price
HABIT = 2.0  # a side that the page uses less is as much dearer
NAMED = 3.0  # off the price of a label that is the name of the field
NEAR = 12  # texts weighed for one box

INSIDE_OF, LEFT_OF, ABOVE_OF, BELOW_OF, RIGHT_OF = "inside", "left", "above", "below", "right"

_LETTERS = re.compile(r"[^\W\d_]{2}")
_FORMAT = re.compile(r"[\W\d]*(?:[mdyjta]{1,4}[\W]*){2,4}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spot:
    """A box to write in or to tick."""

    area: Area
    button: bool
    name: str = ""  # the letters of the field's own name: of two labels that stand alike it has one at times


@dataclass(frozen=True, slots=True)
class Candidate:
    phrase: int
    side: str
    cost: float


def says_something(text: str) -> bool:
    """Whether it can be a label: more than a number, an arrow or how to write a date."""
    return (
        any(letter.isalpha() for letter in text)
        and (not text.isascii() or _LETTERS.search(text) is not None)
        and _FORMAT.fullmatch(text) is None
    )


def labels(spots: Sequence[Spot], phrases: Sequence[Phrase], boxes: Bands, texts: Bands) -> list[Candidate | None]:
    """For each spot the text that is its own, with the side it stands on."""
    weighed = [list(_candidates(index, spot, spots, phrases, boxes, texts)) for index, spot in enumerate(spots)]
    found = _chosen(weighed, {})
    habits = {}
    for button in (False, True):
        used = Counter(each.side for each, spot in zip(found, spots, strict=True) if each and spot.button is button)
        total = sum(used.values()) or 1
        for side in (INSIDE_OF, LEFT_OF, ABOVE_OF, BELOW_OF, RIGHT_OF):
            habits[button, side] = HABIT * (1 - used[side] / total)
    kinds = [spot.button for spot in spots]
    return _chosen(
        [
            [Candidate(c.phrase, c.side, c.cost + habits[kind, c.side]) for c in each]
            for each, kind in zip(weighed, kinds, strict=True)
        ],
        habits,
    )


def _chosen(weighed: list[list[Candidate]], _: object) -> list[Candidate | None]:
    best = []
    for each in weighed:
        cheapest: dict[int, Candidate] = {}
        for one in sorted(each, key=lambda candidate: candidate.cost)[:NEAR]:
            cheapest.setdefault(one.phrase, one)
        best.append(cheapest)
    columns = assigned([{phrase: one.cost for phrase, one in each.items()} for each in best], UNLABELLED)
    return [None if column is None else each[column] for each, column in zip(best, columns, strict=True)]


def _candidates(
    index: int, spot: Spot, spots: Sequence[Spot], phrases: Sequence[Phrase], boxes: Bands, texts: Bands
) -> Iterator[Candidate]:
    area = spot.area
    for phrase in {each for each, _ in texts.between(area.top - ABOVE, area.bottom + BELOW)}:
        text = phrases[phrase].text
        letter = spot.button and len(text.strip(" .:()")) == 1 and text.strip(" .:()").isalpha()
        if not (letter or says_something(text)) or PART.match(text):
            continue
        for line in phrases[phrase].lines:
            found = _button(area, line) if spot.button else _box(area, line)
            if found is None:
                continue
            side, cost = found
            if not _blocked(index, area, line, side, boxes):
                yield Candidate(phrase, side, cost - (NAMED if _named(spot.name, text) else 0))


def _named(name: str, text: str) -> bool:
    letters = only_letters(text)
    return len(letters) > 2 and len(name) > 2 and (name.endswith(letters) or letters == name)


def only_letters(text: str) -> str:
    bare = unicodedata.normalize("NFD", text[:60].casefold())
    return "".join(letter for letter in bare if letter.isalpha())


def _box(area: Area, line: Area) -> tuple[str, float] | None:
    level = line.top - 3 <= area.middle <= line.bottom + 3 or (
        area.top - 1 <= line.middle <= area.bottom + 1 and (area.height > 2 * line.height or line.height > area.height)
    )
    across = line.left < area.right - 1 and line.right > area.left + 1
    inside = (
        area.left - 2 <= line.left and line.right <= area.right + 2 and area.top - 2 <= line.middle <= area.bottom + 2
    )
    if inside:
        return INSIDE_OF, 2.0
    if level and -3 <= area.left - line.right <= LEFT:
        return LEFT_OF, 3 + 0.035 * max(area.left - line.right, 0)
    slant = 0.05 * abs(line.left - area.left)
    if across and -4 <= area.top - line.bottom <= ABOVE:
        return ABOVE_OF, 4 + 0.5 * max(area.top - line.bottom, 0) + slant
    if across and -4 <= line.top - area.bottom <= BELOW:
        return BELOW_OF, 5 + 0.7 * max(line.top - area.bottom, 0) + slant
    return None


def _button(area: Area, line: Area) -> tuple[str, float] | None:
    level = line.top - 3 <= area.middle <= line.bottom + 3
    if level and -2 <= line.left - area.right <= BUTTON:
        return RIGHT_OF, 1 + 0.3 * max(line.left - area.right, 0)
    if level and -2 <= area.left - line.right <= LEADER:
        gap = max(area.left - line.right, 0)
        return LEFT_OF, 4 + 0.15 * min(gap, BUTTON) + 0.007 * max(gap - BUTTON, 0)
    centre = (area.left + area.right) / 2
    over = line.left - 2 <= centre <= line.right + 2
    if over and -3 <= area.top - line.bottom <= BUTTON / 2:
        return ABOVE_OF, 6 + 0.5 * max(area.top - line.bottom, 0) + 0.05 * abs((line.left + line.right) / 2 - centre)
    if over and -3 <= line.top - area.bottom <= BELOW:
        return BELOW_OF, 8 + 0.8 * max(line.top - area.bottom, 0)
    return None


def _blocked(index: int, area: Area, line: Area, side: str, boxes: Bands) -> bool:
    """Whether another box stands between the two."""
    if side in {LEFT_OF, RIGHT_OF}:
        low, high = (line.right, area.left) if side == LEFT_OF else (area.right, line.left)
        return any(
            other != index
            and low - 2 <= (box.left + box.right) / 2 <= high + 2
            and box.top <= area.middle <= box.bottom
            for other, box in boxes.between(area.middle, area.middle)
        )
    if side in {ABOVE_OF, BELOW_OF}:
        low, high = (line.bottom, area.top) if side == ABOVE_OF else (area.bottom, line.top)
        return any(
            other != index
            and low - 1 <= box.middle <= high + 1
            and box.left < area.right - 1
            and box.right > area.left + 1
            for other, box in boxes.between(low - 1, high + 1)
        )
    return False

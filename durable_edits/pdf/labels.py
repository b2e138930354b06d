"""What is printed about each field: its label, the edges of its table, the headings above it, its unit."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from durable_edits.form import Box, Field, FieldKind, Form, Printed
from durable_edits.pdf.compiled import CompiledForm
from durable_edits.pdf.limits import LABEL_LENGTH, LABEL_PAGES, LABEL_SPOTS
from durable_edits.pdf.page_text import Area, opened_text, page_size, words_of
from durable_edits.pdf.phrases import PART, Bands, Phrase, phrases
from durable_edits.pdf.spots import (
    ABOVE_OF,
    LEFT_OF,
    Candidate,
    Spot,
    labels,
    only_letters,
    says_something,
)

SAME_COLUMN = 4.0  # points by which the boxes of one column differ
ROW_GAP = 40.0  # points between two boxes of one column
HEADING = 1.18  # times the common size of letters
APART = 0.5  # points of height that a heading loses for each point that it stands aside
QUESTION = 15  # letters before a colon that are the question of the box and not its answer
COLUMN = 150.0  # points by which the second column of a page stands in
HINT_LENGTH = 24  # characters of a unit or format
HINT_GAP = 16.0  # points

_NUMBERED = re.compile(r"(?:\d{1,2}|[A-Z]|[IVX]{1,4})[a-z]?[.)]\s+\S")
_NOISE = re.compile(r"^[\s\W_]+(?=\w)|[\s:.*_▶►→·…]+$")
_LEADERS = re.compile(r"(?:\s*[._·…]){3,}|[▶►]")

Spotted = list[tuple[Field, int, Spot]]


@dataclass(slots=True)
class _Page:
    spots: list[Spot]
    phrases: list[Phrase]
    labels: list[Candidate | None]
    boxes: Bands
    texts: Bands
    owners: dict[int, int]
    size: float


def label_form(compiled: CompiledForm, form: Form, password: str | None) -> None:
    """Tell each field, and each button of a group, what the page says about it."""
    by_page: dict[int, list[tuple[Field, int, Box]]] = defaultdict(list)
    for field in form.fields:
        for place, box in _places(field):
            by_page[box.page].append((field, place, box))
    with opened_text(compiled.document.data, password) as reader:
        if reader is None:
            return
        part = ""
        for number in sorted(by_page)[:LABEL_PAGES]:
            page = compiled.pages.page(number)
            if page is None:
                continue
            width, height = page_size(page)
            spotted = [
                (field, place, _spot(field, _area(box, width, height)))
                for field, place, box in by_page[number][:LABEL_SPOTS]
            ]
            areas = [spot.area for _, _, spot in spotted]
            part = _label_page(spotted, phrases(words_of(reader, page), areas), part)


def _spot(field: Field, area: Area) -> Spot:
    button = field.kind in {FieldKind.CHECKBOX, FieldKind.RADIO}
    return Spot(area, button, "" if button else only_letters(field.key.rpartition(".")[2]))


def _places(field: Field) -> list[tuple[int, Box]]:
    if field.kind is FieldKind.RADIO:
        return [(index, option.box) for index, option in enumerate(field.options) if option.box is not None]
    return [] if field.box is None else [(-1, field.box)]


def _area(box: Box, width: float, height: float) -> Area:
    left, top = box.left * width, box.top * height
    return Area(left, top, left + box.width * width, top + box.height * height)


def _label_page(spotted: Spotted, texts: list[Phrase], part: str) -> str:
    spots = [spot for _, _, spot in spotted]
    boxes = Bands((index, spot.area) for index, spot in enumerate(spots))
    lines = Bands((index, line) for index, phrase in enumerate(texts) for line in phrase.lines)
    found = labels(spots, texts, boxes, lines)
    owners = {each.phrase: index for index, each in enumerate(found) if each is not None}
    size = median([phrase.size for phrase in texts]) if texts else 0.0
    page = _Page(spots, texts, found, boxes, lines, owners, size)
    rows = _rows(page)
    columns = _columns(page)
    headings = _Headings(page, part)
    for index, (field, place, spot) in enumerate(spotted):
        own = found[index]
        label = _clean(_whole(page, index, own)) if own is not None else ""
        row, column = _clean(rows[index]), _clean(columns[index])
        if spot.button:
            asked, colon, answer = label.rpartition(": ")
            if colon and len(asked) > QUESTION and answer:
                row, label = row or asked, answer  # `I speak (tick all that apply): German`
        printed = Printed(
            label=label or column or row,
            row=row if row != label else "",
            column=column if column != label else "",
            sections=headings.over(spot.area),
            hint=_hint(page, index),
        )
        if place < 0:
            field.printed = printed
        else:
            field.options[place] = field.options[place].model_copy(update={"printed": printed})
    return headings.part


def _whole(page: _Page, index: int, own: Candidate) -> str:
    """With what stands behind the label over the same box: `First name    Last name`."""
    text, area = page.phrases[own.phrase].text, page.spots[index].area
    if own.side != ABOVE_OF or page.spots[index].button:
        return text
    last = page.phrases[own.phrase].lines[-1]
    more = sorted(
        (line.left, page.phrases[other].text)
        for other, line in page.texts.between(last.middle, last.middle)
        if other not in page.owners and last.right <= line.left and line.right <= area.right + 2
    )
    return " ".join([text, *(each for _, each in more)])


def _rows(page: _Page) -> list[str]:
    """What stands before the boxes of one row: the text left of the first of them."""
    said = [""] * len(page.spots)
    for index in sorted(range(len(page.spots)), key=lambda each: page.spots[each].area.left):
        area = page.spots[index].area
        before = [
            (other.right, place)
            for place, other in page.boxes.between(area.middle, area.middle)
            if place != index and other.right <= area.left + 1 and abs(other.middle - area.middle) <= 4
        ]
        wall, neighbour = max(before, default=(0.0, None))
        near = [
            (line.right, text)
            for text, line in page.texts.between(area.middle, area.middle)
            if wall - 2 <= line.left and line.right <= area.left + 3 and says_something(page.phrases[text].text)
        ]
        own = [text for _, text in sorted(near, reverse=True) if page.owners.get(text, index) == index]
        if own:
            said[index] = page.phrases[own[0]].text
        elif neighbour is not None:
            said[index] = said[neighbour] or _first_label(page, neighbour)
    return said


def _first_label(page: _Page, index: int) -> str:
    own = page.labels[index]
    return page.phrases[own.phrase].text if own is not None and own.side == LEFT_OF else ""


def _columns(page: _Page) -> list[str]:
    """What stands over the boxes of one column, or over a list of buttons."""
    said = [""] * len(page.spots)
    for index in sorted(range(len(page.spots)), key=lambda each: page.spots[each].area.top):
        spot, area = page.spots[index], page.spots[index].area
        above = [
            (other.bottom, place)
            for place, other in page.boxes.between(area.top - ROW_GAP, area.top)
            if place != index
            and other.bottom <= area.top + 2
            and abs(other.left - area.left) <= SAME_COLUMN
            and (page.spots[place].button is spot.button)
            and abs((other.right - other.left) - (area.right - area.left)) <= SAME_COLUMN
        ]
        floor, neighbour = max(above, default=(0.0, None))
        own = page.labels[index]
        if own is not None and own.side == ABOVE_OF:
            said[index] = _whole(page, index, own)
            continue
        near = [
            (line.bottom, text)
            for text, line in page.texts.between(area.top - ROW_GAP, area.top + 2)
            if line.bottom <= area.top + 3
            and line.middle > floor
            and line.left < area.right + (60 if spot.button else -1)
            and line.right > area.left + 1
            and text not in page.owners
            and says_something(page.phrases[text].text)
        ]
        if near:
            said[index] = page.phrases[max(near)[1]].text
        elif neighbour is not None:
            said[index] = said[neighbour]
    return said


def _hint(page: _Page, index: int) -> str:
    area = page.spots[index].area
    if page.spots[index].button:
        return ""
    found = []
    for text, line in page.texts.between(area.top - 12, area.bottom + 12):
        phrase = page.phrases[text]
        if text in page.owners or len(phrase.text) > HINT_LENGTH:
            continue
        level = line.top - 2 <= area.middle <= line.bottom + 2
        behind = level and -2 <= line.left - area.right <= HINT_GAP
        within = area.left - 3 <= line.left and line.right <= area.right + 3
        if behind or within:
            found.append(_LEADERS.sub(" ", phrase.text).strip())
    return " ".join(found)[: 2 * HINT_LENGTH]


class _Headings:
    """The headings of a page, read from top to bottom, and column by column where parts begin in two columns."""

    def __init__(self, page: _Page, part: str) -> None:
        self._parts: list[tuple[Area, str]] = []
        self._captions: list[tuple[Area, str]] = []
        self._before = part
        for index, phrase in enumerate(page.phrases):
            if index in page.owners or not says_something(phrase.text):
                continue
            text = _clean(phrase.text)
            shouted = text.isupper() and len(text) > 6 and any(letter.isalpha() for letter in text)
            if PART.match(text) or (phrase.size > HEADING * page.size and len(text) < LABEL_LENGTH):
                self._parts.append((phrase.area, text))
            elif _NUMBERED.match(phrase.text) or shouted:
                self._captions.append((phrase.area, text))
        lefts = [area.left for area, text in self._parts if PART.match(text)]
        second = [left for left in lefts if left > min(lefts) + COLUMN]
        self._column = min(second) - SAME_COLUMN if second else float("inf")
        self._parts.sort(key=lambda each: (self._in(each[0]), each[0].top))
        self.part = self._parts[-1][1] if self._parts else part

    def _in(self, area: Area) -> int:
        return int(area.left >= self._column)

    def over(self, area: Area) -> tuple[str, ...]:
        column = self._in(area)
        above = [
            (each, text)
            for each, text in self._parts
            if self._in(each) < column or (self._in(each) == column and each.top < area.middle)
        ]
        part = above[-1][1] if above else self._before
        since = above[-1][0].top if above and self._in(above[-1][0]) == column else 0.0
        captions = [
            (each.bottom - APART * max(0.0, area.left - each.right), text)
            for each, text in self._captions
            if since <= each.top < area.middle and each.left <= area.right and self._in(each) == column
        ]
        caption = max(captions)[1] if captions else ""
        return tuple(each for each in (part, caption) if each)


def _clean(text: str) -> str:
    bare = _LEADERS.sub(" ", text[: 2 * LABEL_LENGTH])
    return " ".join(_NOISE.sub("", _NOISE.sub("", bare)).split())[:LABEL_LENGTH]

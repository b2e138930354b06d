"""The judgement of one filled document: for each asked field, why it is not right.

A field is right when its raw value is right (a name for buttons), /AS is right on every kid, the file holds a
non-empty appearance, every visible widget has changed in both viewers, also with /NeedAppearances taken out, every
letter can be extracted inside its box and none outside, comb letters stand in their cells, and nothing else has
changed: no other field, nothing else on its page, not the encryption, not the number of pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy

from benchmarks.judge import stripped
from benchmarks.judge.ask import Ask
from benchmarks.judge.letters import comb_fault, dots_fault, letter_fault, outside_fault, poppler_fault, poppler_letters
from benchmarks.judge.places import distance, holds, pixels
from benchmarks.judge.raw import COMBO, Field, RawDocument, Rect, Widget, read_raw, text_of
from benchmarks.judge.values import value_faults
from benchmarks.judge.viewers import Letter, Picture, Seen, ViewerError, pictures_of, see, without

VISIBLE = 24  # of 255: less is the smoothing of edges
PIXELS = 4  # that must have changed for a person to see it
EDGE = 2.5  # pixels around a widget that its own smoothing may touch
_SHOWS_TEXT = re.compile(rb"(Tj|TJ|'|\")\s")


@dataclass(frozen=True)
class Original:
    """A blank form, read and looked at once for all the fillers that are judged by it."""

    data: bytes
    raw: RawDocument
    seen: Seen

    @classmethod
    def of(cls, data: bytes) -> Original:
        return cls(data, read_raw(data), see(data))


@dataclass
class Verdict:
    """`faults` by key, [] for what is right; `lost` is why there is no document at all."""

    faults: dict[str, list[str]]
    lost: str = ""
    spoiled: list[str] = field(default_factory=list)

    @property
    def right(self) -> int:
        return sum(not faults for faults in self.faults.values())

    def dishonest(self, said_filled: set[str]) -> list[str]:
        return [key for key, faults in self.faults.items() if faults and key in said_filled]


def judge(original: Original, asks: Sequence[Ask], filled: bytes) -> Verdict:
    verdict = Verdict({ask.key: [] for ask in asks})
    try:
        raw = read_raw(filled)
        seen = see(filled)
    except ViewerError as error:
        return _lost(verdict, str(error))
    except Exception as error:
        return _lost(verdict, f"unreadable: {type(error).__name__}: {error}")
    if len(raw.pages) != len(original.raw.pages) or len(seen.pdfium) != len(original.seen.pdfium):
        return _lost(verdict, f"{len(raw.pages)} pages instead of {len(original.raw.pages)}")
    _Judgement(original, raw, seen, asks, verdict).pass_()
    if raw.viewer_draws:
        _judge_without_the_viewers_help(original, raw, asks, filled, verdict)
    return verdict


def _lost(verdict: Verdict, why: str) -> Verdict:
    return Verdict({key: ["the document is lost"] for key in verdict.faults}, lost=why)


def _judge_without_the_viewers_help(
    original: Original, raw: RawDocument, asks: Sequence[Ask], filled: bytes, verdict: Verdict
) -> None:
    pdfium, poppler = pictures_of(stripped.without_need_appearances(filled))
    for ask in asks:
        field = raw.fields.get(ask.key)
        for widget in field.widgets if field is not None else []:
            if not _must_change(original, ask, widget):
                continue
            for name, before, after in (
                ("pdfium", original.seen.pdfium, pdfium),
                ("poppler", original.seen.poppler, poppler),
            ):
                if not _changed(original, widget, before, after):
                    verdict.faults[ask.key].append(f"nothing seen in {name} once viewers are not asked to draw")


class _Judgement:
    def __init__(self, original: Original, raw: RawDocument, seen: Seen, asks: Sequence[Ask], verdict: Verdict) -> None:
        self._original = original
        self._raw = raw
        self._seen = seen
        self._asks = asks
        self._verdict = verdict
        # Where a change is somebody's own: the widgets of each asked field, as they were and as they are.
        self._own: dict[int, list[tuple[str, Rect]]] = {}
        for ask in asks:
            for form in (original.raw, raw):
                for widget in form.fields[ask.key].widgets if ask.key in form.fields else []:
                    if widget.page is not None and widget.rect is not None:
                        self._own.setdefault(widget.page, []).append((ask.key, widget.rect))

    def pass_(self) -> None:
        for ask in self._asks:
            field = self._raw.fields.get(ask.key)
            found = self._verdict.faults[ask.key]
            if field is None:
                found.append("the field is gone")
                continue
            found += value_faults(ask, field)
            found += dict.fromkeys(fault for widget in field.widgets for fault in self._widget_faults(ask, widget))
        for page in range(len(self._raw.pages)):
            self._elsewhere(page)
        self._spoiled()

    def _widget_faults(self, ask: Ask, widget: Widget) -> list[str]:
        if not widget.visible or widget.page is None or widget.rect is None:
            return []
        page = self._raw.pages[widget.page]
        if not _on_page(page.box, widget.rect):
            return []
        faults = []
        if _must_change(self._original, ask, widget):
            if not widget.drawing.strip():
                faults.append("no appearance in the file")
            elif ask.shown and not _SHOWS_TEXT.search(widget.drawing + b"\n"):
                faults.append("the appearance shows no text")
            seen, was = self._seen, self._original.seen
            for name, before, after in (("pdfium", was.pdfium, seen.pdfium), ("poppler", was.poppler, seen.poppler)):
                if not _changed(self._original, widget, before, after):
                    faults.append(f"nothing changed in {name}")
        if ask.shown:
            faults += self._text_faults(ask, widget, widget.page, widget.rect)
        return faults

    def _text_faults(self, ask: Ask, widget: Widget, number: int, rect: Rect) -> list[str]:
        field = self._original.raw.fields[ask.key]  # as the form says: a comb stays one
        inside = [letter for letter in self._seen.drawn[number] if holds(rect, *letter.centre, slack=0.5)]
        if ask.hidden:
            return [fault for fault in (dots_fault(len(ask.shown), inside),) if fault]
        listed = field.type == "/Ch" and not field.flags & COMBO
        found = [letter_fault(ask.shown, inside, widget.rotation, some=listed), outside_fault(rect, inside)]
        if field.cells:
            found.append(comb_fault(ask.shown, field, widget, rect, inside))
        found.append(poppler_fault(ask.shown, self._raw.pages[number], rect, self._seen.words[number]))
        return [fault for fault in found if fault]

    def _elsewhere(self, number: int) -> None:
        """Changed pixels and letters outside the asked widgets are the fault of the field that is nearest."""
        page, own = self._raw.pages[number], self._own.get(number, [])
        before, after = self._original.seen, self._seen
        if page != self._original.raw.pages[number]:
            self._blame(own, None, f"page {number + 1} has another box or turn")
            return
        for name, old, new in (
            ("pdfium", before.pdfium[number], after.pdfium[number]),
            ("poppler", before.poppler[number], after.poppler[number]),
        ):
            if old.shape != new.shape:
                self._blame(own, None, f"page {number + 1} has another size in {name}")
                continue
            changed = _difference(old, new)
            for rect in [rect for _key, rect in own] + self._redrawn(number):
                changed[pixels(page, rect, changed.shape, EDGE)] = False
            if int(changed.sum()) >= PIXELS:
                self._blame(own, _middle(page.box, page.rotate, changed), f"pixels changed beside the box in {name}")
        moved = without(after.printed[number], before.printed[number])
        moved += without(before.printed[number], after.printed[number])
        if moved:
            self._blame(own, None, "the page's own text has changed")
        stray = without(self._outside(after.drawn[number], own), self._outside(before.drawn[number], own))
        if self._original.raw.viewer_draws:
            stray = [each for each in stray if not any(holds(rect, *each.centre) for rect in self._redrawn(number))]
        for letter in stray[:20]:
            self._blame(own, self._written_from(letter, after.drawn[number], own), "letters outside the box")
        for rect in self._redrawn(number):
            was = Counter(poppler_letters(page, rect, before.words[number]))
            if was - Counter(poppler_letters(page, rect, after.words[number])):
                self._verdict.spoiled.append(f"the value of another field is no longer seen on page {number + 1}")

    def _redrawn(self, number: int) -> list[Rect]:
        """Fields that were not asked for, of a form whose viewers draw them: once they no longer do, smoothing and
        arrows may differ, but not the letters."""
        if not self._original.raw.viewer_draws:
            return []
        asked = {ask.key for ask in self._asks}
        others = [field for key, field in self._original.raw.fields.items() if key not in asked]
        widgets = [widget for field in others for widget in field.widgets]
        return [widget.rect for widget in widgets if widget.page == number and widget.rect is not None]

    @staticmethod
    def _written_from(letter: Letter, drawn: list[Letter], own: list[tuple[str, Rect]]) -> tuple[float, float]:
        """The box whose line goes on to that letter, where there is one; else the letter's own place."""
        line = [each for each in drawn if abs(each.y - letter.y) < 0.5 and any(holds(r, *each.centre) for _k, r in own)]
        return min(line, key=lambda each: abs(each.x - letter.x)).centre if line else letter.centre

    def _outside(self, letters: list[Letter], own: list[tuple[str, Rect]]) -> list[Letter]:
        return [letter for letter in letters if not any(holds(rect, *letter.centre, slack=0.5) for _key, rect in own)]

    def _blame(self, own: list[tuple[str, Rect]], at: tuple[float, float] | None, fault: str) -> None:
        if not own:
            self._verdict.spoiled.append(fault)
            return
        nearest = None if at is None else min(own, key=lambda each: distance(each[1], *at))[0]
        for key in {nearest} if nearest is not None else {key for key, _rect in own}:
            if fault not in self._verdict.faults[key]:
                self._verdict.faults[key].append(fault)

    def _spoiled(self) -> None:
        """What nobody asked for and what costs every field."""
        asked = {ask.key for ask in self._asks}
        spoiled = self._verdict.spoiled
        for key, before in self._original.raw.fields.items():
            if key in asked:
                continue
            after = self._raw.fields.get(key)
            if after is None or _state(after) != _state(before):
                spoiled.append(f"another field has changed: {key}")
        spoiled += [f"a field appeared: {key}" for key in self._raw.fields if key not in self._original.raw.fields]
        if self._original.raw.encrypted and not self._raw.encrypted:
            spoiled.append("the encryption is gone")
        for key in self._verdict.faults:
            self._verdict.faults[key] += spoiled[:1]


def _state(field: Field) -> object:
    """What must stay of a field that was not asked for: that its look stays is seen in the pictures."""
    return (
        [text_of(value) or repr(value) for value in field.values],
        [(widget.state, widget.rect, widget.page) for widget in field.widgets],
    )


def _must_change(original: Original, ask: Ask, widget: Widget) -> bool:
    """Text and choices look new everywhere; of buttons, those whose state is another one now."""
    if not widget.visible or widget.page is None or widget.rect is None:
        return False
    if not _on_page(original.raw.pages[widget.page].box, widget.rect):
        return False
    if ask.shown:
        return True
    if ask.state == "Off" or ask.state is None:
        return ask.state is None
    was = {each.state for each in original.raw.fields[ask.key].widgets if each.rect == widget.rect}
    return ask.state in widget.on_states and widget.state == ask.state and ask.state not in was


def _on_page(box: Rect, rect: Rect) -> bool:
    return rect[0] < box[2] and rect[2] > box[0] and rect[1] < box[3] and rect[3] > box[1]


def _changed(original: Original, widget: Widget, before: list[Picture], after: list[Picture]) -> bool:
    assert widget.page is not None
    assert widget.rect is not None
    old, new = before[widget.page], after[widget.page]
    if old.shape != new.shape:
        return False
    area = pixels(original.raw.pages[widget.page], widget.rect, old.shape)
    return int(_difference(old[area], new[area]).sum()) >= PIXELS


def _difference(old: Picture, new: Picture) -> numpy.typing.NDArray[numpy.bool_]:
    apart: numpy.typing.NDArray[numpy.bool_] = numpy.abs(old.astype(numpy.int16) - new).max(axis=2) > VISIBLE
    return apart


def _middle(box: Rect, rotate: int, changed: numpy.typing.NDArray[numpy.bool_]) -> tuple[float, float]:
    """Of the changed pixels, in the page's own space."""
    rows, columns = numpy.nonzero(changed)
    down, across = float(numpy.median(rows)) / changed.shape[0], float(numpy.median(columns)) / changed.shape[1]
    x, y = {0: (across, down), 90: (down, 1 - across), 180: (1 - across, 1 - down), 270: (1 - down, across)}[rotate]
    return box[0] + x * (box[2] - box[0]), box[3] - y * (box[3] - box[1])

"""prove: does a filled document hold what its report says? Asked of pdfium, which shares no code with the filling.

For every entry that claims success: is the value stored, is it drawn, is it inside its box, can it be read; and has
anything else moved on any page.
"""

from __future__ import annotations

import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pypdfium2

from durable_edits.form import FieldStatus, ReportEntry
from durable_edits.pdf.limits import PROVED_PAGES
from durable_edits.pdf.witness import Letter, PageSeen, Rect, Shown, Witness, witness

CLAIMS = {FieldStatus.FILLED}
CHANGES = {*CLAIMS, FieldStatus.DOES_NOT_FIT, FieldStatus.GLYPH_MISSING}
VISIBLE = 16  # of 255 that a pixel must differ: less is the smoothing of edges
EDGE = 2  # pixels around a box that its own smoothing may touch
SLACK = 1.5  # points that a letter's ink may stand over its box: pdfium gives the font's boxes, rounded up
_PDFIUM = threading.Lock()  # pdfium is not safe across threads, not even on different documents


@dataclass(slots=True)
class Witnessed:
    """None: nothing to be seen of it, so neither proved nor disproved."""

    key: str
    stored: bool | None = None
    drawn: bool | None = None
    inside: bool | None = None
    readable: bool | None = None

    @property
    def faults(self) -> list[str]:
        return [word for word in ("stored", "drawn", "inside", "readable") if getattr(self, word) is False]


@dataclass(frozen=True, slots=True)
class Proof:
    """`entries`: one for each claim of the report; `moved`: pages, from 1, where something else has changed.
    `refused`: why the document could not be looked at, "" when it was."""

    entries: list[Witnessed]
    moved: list[int] = field(default_factory=list)
    refused: str = ""

    @property
    def holds(self) -> bool:
        return not self.refused and not self.moved and not any(entry.faults for entry in self.entries)

    def corrected(self, report: Iterable[ReportEntry]) -> list[ReportEntry]:
        """The report without the claims that do not hold."""
        found = {entry.key: entry for entry in self.entries}
        return [entry if entry.key not in found else self._checked(entry, found[entry.key]) for entry in report]

    def _checked(self, entry: ReportEntry, seen: Witnessed) -> ReportEntry:
        if self.refused:
            reason = f"another reader does not open the filled document: {self.refused}"
        elif seen.faults:
            reason = f"filled, but another reader does not find it {', '.join(seen.faults)}"
        elif self.moved:
            reason = f"filled, but something else has changed on page {', '.join(map(str, self.moved[:5]))}"
        else:
            return entry
        return entry.model_copy(update={"status": FieldStatus.NOT_PROVED, "reason": reason})


def prove(
    before: bytes,
    after: bytes,
    report: Iterable[ReportEntry],
    *,
    values: Mapping[str, str] | None = None,
    password: str | None = None,
) -> Proof:
    """Look at both documents afresh. `values`: what was asked for; without, what is stored is held to be right.

    At most PROVED_PAGES pages are looked at, from the first; a claim about a later one is neither proved nor denied.
    """
    report = list(report)
    entries = {entry.key: Witnessed(entry.key) for entry in report if entry.status in CLAIMS}
    changed = {entry.key for entry in report if entry.status in CHANGES}
    if not entries:
        return Proof([])
    with _PDFIUM:
        try:
            with witness(before, password) as old, witness(after, password) as new:
                if old.pages != new.pages:
                    return Proof(list(entries.values()), refused=f"{new.pages} pages instead of {old.pages}")
                moved = _look(old, new, entries, changed, values or {})
        except pypdfium2.PdfiumError as error:
            return Proof(list(entries.values()), refused=str(error))
    return Proof(list(entries.values()), moved)


def _look(
    old: Witness, new: Witness, entries: dict[str, Witnessed], changed: set[str], values: Mapping[str, str]
) -> list[int]:
    moved = []
    held: dict[str, list[Shown]] = {}
    for index in range(min(new.pages, PROVED_PAGES)):
        after = new.look(index)
        claimed = [shown for shown in after.widgets if shown.name in entries]
        before = old.look(index)
        others = _others(before, after, changed)
        if any(shown.visible and _text_of(shown) for shown in [*claimed, *others]):
            new.read(index, after)
        for shown in claimed:
            held.setdefault(shown.name, []).append(shown)
            if shown.visible:
                _judge(entries[shown.name], shown, before, after)
        if _elsewhere(before, after, [shown.rect for shown in after.widgets]) or not all(
            _same(before, after, shown) for shown in others
        ):
            moved.append(index + 1)
    for key, widgets in held.items():
        if key in values:
            entries[key].stored = _stored(widgets, values[key], every=new.pages <= PROVED_PAGES)
    return moved


def _judge(entry: Witnessed, shown: Shown, before: PageSeen, after: PageSeen) -> None:
    """Several widgets of a field: one that is wrong makes the field wrong."""
    text = _text_of(shown)
    if shown.checked or text:
        entry.drawn = _and(entry.drawn, shown.drawing and _inked(before, after, shown.rect))
    if text:
        inside = [letter for letter in after.letters if _within(letter, shown.rect)]
        whole = [letter for letter in inside if _over(letter, shown.rect) <= SLACK]
        entry.readable = _and(entry.readable, _read(text, inside, hidden=shown.hidden))
        entry.inside = _and(entry.inside, entry.readable is False or _read(text, whole, hidden=shown.hidden))


def _and(so_far: bool | None, now: bool) -> bool:
    return now and so_far is not False


def _stored(widgets: list[Shown], value: str, *, every: bool) -> bool | None:
    """Whether a field holds what was asked for; `every`: all its widgets have been seen."""
    wanted = value.strip().casefold()
    if all(shown.checked is None for shown in widgets):
        return all(_holds(shown, value) for shown in widgets)
    if wanted in {"", "false", "off"}:
        return not any(shown.checked for shown in widgets)
    return any(shown.checked for shown in widgets) or (False if every else None)


def _holds(shown: Shown, value: str) -> bool:
    """A text as it is; a choice by what is selected, for it may have been asked for by export value or label."""
    if _plain(shown.value) == _plain(value):
        return True
    lines = {_plain(line).casefold() for line in value.splitlines()}
    return bool(lines & {_plain(each).casefold() for each in (shown.value, *shown.labels)}) and bool(shown.labels)


def _text_of(shown: Shown) -> str:
    """What must be readable in the box."""
    return "" if shown.checked is not None else "".join(shown.labels) or shown.value


def _read(text: str, letters: list[Letter], *, hidden: bool) -> bool:
    if hidden:
        return len(letters) >= len(text) and not _bag(text) <= _bag("".join(each.character for each in letters))
    return _bag(text) <= _bag("".join(each.character for each in letters))


def _bag(text: str) -> Counter[str]:
    return Counter(unicodedata.normalize("NFKD", _plain(text)))


def _plain(text: str) -> str:
    """Without what has no shape: spaces, line ends, joiners, variation selectors."""
    folded = unicodedata.normalize("NFKC", text).replace("\u00ad", "-").replace("\u2010", "-")
    return "".join(
        each
        for each in folded
        if unicodedata.category(each) not in {"Cf", "Cc", "Zs", "Zl", "Zp"} and not 0xFE00 <= ord(each) <= 0xFE0F
    )


def _within(letter: Letter, rect: Rect) -> bool:
    x, y = (letter.left + letter.right) / 2, (letter.bottom + letter.top) / 2
    return rect[0] - 0.5 <= x <= rect[2] + 0.5 and rect[1] - 0.5 <= y <= rect[3] + 0.5


def _over(letter: Letter, rect: Rect) -> float:
    return max(rect[0] - letter.left, letter.right - rect[2], rect[1] - letter.bottom, letter.top - rect[3])


def _inked(before: PageSeen, after: PageSeen, rect: Rect) -> bool:
    """Something has changed in the box, or the same is still drawn there: filling twice changes nothing."""
    new = _area(after, rect)
    if not any(new):
        return True  # of no pixel's size
    return new != _area(before, rect) or max(map(max, filter(None, new))) - min(map(min, filter(None, new))) > VISIBLE


def _others(before: PageSeen, after: PageSeen, changed: set[str]) -> list[Shown]:
    """Widgets that nobody asked for and that look different: the form used to ask viewers to draw them."""
    rest = [shown for shown in after.widgets if shown.visible and shown.name not in changed]
    return [shown for shown in rest if _area(before, shown.rect) != _area(after, shown.rect)]


def _same(before: PageSeen, after: PageSeen, shown: Shown) -> bool:
    """Whether a widget that was redrawn without being asked for still says what it said."""
    was = [each for each in before.widgets if each.name == shown.name and each.rect == shown.rect]
    kept = any((each.value, each.checked, each.labels) == (shown.value, shown.checked, shown.labels) for each in was)
    inside = [letter for letter in after.letters if _within(letter, shown.rect)]
    return kept and _read(_text_of(shown), inside, hidden=shown.hidden)


def _area(seen: PageSeen, rect: Rect) -> list[bytes]:
    left, top, right, bottom = seen.pixel_box(rect) if seen.has(rect) else (0, 0, 0, 0)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right + 1, seen.width), min(bottom + 1, seen.height)
    return [seen.pixels[row * seen.stride + left : row * seen.stride + right] for row in range(top, bottom)]


def _elsewhere(before: PageSeen, after: PageSeen, boxes: list[Rect]) -> bool:
    """Whether a pixel outside the boxes has changed."""
    if (before.width, before.height, before.stride) != (after.width, after.height, after.stride):
        return True
    if before.pixels == after.pixels:
        return False
    masks = [after.pixel_box(rect) for rect in boxes]
    for row in range(after.height):
        start = row * after.stride
        old, new = before.pixels[start : start + after.width], after.pixels[start : start + after.width]
        if old == new:
            continue
        at = 0
        for left, right in sorted(
            (left - EDGE, right + EDGE + 1) for left, top, right, bottom in masks if top - EDGE <= row <= bottom + EDGE
        ):
            if left > at and _differ(old[at:left], new[at:left]):
                return True
            at = max(at, right)
        if _differ(old[at:], new[at:]):
            return True
    return False


def _differ(old: bytes, new: bytes) -> bool:
    return old != new and any(abs(a - b) > VISIBLE for a, b in zip(old, new, strict=True))

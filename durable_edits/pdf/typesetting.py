"""From a value to runs of glyphs: which font shows which part, in visual order, and how wide that is."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate, groupby
from weakref import WeakKeyDictionary

from durable_edits.pdf.bidi import levels, mirrored, visual_order
from durable_edits.pdf.clusters import clusters, ignorable
from durable_edits.pdf.faces import (
    NUMERIC,
    REMEMBERED_LENGTH,
    Face,
    Shape,
    best_face,
    first_face,
    han_language,
    mark,
    script_of,
)
from durable_edits.pdf.fallback import EmbeddedFace
from durable_edits.pdf.field_font import OWN, FieldFont

Embed = Callable[[Face], EmbeddedFace]
ACCENTED = 930.0  # how high the accent over a capital reaches; a font's ascent is that of its small letters
REMEMBERED_LINES = 64  # for one font
SOFT_HYPHEN = "\u00ad"  # in simple fonts a hyphen, which it is at the end of a line alone


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one font, in visual order; `width` in thousandths of the size."""

    resource: str
    width: float
    own: bytes = b""
    shapes: tuple[Shape, ...] = ()
    face: Face | None = None
    embed: Embed | None = None

    @property
    def codes(self) -> bytes:
        """Asking for them makes the shapes a part of the document: what is only measured is not embedded."""
        if self.face is None or self.embed is None:
            return self.own
        return self.embed(self.face).encode(self.shapes)


@dataclass(frozen=True, slots=True)
class Line:
    runs: tuple[Run, ...]

    @property
    def width(self) -> float:
        return sum(run.width for run in self.runs)


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line in no document yet: how far its letters reach, and which of them nobody has."""

    runs: tuple[Run, ...]
    ascent: float
    descent: float
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Letter:
    """A cluster as it is shown: by a face, or by the field's own font where that is None."""

    text: str
    face: Face | None
    level: int


class Typesetter:
    """Sets text in a field's own font as far as it goes, and in the fallback faces from there, for one document."""

    def __init__(self, font: FieldFont, embed: Embed) -> None:
        self.font = font
        self._embed = embed
        self.missing: set[str] = set()
        self.ascent, self.descent = font.ascent, font.descent
        self._lines: dict[str, Line] = {}

    def line(self, text: str) -> Line:
        found = self._lines.get(text)
        if found is None:
            made = _remembered(self.font, text)
            self.ascent, self.descent = max(self.ascent, made.ascent), min(self.descent, made.descent)
            self.missing |= made.missing
            runs = (Run(run.resource, run.width, run.own, run.shapes, run.face, self._embed) for run in made.runs)
            found = self._lines[text] = Line(tuple(runs))
        return found

    def cells(self, text: str, count: int) -> list[Line]:
        """The first letters of a text, each for a cell of its own, from left to right."""
        letters = clusters(text)[:count]
        embedding = levels("".join(letters))
        if embedding is not None:
            starts = accumulate(map(len, letters[:-1]), initial=0)
            letters = [letters[index] for index in visual_order([embedding[start] for start in starts])]
        return [self.line(letter) for letter in letters]


_lines: WeakKeyDictionary[FieldFont, dict[str, SetLine]] = WeakKeyDictionary()


def _remembered(font: FieldFont, text: str) -> SetLine:
    if len(text) > REMEMBERED_LENGTH:
        return _Setting(font).line(text)
    lines = _lines.setdefault(font, {})
    found = lines.get(text)
    if found is None:
        if len(lines) >= REMEMBERED_LINES:
            lines.clear()
        found = lines[text] = _Setting(font).line(text)
    return found


class _Setting:
    """One line on its way from text to runs."""

    def __init__(self, font: FieldFont) -> None:
        self.font = font
        self._missing: set[str] = set()
        self._ascent, self._descent = font.ascent, font.descent

    def line(self, text: str) -> SetLine:
        runs = tuple(self._runs(text.replace("\t", " ")))
        return SetLine(runs, self._ascent, self._descent, frozenset(self._missing))

    def _runs(self, text: str) -> Iterable[Run]:
        if text.isascii() and all(map(self.font.shows, text)):
            return (self._own(text),)
        letters = clusters(text)
        text = "".join(letters)
        if any(map(_accented_capital, text)):
            self._ascent = max(self._ascent, ACCENTED)
        embedding = levels(text)
        if embedding is None and all(map(self._shows, text)):
            return (self._own(text),)
        items = _items(self._letters(letters, embedding))
        items = [items[index] for index in visual_order([item[0].level for item in items])]
        language = han_language(text)
        runs = [self._run(item, language) for item in items]
        runs = runs if embedding is None else self._marked(items, runs)
        return _joined(run for run in runs if run.own or run.shapes)

    def _shows(self, character: str) -> bool:
        return character != SOFT_HYPHEN and self.font.shows(character)

    def _own(self, text: str) -> Run:
        return Run(OWN, self.font.width(text), self.font.encode(text))

    def _run(self, item: list[_Letter], language: str) -> Run:
        face, rtl = item[0].face, item[0].level % 2 == 1
        text = "".join(letter.text for letter in item)
        if face is None:
            return self._own("".join(mirrored().get(each, each) for each in reversed(text)) if rtl else text)
        script = next(filter(None, map(script_of, text)), "")
        shaped = face.shape(text, right_to_left=rtl, script=script, language=language)
        self._missing.update(shaped.lost)
        self._ascent, self._descent = max(self._ascent, shaped.top), min(self._descent, shaped.bottom)
        return Run(face.name, shaped.width, shapes=shaped.shapes, face=face)

    def _marked(self, items: list[list[_Letter]], runs: list[Run]) -> list[Run]:
        """With marks of direction where it changes beside a character that has none.

        Readers put what runs right to left back into order by rules simpler than those it was set by, and would take a
        bracket or a number for a part of the wrong side.
        """
        found: list[Run] = []
        for index, (item, run) in enumerate(zip(items, runs, strict=True)):
            rtl = item[0].level % 2 == 1
            first, last = (item[-1].text, item[0].text) if rtl else (item[0].text, item[-1].text)
            turned = [0 <= other < len(items) and items[other][0].level % 2 != rtl for other in (index - 1, index + 1)]
            edge = turned[0] or (rtl and (index == 0 or _sign_beside_blank(first, items[index - 1][0].text)))
            if edge and not _strong(first, rtl=rtl):
                found.append(self._mark(rtl=rtl))
            found.append(run)
            if turned[1] and not _strong(last, rtl=rtl):
                found.append(self._mark(rtl=rtl))
        return found

    def _mark(self, *, rtl: bool) -> Run:
        face = first_face()
        shape = mark(right_to_left=rtl)
        return Run(face.name, shape.advance, shapes=(shape,), face=face)

    def _letters(self, letters: list[str], embedding: list[int] | None) -> list[_Letter]:
        """Each with its face and level.

        A word stays in one face where one has all of it; right to left, so does the whole stretch, or the shaper
        could not join and mirror across its spaces and brackets.
        """
        starts = [0]
        for letter in letters:
            starts.append(starts[-1] + len(letter))
        level = [embedding[start] if embedding else 0 for start in starts[:-1]]
        found: list[_Letter] = []
        for depth, group in groupby(range(len(letters)), key=level.__getitem__):
            stretch = [letters[index] for index in group]
            for word in [stretch] if depth % 2 else _words(stretch):
                found += [_Letter(text, face, depth) for text, face in self._faces(word, rtl=depth % 2 == 1)]
        return found

    def _faces(self, letters: list[str], *, rtl: bool) -> list[tuple[str, Face | None]]:
        found = [each for letter in letters for each in self._shown(letter, rtl=rtl)]
        used = dict.fromkeys(face for _letter, face in found if face is not None and face.letters)
        for face in used:
            if all(ignorable(each) or face.shows(each) for letter, _face in found for each in letter):
                return [(letter, face) for letter, _face in found]
        return found

    def _shown(self, letter: str, *, rtl: bool) -> list[tuple[str, Face | None]]:
        """A letter with its marks, and the face that shows it; what none shows is reported missing.

        Where each has a face but none has all, each goes into its own. Right to left the field's own font comes last:
        its codes have but one text, which a turned bracket needs.
        """
        own = "".join(each for each in letter if self._shows(each))
        whole = all(each in own or ignorable(each) for each in letter)
        if whole and not rtl and letter != SOFT_HYPHEN:
            return [(own, None)] if own else []
        face, lacking = (first_face(), "") if letter == SOFT_HYPHEN else best_face(letter)
        if face is not None and not lacking:
            return [(letter, face)]
        if whole:
            return [(own, None)] if own else []
        if len(letter) > 1:
            return [each for character in letter for each in self._shown(character, rtl=rtl)]
        self._missing.add(letter)
        return []


def _strong(letter: str, *, rtl: bool) -> bool:
    return unicodedata.bidirectional(letter[0]) in ({"R", "AL"} if rtl else {"L"})


def _sign_beside_blank(sign: str, blank: str) -> bool:
    return unicodedata.bidirectional(sign[0]) in NUMERIC and not _strong(blank, rtl=True)


def _joined(runs: Iterable[Run]) -> Iterable[Run]:
    """Neighbours of one font as one run."""
    for _resource, group in groupby(runs, key=lambda run: run.resource):
        first, *more = group
        if not more:
            yield first
            continue
        every = [first, *more]
        yield Run(
            first.resource,
            sum(run.width for run in every),
            b"".join(run.own for run in every),
            tuple(shape for run in every for shape in run.shapes),
            first.face,
        )


@functools.cache
def _accented_capital(letter: str) -> bool:
    return letter.isupper() and bool(unicodedata.decomposition(letter))


def _words(letters: list[str]) -> Iterable[list[str]]:
    """Letters up to where blanks end."""
    word: list[str] = []
    for letter in letters:
        if word and word[-1].isspace() and not letter.isspace():
            yield word
            word = []
        word.append(letter)
    if word:
        yield word


def _items(letters: list[_Letter]) -> list[list[_Letter]]:
    """Stretches that are shaped in one go: of one level, one face and, in a face, one script."""
    items: list[list[_Letter]] = []
    script = ""
    for letter in letters:
        own = script_of(letter.text[0]) if letter.face is not None else ""
        last = items[-1][-1] if items else None
        if (
            last is not None
            and last.level == letter.level
            and last.face is letter.face
            and script in {own or script, ""}
        ):
            items[-1].append(letter)
            script = script or own
        else:
            items.append([letter])
            script = own
    return items

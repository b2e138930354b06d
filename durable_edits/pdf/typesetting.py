"""From a value to runs of glyphs: which font shows which part, in visual order, and how wide that is."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from durable_edits.pdf.fallback import EmbeddedFace, Face, Glyph, face_for
from durable_edits.pdf.field_font import OWN, FieldFont

Embed = Callable[[Face], EmbeddedFace]
JOINERS = "\u200c\u200d"  # zero width non-joiner and joiner
ACCENTED = 930.0  # how high the accent over a capital reaches; a font's ascent is that of its small letters
MIRRORED = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))
_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one font, each with the width the font declares for it; all in thousandths of the size."""

    resource: str
    width: float
    codes: bytes = b""
    glyphs: tuple[tuple[Glyph, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    runs: tuple[Run, ...]

    @property
    def width(self) -> float:
        return sum(run.width for run in self.runs)


class Typesetter:
    """Sets text in a field's own font as far as it goes, and in the fallback faces from there."""

    def __init__(self, font: FieldFont, embed: Embed) -> None:
        self.font = font
        self._embed = embed
        self.missing: set[str] = set()
        self.ascent, self.descent = font.ascent, font.descent

    def line(self, text: str) -> Line:
        text = text.replace("\t", " ")
        if not text.isascii():
            text = "".join(clusters(text))
            if any(map(_accented_capital, text)):
                self.ascent = max(self.ascent, ACCENTED)
        if all(self.font.shows(character) for character in text):
            return Line((Run(OWN, self.font.width(text), self.font.encode(text)),))
        return Line(tuple(run for part, rtl in _visual(text) for run in self._runs(part, rtl)))

    def _runs(self, text: str, rtl: bool) -> Iterable[Run]:
        parts = list(self._by_font(text, rtl))
        for part, face in reversed(parts) if rtl else parts:
            if face is None:
                shown = "".join(MIRRORED.get(each, each) for each in reversed(part)) if rtl else part
                yield Run(OWN, self.font.width(shown), self.font.encode(shown))
                continue
            embedded = self._embed(face)
            glyphs = embedded.use(face.shape(part, right_to_left=rtl))
            self.ascent, self.descent = max(self.ascent, face.ascent * 0.85), min(self.descent, face.descent * 0.85)
            width = sum(glyph.advance for glyph in glyphs)
            yield Run(face.name, width, glyphs=tuple((glyph, embedded.widths[glyph.cid]) for glyph in glyphs))

    def _by_font(self, text: str, rtl: bool) -> Iterable[tuple[str, Face | None]]:
        """Pieces of `text` with the face that shows each, None for the field's own font.

        A word stays in one face where one has all of it; right to left, so does the whole stretch, or the shaper
        could not join and mirror across its spaces and brackets.
        """
        piece, current = "", None
        for word in [text] if rtl else _WORDS.findall(text):
            for cluster, face in self._faces(clusters(word)):
                if piece and face is not current:
                    yield piece, current
                    piece = ""
                piece, current = piece + cluster, face
        if piece:
            yield piece, current

    def _faces(self, letters: list[str]) -> list[tuple[str, Face | None]]:
        found = []
        for letter in letters:
            shown, face = self._face(letter)
            if shown:
                found.append((shown, face))
        used = dict.fromkeys(face for _letter, face in found if face is not None)
        whole = next(
            (face for face in used if all(face.shows(each) for letter, _face in found for each in letter)), None
        )
        return found if whole is None else [(letter, whole) for letter, _face in found]

    def _face(self, letter: str) -> tuple[str, Face | None]:
        """The face that shows a letter with its marks, and what of it can be shown; the rest is reported missing."""
        visible = "".join(each for each in letter if self.font.shows(each) or not _invisible(each))
        if visible and all(self.font.shows(each) for each in visible):
            return visible, None
        candidates = {id(face): face for each in visible if (face := face_for(each)) is not None}
        best = max(candidates.values(), key=lambda face: sum(map(face.shows, visible)), default=None)
        if best is None:
            self.missing.update(each for each in visible if not self.font.shows(each))
            return "".join(each for each in visible if self.font.shows(each)), None
        self.missing.update(each for each in visible if not best.shows(each))
        return "".join(each for each in letter if best.shows(each)), best


@functools.cache
def _accented_capital(letter: str) -> bool:
    return letter.isupper() and bool(unicodedata.decomposition(letter))


def clusters(text: str) -> list[str]:
    """Letters with the marks that belong to them, composed where Unicode has one character for both.

    Single characters are left as they are: normalizing those would turn one form of a Han character into another.
    """
    found: list[str] = []
    for each in text:
        if found and (
            unicodedata.category(each) in {"Mn", "Mc", "Me"} or each in JOINERS or found[-1][-1] == JOINERS[-1]
        ):
            found[-1] += each
        else:
            found.append(each)
    return [unicodedata.normalize("NFC", each) if len(each) > 1 else each for each in found]


def _invisible(character: str) -> bool:
    """Controls and variation selectors have no shape to miss."""
    return unicodedata.category(character) in {"Cf", "Cc"} or 0xFE00 <= ord(character) <= 0xFE0F


def _visual(text: str) -> list[tuple[str, bool]]:
    """Stretches of one direction in visual order, each with whether it runs right to left.

    A plain form of the bidirectional algorithm (UAX 9): one level of embedding; neutrals go with their neighbours
    where both agree, else with the paragraph, whose direction the first strong character decides.
    """
    directions = [_direction(character) for character in text]
    strong = [direction for direction in directions if direction in "LR"]
    if "R" not in strong:
        return [(text, False)]
    base = strong[0]
    settled = _settle(directions, base)
    stretches: list[tuple[str, bool]] = []
    for character, direction in zip(text, settled, strict=True):
        rtl = direction == "R"
        if stretches and stretches[-1][1] == rtl:
            stretches[-1] = (stretches[-1][0] + character, rtl)
        else:
            stretches.append((character, rtl))
    return stretches[::-1] if base == "R" else stretches


def _settle(directions: list[str], base: str) -> list[str]:
    settled = ["L" if direction == "N" else direction for direction in directions]
    for index, direction in enumerate(directions):
        if direction != "-":
            continue
        before = next((each for each in reversed(settled[:index]) if each != "-"), base)
        after = next((each for each in settled[index + 1 :] if each != "-"), base)
        settled[index] = before if before == after else base
    return settled


def _direction(character: str) -> str:
    match unicodedata.bidirectional(character):
        case "L":
            return "L"
        case "R" | "AL":
            return "R"
        case "EN" | "AN":
            return "N"
        case _:
            return "-"

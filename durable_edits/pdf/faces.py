"""The fallback faces: which characters each shows, how it shapes a text, and the outlines of its glyphs.

All are Noto fonts under the SIL Open Font License, from packages that this one depends on. Opening one costs about
0.1 ms, as its file is mapped and not read; the last three are packed and cost 20 ms, so they are asked last.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import as_file, files
from typing import Any

from durable_edits.pdf.bidi import LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK, mirrored
from durable_edits.pdf.clusters import EMOJI_STYLE, TEXT_STYLE, ZERO_WIDTH_JOINER, ignorable
from durable_edits.pdf.font_program import Bounds, Outline, Pen, char_string

REGULAR = {"wght": 400.0}
REMEMBERED_TEXTS, REMEMBERED_LENGTH = 1024, 128  # 30 MB at the most
REMEMBERED_GLYPHS = 16384  # of about 200 bytes each
REMEMBERED_LETTERS = 65536
WORLD, CJK, PACKED = "manimgx_fonts", "manimgx_fonts_cjk", "pymupdf_fonts"
SCRIPTS = (
    "Arabic Armenian Bengali Devanagari Ethiopic Georgian Gujarati Gurmukhi Hebrew Kannada Khmer Lao Malayalam Myanmar "
    "Oriya Sinhala Tamil Telugu Thai"
)


@dataclass(frozen=True, slots=True)
class Source:
    """`letters`: a face to set a whole word in; one of symbols has digits and blanks, but not for that."""

    name: str
    package: str
    file: str
    letters: bool = True


SOURCES = (
    Source("NotoSans", WORLD, "NotoSans[wght].ttf"),
    *(Source(f"NotoSans{script}", WORLD, f"NotoSans{script}[wght].ttf") for script in SCRIPTS.split()),
    Source("NotoSansCJK", CJK, "NotoSansCJK-VF.otf.ttc"),
    Source("NotoSansSymbols", WORLD, "NotoSansSymbols[wght].ttf", letters=False),
    Source("NotoEmoji", WORLD, "NotoEmoji[wght].ttf", letters=False),
    Source("NotoSansSymbols2", PACKED, "NotoSansSymbols2_Regular", letters=False),
    Source("NotoSansMath", PACKED, "NotoSansMath_Regular", letters=False),
    Source("NotoMusic", PACKED, "NotoMusic_Regular", letters=False),
)
EMOJI = next(index for index, source in enumerate(SOURCES) if source.name == "NotoEmoji")
NOTDEF = 0
HAIR = 1  # the width of what nobody sees: readers lose what has none
NUMERIC = {"ES", "ET", "CS"}

Part = tuple[int, float, float]  # a glyph of the face, moved by x and y


@dataclass(frozen=True, slots=True)
class Shape:
    """What is drawn as one: the glyphs of a cluster, `advance` wide, standing for `text`. Thousandths of the size."""

    parts: tuple[Part, ...]
    advance: int
    text: str


@dataclass(frozen=True, slots=True)
class Shaped:
    """A text as shapes in visual order, how wide they are, how far their ink reaches, and what they leave out."""

    shapes: tuple[Shape, ...]
    width: int
    top: int
    bottom: int
    lost: str


class Face:
    """One font."""

    def __init__(self, source: Source) -> None:
        import uharfbuzz

        self.name = source.name
        self.letters = source.letters
        self._face = uharfbuzz.Face(_blob(source))
        self._font = uharfbuzz.Font(self._face)
        if self._face.has_var_data:
            self._font.set_variations(REGULAR)
        self.scale = 1000.0 / self._face.upem

    def shows(self, character: str) -> bool:
        return self._font.get_nominal_glyph(ord(character)) is not None

    def shape(self, text: str, *, right_to_left: bool, script: str, language: str) -> Shaped:
        make = _shaped if len(text) <= REMEMBERED_LENGTH else _shaped.__wrapped__
        return make(self, text, right_to_left, script, language)

    def drawn(self, shape: Shape) -> tuple[bytes, Bounds]:
        """The shape as a glyph of a font program, and where its ink is."""
        return _drawn(self, shape.parts, shape.advance)

    def outline(self, glyph: int) -> Outline:
        pen = Pen(self.scale)
        self._font.draw_glyph_with_pen(glyph, pen)
        return pen.outline()

    def run_shaper(self, buffer: Any) -> None:
        import uharfbuzz

        uharfbuzz.shape(self._font, buffer)


@functools.cache
def face(index: int) -> Face:
    return Face(SOURCES[index])


def first_face() -> Face:
    return face(0)


@functools.lru_cache(REMEMBERED_LETTERS)
def best_face(letter: str) -> tuple[Face | None, str]:
    """The first face that shows all of a letter and its marks, else the one that shows most; and what it lacks."""
    asked = [each for each in letter if not ignorable(each)]
    if not asked:
        return None, ""
    best, best_lacks = None, "".join(asked)
    for candidate in _candidates(letter):
        lacks = "".join(each for each in asked if not candidate.shows(each))
        if len(lacks) < len(best_lacks):
            best, best_lacks = candidate, lacks
        if not lacks:
            break
    return best, best_lacks


def _candidates(letter: str) -> Iterator[Face]:
    """Emoji first where a letter asks to be one: by its selector, by joining, by a colour of skin."""
    wants_emoji = (EMOJI_STYLE in letter or ZERO_WIDTH_JOINER in letter[1:] or letter[-1] >= "\U0001f3fb") and (
        TEXT_STYLE not in letter
    )
    if wants_emoji and (ord(letter[0]) < 0x300 or ord(letter[0]) >= 0x2000):
        yield face(EMOJI)
    for index in range(len(SOURCES)):
        yield face(index)


def _blob(source: Source) -> Any:
    import uharfbuzz

    if source.package == PACKED:
        return uharfbuzz.Blob(import_module(f"{PACKED}.{source.file}").fontbuffer)
    with as_file(files(source.package).joinpath(source.file)) as path:
        return uharfbuzz.Blob.from_file_path(str(path))


@functools.lru_cache(REMEMBERED_TEXTS)
def _shaped(face: Face, text: str, right_to_left: bool, script: str, language: str) -> Shaped:
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.flags = (
        uharfbuzz.BufferFlags.BOT | uharfbuzz.BufferFlags.EOT | uharfbuzz.BufferFlags.DO_NOT_INSERT_DOTTED_CIRCLE
    )
    buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_GRAPHEMES
    buffer.direction = "rtl" if right_to_left else "ltr"
    buffer.script = script or "Zyyy"
    buffer.language = language
    face.run_shaper(buffer)
    starts = sorted({info.cluster for info in buffer.glyph_infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    shapes: list[Shape] = []
    parts: list[Part] = []
    at, current = 0, -1
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if info.cluster != current and current >= 0:
            shapes.append(Shape(tuple(parts), max(round(at * face.scale), HAIR), text[current : ends[current]]))
            parts, at = [], 0
        current = info.cluster
        parts.append((info.codepoint, (at + position.x_offset) * face.scale, position.y_offset * face.scale))
        at += position.x_advance
    if current >= 0:
        shapes.append(Shape(tuple(parts), max(round(at * face.scale), HAIR), text[current : ends[current]]))
    lost = "".join(shape.text for shape in shapes if any(part[0] == NOTDEF for part in shape.parts))
    shapes = [shape for shape in shapes if all(part[0] != NOTDEF for part in shape.parts)]
    if right_to_left:
        shapes = _readable(shapes)
    boxes = [face.drawn(shape)[1] for shape in shapes]
    top, bottom = max((box[3] for box in boxes), default=0), min((box[1] for box in boxes), default=0)
    return Shaped(tuple(shapes), sum(shape.advance for shape in shapes), top, bottom, lost)


def _readable(shapes: list[Shape]) -> list[Shape]:
    """Shapes that run right to left, so that readers, who turn them round code by code, get the text back.

    A code then may stand for one character alone: of a cluster the leftmost draws all, the others are blanks of their
    share of its width. What is turned has the text of what it looks like. A sign that belongs to numbers is told apart
    from the blank behind it.
    """
    found: list[Shape] = []
    for shape in shapes:
        letters = [mirrored().get(letter, letter) for letter in reversed(shape.text)]
        share = max(shape.advance // len(letters), HAIR)
        first = max(shape.advance - share * (len(letters) - 1), HAIR)
        if found and unicodedata.bidirectional(letters[-1]) in NUMERIC and not _strong(found[-1].text):
            found.append(mark(right_to_left=True))
        found.append(Shape(shape.parts, first, letters[0]))
        found += [Shape((), share, letter) for letter in letters[1:]]
    return found


def mark(*, right_to_left: bool) -> Shape:
    """A mark of direction, for readers alone."""
    return Shape((), HAIR, RIGHT_TO_LEFT_MARK if right_to_left else LEFT_TO_RIGHT_MARK)


def _strong(text: str) -> bool:
    return unicodedata.bidirectional(text[0]) in {"R", "AL", "NSM"}


@functools.lru_cache(REMEMBERED_GLYPHS)
def _drawn(face: Face, parts: tuple[Part, ...], advance: int) -> tuple[bytes, Bounds]:
    return char_string(((face.outline(glyph), x, y) for glyph, x, y in parts), advance)


@functools.lru_cache(REMEMBERED_LETTERS)
def script_of(character: str) -> str:
    """The script's four letters; "" for what all scripts share."""
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    return buffer.script or ""


def han_language(text: str) -> str:
    """Whose forms of the Han characters a text wants: what only Chinese writes is Chinese, the rest is Japanese."""
    if any("\uac00" <= each <= "\ud7a3" for each in text):
        return "ko"
    foreign = "".join(each for each in text if each >= "\u3400" and not _encodes(each, "cp932"))
    if not foreign or any("\u3041" <= each <= "\u30ff" for each in text):
        return "ja"
    return "zh-hans" if _encodes(foreign, "gb2312") or not _encodes(foreign, "big5") else "zh-hant"


def _encodes(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True

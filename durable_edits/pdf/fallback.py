"""A fallback face in one document: the shapes drawn in it, embedded once, each under a code of its own.

A code stands for a shape, a width and a text, so what a reader copies is exact whatever glyphs the shaper chose: a
ligature or a syllable is one glyph here, put together from the face's outlines.
"""

from __future__ import annotations

import functools
import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from durable_edits.pdf.faces import Face, Shape
from durable_edits.pdf.font_program import font_program
from durable_edits.pdf.increment import Increment
from durable_edits.pdf.tokens import string_token

MAX_SHAPES = 65_000  # a font program has at most 65,535 glyphs
ASCENT, DESCENT, CAP_HEIGHT = 1069, -293, 714  # of Noto Sans
REMEMBERED_PROGRAMS, REMEMBERED_SHAPES = 128, 512  # by shapes, in their order; 30 MB at the most


@dataclass(slots=True)
class EmbeddedFace:
    """`number` is that of the font's object, free until `write`."""

    face: Face
    number: int
    _codes: dict[Shape, int] = field(default_factory=dict)

    def encode(self, shapes: Iterable[Shape]) -> bytes:
        """The shapes' codes in this document, two bytes each."""
        codes = self._codes
        if len(codes) > MAX_SHAPES:
            raise ValueError(f"the document has more than {MAX_SHAPES} different letters of one font")
        return b"".join([codes.setdefault(shape, len(codes) + 1).to_bytes(2, "big") for shape in shapes])

    def write(self, increment: Increment) -> None:
        make = _made if len(self._codes) <= REMEMBERED_SHAPES else _made.__wrapped__
        made = make(self.face, tuple(self._codes))
        program, texts, descriptor, descendant = (increment.reserve() for _part in range(4))
        increment.put_stream(program, b"/Subtype/CIDFontType0C/Filter/FlateDecode", made.program)
        increment.put_stream(texts, b"/Filter/FlateDecode", made.to_unicode)
        increment.put(descriptor, made.descriptor % program)
        increment.put(descendant, made.descendant % (*_collection(increment, descendant), descriptor))
        increment.put(self.number, made.font % (descendant, texts))


@dataclass(frozen=True, slots=True)
class _Made:
    """A font's parts: streams as compressed, dictionaries with places for the numbers of other parts."""

    program: bytes
    to_unicode: bytes
    descriptor: bytes
    descendant: bytes
    font: bytes


def _collection(increment: Increment, number: int) -> tuple[bytes, bytes]:
    """The registry and the ordering of our glyphs, as strings of that object."""
    cipher = increment.cipher
    names = (b"Adobe", b"Identity")
    if cipher is not None:
        names = cipher.encrypt_string(number, 0, names[0]), cipher.encrypt_string(number, 0, names[1])
    return string_token(names[0]), string_token(names[1])


@functools.lru_cache(REMEMBERED_PROGRAMS)
def _made(face: Face, shapes: tuple[Shape, ...]) -> _Made:
    drawn = [face.drawn(shape) for shape in shapes]
    digest = hashlib.sha256(repr(shapes).encode()).digest()
    name = "".join(chr(65 + byte % 26) for byte in digest[:6]) + "+" + face.name
    inked = [box for _code, box in drawn if box[0] < box[2]] or [(0, DESCENT, 1000, ASCENT)]
    lefts, bottoms, rights, tops = zip(*inked, strict=True)
    box = min(lefts), min(bottoms), max(rights), max(tops)
    program = font_program(name, [code for code, _box in drawn], box)
    named = f"/{name}".encode()
    widths = b" ".join(b"%d" % shape.advance for shape in shapes)
    return _Made(
        zlib.compress(program),
        zlib.compress(_to_unicode([shape.text for shape in shapes])),
        b"<</Type/FontDescriptor/FontName%b/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0" % (named, *box)
        + b"/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile3 %%d 0 R>>" % (ASCENT, DESCENT, CAP_HEIGHT),
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont%b/CIDSystemInfo<</Registry %%b/Ordering %%b/Supplement 0>>" % named
        + b"/DW 1000/W[1[%b]]/FontDescriptor %%d 0 R>>" % widths,
        b"<</Type/Font/Subtype/Type0/BaseFont%b/Encoding/Identity-H/DescendantFonts[%%d 0 R]/ToUnicode %%d 0 R>>"
        % named,
    )


def _to_unicode(texts: list[str]) -> bytes:
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    rows = [f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in enumerate(texts, 1)]
    for start in range(0, len(rows), 100):  # the specification's limit for one block
        block = rows[start : start + 100]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode()

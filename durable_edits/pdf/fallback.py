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
from typing import Any

from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from durable_edits.pdf.faces import Face, Shape
from durable_edits.pdf.font_program import Bounds, font_program

MAX_SHAPES = 65_000  # a font program has at most 65,535 glyphs
ASCENT, DESCENT = 1069, -293  # of Noto Sans
REMEMBERED_PROGRAMS, REMEMBERED_SHAPES = 128, 512  # by shapes, in their order; 30 MB at the most


@dataclass(slots=True)
class EmbeddedFace:
    face: Face
    resource: IndirectObject
    _codes: dict[Shape, int] = field(default_factory=dict)

    def encode(self, shapes: Iterable[Shape]) -> bytes:
        """The shapes' codes in this document, two bytes each."""
        codes = self._codes
        if len(codes) > MAX_SHAPES:
            raise ValueError(f"the document has more than {MAX_SHAPES} different letters of one font")
        return b"".join([codes.setdefault(shape, len(codes) + 1).to_bytes(2, "big") for shape in shapes])

    def objects(self) -> dict[str, DictionaryObject]:
        """The font's parts: `font` (Type0), `descendant`, `descriptor`, `file`, `to_unicode`."""
        make = _made if len(self._codes) <= REMEMBERED_SHAPES else _made.__wrapped__
        made = make(self.face, tuple(self._codes))
        widths = ArrayObject([NumberObject(1), ArrayObject(NumberObject(shape.advance) for shape in self._codes)])
        return {
            "file": _stream(made.program, Subtype="/CIDFontType0C"),
            "to_unicode": _stream(made.to_unicode),
            "descriptor": _descriptor(made.name, made.box),
            "descendant": _descendant(made.name, widths),
            "font": _dictionary(Type="/Font", Subtype="/Type0", BaseFont=f"/{made.name}", Encoding="/Identity-H"),
        }


@dataclass(frozen=True, slots=True)
class _Made:
    """Streams are compressed."""

    name: str
    box: Bounds
    program: bytes
    to_unicode: bytes


@functools.lru_cache(REMEMBERED_PROGRAMS)
def _made(face: Face, shapes: tuple[Shape, ...]) -> _Made:
    drawn = [face.drawn(shape) for shape in shapes]
    digest = hashlib.sha256(repr(shapes).encode()).digest()
    name = "".join(chr(65 + byte % 26) for byte in digest[:6]) + "+" + face.name
    inked = [box for _code, box in drawn if box[0] < box[2]] or [(0, DESCENT, 1000, ASCENT)]
    lefts, bottoms, rights, tops = zip(*inked, strict=True)
    box = min(lefts), min(bottoms), max(rights), max(tops)
    program = font_program(name, [code for code, _box in drawn], box)
    texts = _to_unicode([shape.text for shape in shapes])
    return _Made(name, box, zlib.compress(program), zlib.compress(texts))


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


def _descriptor(name: str, box: Bounds) -> DictionaryObject:
    return _dictionary(
        Type="/FontDescriptor",
        FontName=f"/{name}",
        Flags=4,
        FontBBox=ArrayObject(NumberObject(side) for side in box),
        ItalicAngle=0,
        Ascent=ASCENT,
        Descent=DESCENT,
        CapHeight=714,
        StemV=80,
    )


def _descendant(name: str, widths: ArrayObject) -> DictionaryObject:
    return _dictionary(
        Type="/Font",
        Subtype="/CIDFontType0",
        BaseFont=f"/{name}",
        CIDSystemInfo=_dictionary(
            Registry=TextStringObject("Adobe"), Ordering=TextStringObject("Identity"), Supplement=0
        ),
        DW=1000,
        W=widths,
    )


def _dictionary(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): _object(value) for key, value in entries.items()})


def _stream(compressed: bytes, **entries: Any) -> EncodedStreamObject:
    stream = EncodedStreamObject()
    stream.update(_dictionary(Filter="/FlateDecode", **entries))
    stream._data = compressed
    return stream


def _object(value: Any) -> PdfObject:
    if isinstance(value, PdfObject):
        return value
    return NameObject(value) if isinstance(value, str) else NumberObject(value)

"""Fonts for what a form's own fonts cannot show: shaped, subset, embedded once a document.

Noto Sans (Latin, Greek, Cyrillic), Noto Sans JP (Japanese and the Han characters it has), Noto Sans Arabic and Noto
Sans Hebrew, all under the SIL Open Font License, come from packages that this one depends on.
"""

from __future__ import annotations

import functools
import hashlib
import io
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

FACES = (
    ("NotoSans", "fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf"),
    ("NotoSansArabic", "pylopdf_fonts_ar", "NotoSansArabic-Variable.ttf"),
    ("NotoSansHebrew", "pylopdf_fonts_he", "NotoSansHebrew-Variable.ttf"),
    ("NotoSansJP", "pylopdf_fonts_jp", "NotoSansJP-Regular.otf"),
)
NOTHING = "\u200b"  # the text of a glyph whose letter another glyph stands for; readers ignore a zero width space
REGULAR = {"wght": 400.0, "wdth": 100.0}


@dataclass(frozen=True, slots=True)
class Glyph:
    """Positions in thousandths of the size; `text` is what the glyph stands for when a reader copies it."""

    cid: int
    advance: float
    x: float
    y: float
    text: str


class Face:
    """One font file. Loading costs about 50 ms, so it happens when the first character asks for it."""

    def __init__(self, name: str, package: str, file: str) -> None:
        self.name = name
        self._data = files(package).joinpath(file).read_bytes()
        from fontTools.ttLib import TTFont

        self.font = TTFont(io.BytesIO(self._data), lazy=True)
        self._characters: set[int] = set(self.font.getBestCmap())
        self._names: list[str] = self.font.getGlyphOrder()
        self.scale = 1000.0 / self.font["head"].unitsPerEm
        self.ascent = self.font["hhea"].ascent * self.scale
        self.descent = self.font["hhea"].descent * self.scale
        self.glyph_count = len(self._names)
        self.outlines_are_cff = "CFF " in self.font
        self._shaper = self._open_shaper()

    def shows(self, character: str) -> bool:
        return ord(character) in self._characters

    def shape(self, text: str, *, right_to_left: bool) -> list[Glyph]:
        """Glyphs in visual order, left to right."""
        import uharfbuzz

        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if right_to_left else "ltr"
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        uharfbuzz.shape(self._shaper, buffer)
        starts = sorted({info.cluster for info in buffer.glyph_infos})
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        told: set[int] = set()
        glyphs = []
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            stands_for = "" if info.cluster in told else text[info.cluster : ends[info.cluster]]
            told.add(info.cluster)
            glyphs.append(
                Glyph(
                    self.cid(info.codepoint),
                    position.x_advance * self.scale,
                    position.x_offset * self.scale,
                    position.y_offset * self.scale,
                    stands_for,
                )
            )
        return glyphs

    def cid(self, glyph: int) -> int:
        """A CFF font numbers its glyphs by its own charset; a TrueType font by glyph index."""
        name = self._names[glyph]
        return int(name[3:]) if self.outlines_are_cff and name[:3] == "cid" and name[3:].isdigit() else glyph

    def glyph_name(self, cid: int) -> str:
        name = f"cid{cid:05d}"
        return name if self.outlines_are_cff and name in self._name_set else self._names[cid]

    @functools.cached_property
    def _name_set(self) -> frozenset[str]:
        return frozenset(self._names)

    def _open_shaper(self) -> Any:
        import uharfbuzz

        shaper = uharfbuzz.Font(uharfbuzz.Face(self._data))
        if "fvar" in self.font:
            shaper.set_variations(REGULAR)
        return shaper


@functools.cache
def face(index: int) -> Face:
    return Face(*FACES[index])


def face_for(character: str) -> Face | None:
    """The first face that shows the character, or None: nobody here has it."""
    return next((face(index) for index in range(len(FACES)) if face(index).shows(character)), None)


@dataclass(slots=True)
class EmbeddedFace:
    """A face as used in one document: the glyphs it needs, and what each stands for.

    Letters can share a shape (Arabic ones that differ by their dots do), and a code has but one text to be copied as:
    a shape that stands for something else gets another code. That needs a /CIDToGIDMap, which CFF fonts have not.
    """

    face: Face
    resource: IndirectObject
    texts: dict[int, str] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    shapes: dict[int, int] = field(default_factory=dict)
    _codes: dict[tuple[int, str], int] = field(default_factory=dict)

    def use(self, glyphs: list[Glyph]) -> list[Glyph]:
        """The glyphs with the codes they have in this document."""
        return [replace(glyph, cid=self._code(glyph)) for glyph in glyphs]

    def _code(self, glyph: Glyph) -> int:
        code = self._codes.get((glyph.cid, glyph.text))
        if code is None:
            free = glyph.cid not in self.texts or self.face.outlines_are_cff
            code = glyph.cid if free else self.face.glyph_count + len(self._codes)
            self._codes[glyph.cid, glyph.text] = code
            self.shapes[code] = glyph.cid
            self.texts[code] = self.texts.get(code) or glyph.text
            self.widths.setdefault(code, round(glyph.advance))
        return code

    def objects(self) -> dict[str, DictionaryObject]:
        """The font's parts: `font` (Type0), `descendant`, `descriptor`, `file`, `to_unicode`, `cid_to_gid`."""
        shapes = frozenset(self.shapes.values())
        name = _subset_name(self.face, shapes)
        data, order = _subset(self.face, shapes)
        parts: dict[str, DictionaryObject] = {"file": _stream(data, **_file_keys(self.face, len(data)))}
        parts["descriptor"] = _descriptor(self.face, name)
        parts["descendant"] = _descendant(self.face, name, self._widths())
        parts["to_unicode"] = _stream(_to_unicode(self.texts))
        if not self.face.outlines_are_cff:
            parts["cid_to_gid"] = _stream(_cid_to_gid({code: order[shape] for code, shape in self.shapes.items()}))
        parts["font"] = _dictionary(Type="/Font", Subtype="/Type0", BaseFont=f"/{name}", Encoding="/Identity-H")
        return parts

    def _widths(self) -> ArrayObject:
        widths = ArrayObject()
        for cid, width in sorted(self.widths.items()):
            widths.append(NumberObject(cid))
            widths.append(ArrayObject([NumberObject(round(width))]))
        return widths


def _subset_name(face: Face, cids: frozenset[int]) -> str:
    digest = hashlib.sha256(repr(sorted(cids)).encode()).digest()
    return "".join(chr(65 + byte % 26) for byte in digest[:6]) + "+" + face.name


@functools.lru_cache(maxsize=256)
def _subset(face: Face, cids: frozenset[int]) -> tuple[bytes, dict[int, int]]:
    """The font program with these glyphs alone, and its glyph index for each cid. 5-40 ms, hence the cache."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    options = subset.Options(
        layout_features=[], name_IDs=[], notdef_outline=True, glyph_names=True, hinting=False, legacy_cmap=False
    )
    options.drop_tables += [
        "GSUB",
        "GPOS",
        "GDEF",
        "STAT",
        "MVAR",
        "HVAR",
        "meta",
        "DSIG",
        "BASE",
        "VORG",
        "vhea",
        "vmtx",
    ]
    font = TTFont(io.BytesIO(face._data), lazy=True)
    names = {cid: face.glyph_name(cid) for cid in cids}
    subsetter = subset.Subsetter(options)
    subsetter.populate(glyphs=list(names.values()))
    subsetter.subset(font)
    if "fvar" in font:
        axes = {axis.axisTag: REGULAR.get(axis.axisTag, axis.defaultValue) for axis in font["fvar"].axes}
        font = instancer.instantiateVariableFont(font, axes, inplace=True)
    order = {cid: font.getGlyphID(name) for cid, name in names.items()}
    out = io.BytesIO()
    if face.outlines_are_cff:
        return bytes(font["CFF "].compile(font)), order
    font.save(out, reorderTables=False)
    return out.getvalue(), order


def _file_keys(face: Face, size: int) -> dict[str, Any]:
    return {"Subtype": "/CIDFontType0C"} if face.outlines_are_cff else {"Length1": size}


def _descriptor(face: Face, name: str) -> DictionaryObject:
    head = face.font["head"]
    box = [round(value * face.scale) for value in (head.xMin, head.yMin, head.xMax, head.yMax)]
    return _dictionary(
        Type="/FontDescriptor",
        FontName=f"/{name}",
        Flags=4,
        FontBBox=ArrayObject(NumberObject(value) for value in box),
        ItalicAngle=0,
        Ascent=round(face.ascent),
        Descent=round(face.descent),
        CapHeight=round(face.ascent),
        StemV=80,
    )


def _descendant(face: Face, name: str, widths: ArrayObject) -> DictionaryObject:
    return _dictionary(
        Type="/Font",
        Subtype="/CIDFontType0" if face.outlines_are_cff else "/CIDFontType2",
        BaseFont=f"/{name}",
        CIDSystemInfo=_dictionary(
            Registry=TextStringObject("Adobe"), Ordering=TextStringObject("Identity"), Supplement=0
        ),
        DW=1000,
        W=widths,
    )


def _cid_to_gid(order: dict[int, int]) -> bytes:
    table = bytearray(2 * (max(order, default=0) + 1))
    for cid, gid in order.items():
        table[2 * cid : 2 * cid + 2] = gid.to_bytes(2, "big")
    return bytes(table)


def _to_unicode(texts: dict[int, str]) -> bytes:
    rows = [(cid, text or NOTHING) for cid, text in sorted(texts.items())]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    for start in range(0, len(rows), 100):  # the specification's limit for one block
        block = rows[start : start + 100]
        lines.append(f"{len(block)} beginbfchar")
        lines += [f"<{cid:04X}> <{text.encode('utf-16-be').hex().upper()}>" for cid, text in block]
        lines.append("endbfchar")
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode()


def _dictionary(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): _object(value) for key, value in entries.items()})


def _stream(data: bytes, **entries: Any) -> StreamObject:
    stream = StreamObject()
    stream.update(_dictionary(**entries))
    stream.set_data(data)
    return stream.flate_encode()


def _object(value: Any) -> PdfObject:
    if isinstance(value, PdfObject):
        return value
    return NameObject(value) if isinstance(value, str) else NumberObject(value)

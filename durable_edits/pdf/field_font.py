"""The fonts a form brings along for its fields: which characters they show, how wide, under which code."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from pypdf._codecs import charset_encoding
from pypdf._codecs.adobe_glyphs import adobe_glyphs
from pypdf._codecs.core_font_metrics import CORE_FONT_METRICS
from pypdf.generic import DictionaryObject, FloatObject, NameObject, NumberObject, PdfObject
from pypdf.generic._font import CoreFontMetrics

from durable_edits.pdf.document import items, resolved
from durable_edits.pdf.lazily import lazily
from durable_edits.pdf.serialise import serialised

# Base-14 names as form authors write them in a default appearance, with the font they mean.
ALIASES = {
    "Helv": "Helvetica",
    "HeBo": "Helvetica-Bold",
    "HeOb": "Helvetica-Oblique",
    "Cour": "Courier",
    "CoBo": "Courier-Bold",
    "TiRo": "Times-Roman",
    "TiBo": "Times-Bold",
    "TiIt": "Times-Italic",
    "ZaDb": "ZapfDingbats",
    "Symb": "Symbol",
}
# What an appearance calls the field's font: the form's own name for it may be no name that content can spell, or that
# of a fallback face.
OWN = "Own"
SYMBOLIC_FLAG = 1 << 2
SYMBOLIC = {"ZapfDingbats", "Symbol"}
_ASCII = [chr(code) for code in range(128)]
DEFAULT_ASCENT, DEFAULT_DESCENT = 750.0, -250.0
DEFAULT_CAPITALS, MAX_CAPITALS = 720.0, 760.0  # height of capital letters; some writers declare the ascent as that


Letters = tuple[dict[str, int], dict[str, float], float, float, float]
"""Codes and widths by letter, ascent, descent and line."""


@dataclass(eq=False)
class FieldFont:
    """A simple font. All measures are in thousandths of the size; `resource` goes into /Font.

    `ascent` and `descent` are how far its letters reach; `line` is the height that a line of it takes for viewers.
    """

    resource: PdfObject
    codes: dict[str, int]
    widths: dict[str, float]
    ascent: float
    descent: float
    line: float

    @lazily
    def ascii_widths(self) -> tuple[float | None, ...]:
        """In sizes, by code, of the ASCII letters that have their own code in this font; None for the others."""
        codes, widths = self.codes, self.widths
        return tuple([widths[each] / 1000 if codes.get(each) == ord(each) else None for each in _ASCII])

    @lazily
    def token(self) -> bytes:
        """What stands for it in an appearance's resources."""
        return serialised(self.resource)

    def shows(self, character: str) -> bool:
        return character in self.codes

    def width(self, text: str) -> float:
        return sum(self.widths[character] for character in text)

    def encode(self, text: str) -> bytes:
        return bytes(self.codes[character] for character in text)


@functools.cache
def standard_font(base: str = "Helvetica") -> FieldFont:
    """One of the base 14, which every viewer has."""
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject(f"/{base}"),
        }
    )
    if base not in SYMBOLIC:
        font[NameObject("/Encoding")] = NameObject("/WinAnsiEncoding")
    found = read_font(font)
    if found is None:
        raise ValueError(f"{base} is not one of the base 14 fonts")
    return found


def find_resource(name: str, resources: DictionaryObject | None) -> PdfObject | None:
    """The font of a name as resources have it."""
    fonts = resolved(resources.get("/Font"), DictionaryObject) if resources is not None else None
    return fonts.raw_get(f"/{name}") if fonts is not None and f"/{name}" in fonts else None


def find_font(name: str, raw: PdfObject | None) -> FieldFont:
    """The font a default appearance names; Helvetica where the form has none of that name that can be used."""
    if raw is not None:
        return read_font(raw) or standard_font()
    return standard_font(ALIASES.get(name, name if name in CORE_FONT_METRICS else "Helvetica"))


def read_font(raw: PdfObject) -> FieldFont | None:
    """None for a font whose codes are not single bytes (Type0, Type3) or whose widths nobody knows."""
    font = resolved(raw, DictionaryObject)
    if font is None or font.get("/Subtype") not in {"/Type1", "/TrueType", "/MMType1"}:
        return None
    encoding = font.get("/Encoding")
    if isinstance(encoding, NameObject) and "/FontDescriptor" not in font and "/Widths" not in font:
        found = _standard_letters(str(font.get("/BaseFont", "/Helvetica")), str(encoding), str(font.get("/Subtype")))
    else:
        found = _letters(font)
    return None if found is None else FieldFont(raw, *found)


@functools.lru_cache(maxsize=64)
def _standard_letters(base: str, encoding: str, subtype: str) -> Letters | None:
    """Of a font of which nothing but its name and encoding is said, as of most that forms use."""
    font = DictionaryObject({NameObject("/Encoding"): NameObject(encoding), NameObject("/BaseFont"): NameObject(base)})
    font[NameObject("/Subtype")] = NameObject(subtype)
    return _letters(font)


def _letters(font: DictionaryObject) -> Letters | None:
    base = str(font.get("/BaseFont", "/Helvetica"))[1:]
    descriptor = resolved(font.get("/FontDescriptor"), DictionaryObject)
    core = CORE_FONT_METRICS.get(base) or (CORE_FONT_METRICS.get("Helvetica") if descriptor is None else None)
    letters = _encoding(font, base)
    own = _widths(font)
    partial = "+" in base  # an embedded subset: what has no width there has no shape either
    codes: dict[str, int] = {}
    widths: dict[str, float] = {}
    for code, letter in letters.items():
        width = own.get(code)
        if width is None and core is not None and not partial:
            width = core.character_widths.get(letter)
        if width and letter not in codes:
            codes[letter], widths[letter] = code, float(width)
    if not codes:
        return None
    return codes, widths, *_heights(core, descriptor)


def _heights(core: CoreFontMetrics | None, descriptor: DictionaryObject | None) -> tuple[float, float, float]:
    """Ascent, descent and line."""
    if core is not None:
        _left, bottom, _right, top = core.font_descriptor.bbox
        # Of the fonts of symbols nothing but the box is known.
        ascent, descent = core.font_descriptor.ascent or top, core.font_descriptor.descent or bottom
        return ascent, descent, top - bottom
    if descriptor is None:
        return DEFAULT_ASCENT, DEFAULT_DESCENT, DEFAULT_CAPITALS - 2 * DEFAULT_DESCENT
    ascent = _number(descriptor.get("/Ascent")) or DEFAULT_ASCENT
    descent = -abs(_number(descriptor.get("/Descent")) or DEFAULT_DESCENT)
    capitals = abs(_number(descriptor.get("/CapHeight")) or DEFAULT_CAPITALS)
    # The boxes that fonts declare for themselves are of their widest letters: a line is what centres its capitals.
    capitals = min(capitals, MAX_CAPITALS)
    # What they declare as ascent leaves room for accents, which are measured where there are any.
    return min(ascent, max(capitals, DEFAULT_ASCENT)), descent, capitals - 2 * descent


def _encoding(font: DictionaryObject, base: str) -> dict[int, str]:
    encoding = resolved(font.get("/Encoding"), PdfObject)
    named, differences = encoding, []
    if isinstance(encoding, DictionaryObject):
        named, differences = encoding.get("/BaseEncoding"), items(encoding.get("/Differences"))
    table = charset_encoding.get(str(named)) if named is not None else None
    if base in SYMBOLIC:
        table = charset_encoding[f"/{base}"]  # whatever the form says of it: its codes are its own
    if table is None and _has_codes_of_its_own(font):
        table = []
    if table is None:
        fallback = "/WinAnsiEncoding" if font.get("/Subtype") == "/TrueType" else "/StandardEncoding"
        table = charset_encoding[fallback]
    letters = {code: letter for code, letter in enumerate(table) if letter and letter != "\x00" and code >= 32}
    code = 0
    for item in differences:
        each = item.get_object()
        if isinstance(each, NumberObject | FloatObject):
            code = int(each)
        elif isinstance(each, str):
            letter = adobe_glyphs.get(each)
            if letter and 0 <= code < 256:
                letters[code] = letter
            else:
                letters.pop(code, None)
            code += 1
    return letters


def _has_codes_of_its_own(font: DictionaryObject) -> bool:
    """A symbolic font that is embedded (ISO 32000-1, 9.6.6): only its program knows which code shows what."""
    descriptor = resolved(font.get("/FontDescriptor"), DictionaryObject)
    if descriptor is None or not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
        return False
    return bool(int(_number(descriptor.get("/Flags")) or 0) & SYMBOLIC_FLAG)


def _widths(font: DictionaryObject) -> dict[int, float]:
    first = _number(font.get("/FirstChar"))
    values = [_number(item) for item in items(font.get("/Widths"))]
    return {int(first or 0) + index: width for index, width in enumerate(values) if width}


def _number(value: object) -> float | None:
    found = value.get_object() if isinstance(value, PdfObject) else value
    return float(found) if isinstance(found, int | float) else None

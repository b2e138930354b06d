"""How fields are said to look: fonts, sizes, alignment, turns, backgrounds and borders, as authors write them."""

from __future__ import annotations

import functools

from tests.made_forms import FIRST, MULTILINE, document, made_form, place, text
from tests.rules.rule import RULES, Make, rule
from tests.rules.sources import edited

BOX = (100, 250, 260, 280)
APPEARANCES = {
    "missing": "",
    "of_size_zero": "/DA (/Helv 0 Tf 0 g)",
    "without_a_size": "/DA (/Helv Tf 0 g)",
    "of_an_unknown_font": "/DA (/Nobody 12 Tf 0 g)",
    "of_a_negative_size": "/DA (/Helv -12 Tf 0 g)",
    "that_is_garbage": "/DA (0 0 m BT /Helv ) ",
    "with_more_operators": "/DA (0.2 w 1 0 0 RG /Helv 11.5 Tf 90 Tz 0 0 1 rg 0 Ts)",
    "with_hex_and_line_ends": "/DA <2F48656C760A3130205466203020670A>",
    "with_a_named_font_escaped": "/DA (/He#6Cv 12 Tf 0 g)",
    "of_symbols": "/DA (/ZaDb 12 Tf 0 g)",
    "of_a_size_larger_than_the_box": "/DA (/Helv 60 Tf 0 g)",
    "of_a_size_too_small_to_read": "/DA (/Helv 1 Tf 0 g)",
    "of_a_wide_font": "/DA (/Wide 12 Tf 0 g)",
    "of_a_font_with_differences": "/DA (/Own 12 Tf 0 g)",
    "of_an_embedded_subset": "/DA (/Subset 12 Tf 0 g)",
}
FONTS = (
    "/Wide << /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [] >> "
    "/Own << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding << /Differences [65 /Lslash /euro] >> >> "
    "/Subset << /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Arial /FirstChar 65 /LastChar 66 /Widths [600 600] "
    "/FontDescriptor << /Type /FontDescriptor /FontName /ABCDEF+Arial /Flags 4 /FontFile2 6 0 R >> >>"
)


def _styled(da: str) -> bytes:
    return made_form([f"<< /T (t) /FT /Tx {da} {place(BOX)} >>"], fonts=FONTS)


DEFAULT_APPEARANCES: dict[str, Make] = {
    name: functools.partial(_styled, source) for name, source in APPEARANCES.items()
}
RULES.update({f"appearance_{name}": make for name, make in DEFAULT_APPEARANCES.items()})


@rule
def appearance_of_the_form_alone() -> bytes:
    """No /DA but the form's own, and that names a font of no /DR."""
    return edited(
        made_form([f"<< /T (t) /FT /Tx {place(BOX)} >>"]), (b"/DA (/Helv 0 Tf 0 g)", b"/DA (/Arial 9 Tf 0 g)")
    )


@rule
def form_without_resources() -> bytes:
    return document(
        {
            1: "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
            2: "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Annots [4 0 R] >>",
            4: f"<< /T (t) /FT /Tx /DA (/Helv 12 Tf) {place(BOX)} >>",
        }
    )


@rule
def alignment_of_the_parent() -> bytes:
    parent = f"<< /T (t) /FT /Tx /Q 2 /DA (/Helv 12 Tf) /Kids [{FIRST + 1} 0 R] >>"
    return made_form([parent, f"<< /Parent {FIRST} 0 R {place(BOX)} >>"])


def aligned(align: int, flags: int = 0) -> bytes:
    return made_form([text("t", BOX, flags=flags, more=f"/Q {align}")])


def turned(widget: int, page: int, flags: int = 0) -> bytes:
    rect = (150, 150, 180, 300) if widget % 180 else BOX
    source = text("t", rect, flags=flags, more=f"/MK << /R {widget} /BC [1 0 0] /BG [1 1 0] >>")
    return made_form([source], page=f"/Rotate {page} /MediaBox [0 0 420 400] /CropBox [30 20 390 380]")


def bordered(style: str, width: float, flags: int = 0) -> bytes:
    look = f"/MK << /BC [1 0 0] /BG [1 1 0] >> /BS << /W {width} /S /{style} /D [4 2] >>"
    return made_form([text("t", BOX, flags=flags, more=look)])


@rule
def border_of_the_old_kind() -> bytes:
    return made_form([text("t", BOX, more="/MK << /BC [1 0 0] >> /Border [0 0 3]")])


@rule
def border_without_a_colour() -> bytes:
    return made_form([text("t", BOX, more="/BS << /W 3 /S /S >>")])


@rule
def border_as_wide_as_the_box() -> bytes:
    return made_form([text("t", BOX, more="/MK << /BC [0.9 1 0.9] >> /BS << /W 11 /S /S >>")])


RULES.update({f"alignment_{align}": functools.partial(aligned, align) for align in (0, 1, 2)})
RULES.update(
    {f"turned_{w}_on_{p}": functools.partial(turned, w, p) for w in (0, 90, 180, 270) for p in (0, 90, 180, 270)}
)
RULES.update({f"border_{style}": functools.partial(bordered, style, 2) for style in "SDBIU"})
RULES["border_multiline"] = functools.partial(bordered, "B", 3, MULTILINE)

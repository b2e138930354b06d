"""Text fields as authors write them."""

from __future__ import annotations

from tests.made_forms import COMB, FIRST, MULTILINE, PASSWORD, made_form, place, stream, text
from tests.rules.rule import rule

FILE_SELECT, RICH_TEXT = 1 << 20, 1 << 25
BOX = (20, 300, 220, 320)
OTHER = (20, 200, 220, 220)


@rule
def plain_text() -> bytes:
    return made_form([text("t"), text("untouched", OTHER, more="/V (stays)")])


@rule
def multiline_text() -> bytes:
    return made_form([text("t", (20, 240, 180, 320), flags=MULTILINE)])


@rule
def multiline_text_of_size_zero() -> bytes:
    return made_form([text("t", (20, 280, 180, 320), flags=MULTILINE, da="/Helv 0 Tf 0 g")])


@rule
def comb_from_the_left() -> bytes:
    return made_form([text("t", flags=COMB, more="/MaxLen 8")])


@rule
def comb_in_the_middle() -> bytes:
    return made_form([text("t", flags=COMB, more="/MaxLen 8 /Q 1")])


@rule
def comb_to_the_right() -> bytes:
    return made_form([text("t", flags=COMB, more="/MaxLen 8 /Q 2")])


@rule
def comb_of_very_narrow_cells() -> bytes:
    return made_form([text("t", (20, 300, 120, 320), flags=COMB, more="/MaxLen 16")])


@rule
def comb_without_a_length() -> bytes:
    return made_form([text("t", flags=COMB)])


@rule
def comb_in_a_turned_box() -> bytes:
    return made_form([text("t", (20, 200, 40, 360), flags=COMB, more="/MaxLen 8 /MK << /R 90 >>")])


@rule
def comb_whose_length_its_parent_says() -> bytes:
    parent = f"<< /T (t) /FT /Tx /Ff {COMB} /MaxLen 8 /DA (/Helv 12 Tf) /Kids [{FIRST + 1} 0 R] >>"
    return made_form([parent, f"<< /Parent {FIRST} 0 R {place(BOX)} >>"])


@rule
def password() -> bytes:
    return made_form([text("t", flags=PASSWORD)])


@rule
def file_select() -> bytes:
    return made_form([text("t", flags=FILE_SELECT)])


@rule
def rich_text() -> bytes:
    rich = '/V (old) /RV (<?xml version="1.0"?><body><p>old</p></body>) /DS (font: Helvetica 12pt)'
    return made_form([text("t", flags=RICH_TEXT, more=rich)])


@rule
def rich_text_on_the_parent() -> bytes:
    parent = f"<< /T (t) /FT /Tx /Ff {RICH_TEXT} /V (old) /RV (<p>old</p>) /DA (/Helv 12 Tf) /Kids [{FIRST + 1} 0 R] >>"
    return made_form([parent, f"<< /Parent {FIRST} 0 R /RV (<p>old</p>) {place(BOX)} >>"])


@rule
def value_in_a_stream() -> bytes:
    return made_form([text("t", more=f"/V {FIRST + 1} 0 R"), stream("an old value")])


@rule
def old_value_still_drawn() -> bytes:
    drawn = stream(
        "/Tx BMC BT /Helv 12 Tf 2 5 Td (OLDOLD) Tj ET EMC", "/Type /XObject /Subtype /Form /BBox [0 0 200 20]"
    )
    return made_form([text("t", more=f"/V (OLDOLD) /AP << /N {FIRST + 1} 0 R >>"), drawn])


def very_narrow_text() -> bytes:
    return made_form([text("t", (20, 300, 50, 316))])


@rule
def limited_text() -> bytes:
    return made_form([text("t", more="/MaxLen 5")])


@rule
def low_box() -> bytes:
    return made_form([text("t", (20, 300, 220, 309))])


@rule
def several_widgets_of_different_looks() -> bytes:
    return made_form(
        [
            f"<< /T (t) /FT /Tx /DA (/Helv 12 Tf) /Kids [{FIRST + 1} 0 R {FIRST + 2} 0 R {FIRST + 3} 0 R] >>",
            f"<< /Parent {FIRST} 0 R {place(BOX)} >>",
            f"<< /Parent {FIRST} 0 R {place((20, 260, 120, 270), '/DA (/Helv 0 Tf 1 0 0 rg) /Q 1')} >>",
            f"<< /Parent {FIRST} 0 R {place((240, 200, 260, 320), '/MK << /R 270 >>')} >>",
        ]
    )


@rule
def kid_with_a_value_of_its_own() -> bytes:
    parent = f"<< /T (t) /FT /Tx /DA (/Helv 12 Tf) /V (old) /Kids [{FIRST + 1} 0 R {FIRST + 2} 0 R] >>"
    kid = f"<< /Parent {FIRST} 0 R /V (older) {place(BOX)} >>"
    return made_form([parent, kid, f"<< /Parent {FIRST} 0 R {place(OTHER)} >>"])


@rule
def one_name_twice() -> bytes:
    return made_form([text("t"), text("t", OTHER)])


@rule
def one_name_twice_below_different_parents() -> bytes:
    return made_form(
        [
            f"<< /T (a) /Kids [{FIRST + 2} 0 R] >>",
            f"<< /T (a) /Kids [{FIRST + 3} 0 R] >>",
            f"<< /T (t) /Parent {FIRST} 0 R /FT /Tx /DA (/Helv 12 Tf) {place(BOX)} >>",
            f"<< /T (t) /Parent {FIRST + 1} 0 R /FT /Tx /DA (/Helv 12 Tf) {place(OTHER)} >>",
        ]
    )

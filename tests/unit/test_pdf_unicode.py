"""Any script: seen, readable when copied, and never another letter in place of one nobody has."""

from __future__ import annotations

import pytest

from durable_edits.form import FieldStatus
from durable_edits.pdf import FilledDocument, fill_form
from tests.made_forms import COMB, MULTILINE, made_form, text
from tests.pdf_view import changed, text_in, within

TIMES = "/Own << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding << /Differences [65 /Lslash /euro] >> >>"


def fill(value: str, source: str = "", fonts: str = "") -> FilledDocument:
    return fill_form(made_form([source or text("t", (20, 300, 380, 320))], fonts=fonts), {"t": value})


def seen(filled: FilledDocument) -> str:
    box = filled.form.fields[0].box
    assert box is not None
    return text_in(filled.data, box)


def letters(value: str) -> list[str]:
    """Whatever order a reader gives them in: that of shaped glyphs is the reader's own."""
    return sorted(value.replace(" ", "").replace("\u200b", ""))


@pytest.mark.parametrize(
    "value", ["Zoë Łukasz – €5 日本", "Ελληνικά", "Привет, мир", "東京都千代田区", "Ħ ŋ ơ", "née", "神 神"]
)
def test_every_letter_is_seen_and_read_back(value: str) -> None:
    filled = fill(value)

    assert filled.report[0].status is FieldStatus.FILLED
    assert seen(filled) == value


def test_letter_and_accent_apart_are_shown_as_one() -> None:
    assert seen(fill("ne\u0301e")) == "née"


@pytest.mark.parametrize("value", ["שלום עולם", "مرحبا بالعالم", "بتثبتث", "नमस्ते क्षत्रिय"])
def test_shaped_scripts_are_drawn_inside_the_box_with_all_their_letters(value: str) -> None:
    blank = made_form([text("t", (20, 300, 380, 320))])

    filled = fill_form(blank, {"t": value})

    assert filled.report[0].status is FieldStatus.FILLED
    box = filled.form.fields[0].box
    assert box is not None
    assert within(changed(blank, filled.data), box)
    assert letters(seen(filled)) == letters(value)


def test_brackets_around_hebrew_are_turned() -> None:
    blank = made_form([text("t", (20, 300, 380, 320))])

    assert changed(fill_form(blank, {"t": "(א"}).data, fill_form(blank, {"t": "א)"}).data) is not None


def test_a_letter_nobody_has_is_named_and_the_value_stored_whole() -> None:
    filled = fill("ok \ue000")

    assert filled.report[0].status is FieldStatus.GLYPH_MISSING
    assert "U+E000" in filled.report[0].reason
    assert filled.form.fields[0].value == "ok \ue000"
    assert seen(filled) == "ok"


def test_the_fonts_own_encoding_decides_what_it_can_show() -> None:
    source = text("t", (20, 300, 380, 320), da="/Own 12 Tf")

    assert seen(fill("Ł€ AB", source, fonts=TIMES)) == "Ł€ AB"


def test_a_font_that_cannot_be_written_with_is_replaced() -> None:
    type0 = "/Wide << /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [] >>"

    assert seen(fill("Ada", text("t", da="/Wide 12 Tf"), fonts=type0)) == "Ada"


def test_a_font_whose_codes_only_its_program_knows_is_replaced() -> None:
    descriptor = "<< /Type /FontDescriptor /FontName /Odd /Flags 4 /FontFile2 6 0 R >>"
    widths = f"/FirstChar 32 /LastChar 126 /Widths [{'500 ' * 95}]"
    odd = f"/Odd << /Type /Font /Subtype /TrueType /BaseFont /Odd {widths} /FontDescriptor {descriptor} >>"

    filled = fill("Ada", text("t", da="/Odd 12 Tf"), fonts=odd)

    assert b"/BaseFont /Odd" not in filled.data[filled.data.index(b"%%EOF") :].split(b"xref")[0]
    assert seen(filled) == "Ada"


def test_a_form_font_named_like_a_fallback_face_is_not_mistaken_for_it() -> None:
    font = "/NotoSans << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>"

    assert seen(fill("abc Łódź", text("t", da="/NotoSans 12 Tf"), fonts=font)) == "abc Łódź"


def test_a_font_name_that_content_cannot_spell_is_no_hindrance() -> None:
    source = text("t").replace("(/Helv 12 Tf)", "<FEFF002F65E50020003100320020005400660029>")

    assert seen(fill("Ada", source)) == "Ada"


def test_letters_that_share_a_shape_are_each_read_back_as_themselves() -> None:
    assert letters(seen(fill("קקּ ببٮ ىي"))) == letters("קקּ ببٮ ىي")


def test_other_scripts_wrap_where_the_line_ends() -> None:
    value = "吾輩は猫である名前はまだ無い" * 3

    filled = fill(value, text("t", (20, 220, 150, 320), flags=MULTILINE))

    assert filled.report[0].status is FieldStatus.FILLED
    assert seen(filled).replace(" ", "") == value


def test_comb_cells_take_other_scripts_too() -> None:
    filled = fill("日Ł1", text("t", (20, 300, 180, 320), flags=COMB, more="/MaxLen 4"))

    assert seen(filled).replace(" ", "") == "日Ł1"


def test_half_a_surrogate_pair_fails_alone() -> None:
    blank = made_form([text("t"), text("u", (20, 200, 220, 220))])

    filled = fill_form(blank, {"t": "\ud800", "u": "fine"})

    assert [entry.status for entry in filled.report] == [FieldStatus.FAILED, FieldStatus.FILLED]
    assert filled.form.fields[0].value is None

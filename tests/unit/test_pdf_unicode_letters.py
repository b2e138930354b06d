"""What counts as one letter, where a line may end, and what goes into the font that a document is given."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from durable_edits.form import FieldStatus
from durable_edits.pdf import fill_form
from durable_edits.pdf.clusters import clusters, pieces
from durable_edits.pdf.faces import SOURCES, Shaped, best_face, han_language
from durable_edits.pdf.fallback import EmbeddedFace
from durable_edits.pdf.field_font import standard_font
from durable_edits.pdf.font_program import Pen
from durable_edits.pdf.typesetting import Typesetter
from tests.made_forms import made_form, text
from tests.pdf_view import text_in


@pytest.mark.parametrize(
    ("value", "letters"),
    [
        ("ne\u0301e", ["n", "é", "e"]),
        ("q\u0303a", ["q\u0303", "a"]),
        ("क्षत्रिय", ["क्ष", "त्रि", "य"]),
        ("น้ำใจ", ["น้ำ", "ใ", "จ"]),
        ("\u1112\u1161\u11ab\u1100\u1173", ["한", "그"]),
        ("👨‍👩‍👧👍🏽", ["👨‍👩‍👧", "👍🏽"]),
        ("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]),
        ("❤️1️⃣", ["❤️", "1️⃣"]),
        ("می‌خ", ["م", "ی‌", "خ"]),
        ("神\ufa19", ["神", "\ufa19"]),
    ],
)
def test_a_letter_has_all_that_belongs_to_it(value: str, letters: list[str]) -> None:
    assert clusters(value) == letters


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("one two  three", ["one ", "two  ", "three"]),
        ("東京です。はい", ["東", "京", "で", "す。", "は", "い"]),
        ("「東京」", ["「東", "京」"]),
        ("きょう", ["きょ", "う"]),
        ("New York東京", ["New ", "York", "東", "京"]),
        ("ภาษาเป็น", ["ภาษา", "เป็น"]),
        ("한국어 말", ["한국어 ", "말"]),
        ("one\u200btwo", ["one\u200b", "two"]),
        ("", []),
    ],
)
def test_a_line_ends_where_the_script_lets_it(value: str, parts: list[str]) -> None:
    assert pieces(value) == parts


@pytest.mark.parametrize(
    ("value", "language"),
    [("東京", "ja"), ("骨の", "ja"), ("们", "zh-hans"), ("臺灣嗎", "zh-hant"), ("한국 漢字", "ko"), ("plain", "ja")],
)
def test_han_characters_are_drawn_as_the_text_around_them_wants(value: str, language: str) -> None:
    assert han_language(value) == language


def test_every_face_is_there_and_shows_a_letter_of_its_own() -> None:
    probes = "aعԱঅअአაਅગאಅខລമမଅසதతกあ☮😀🡆𝒜𝄞"

    assert {face.name for face, _lacking in map(best_face, probes) if face} >= {source.name for source in SOURCES}


def test_a_letter_used_twice_is_embedded_once() -> None:
    once, often = (fill_form(made_form([text("t")]), {"t": "字" * count}).data for count in (1, 9))

    assert len(often) - len(once) < 100


def test_fields_share_one_font() -> None:
    filled = fill_form(made_form([text("t"), text("u", (20, 200, 220, 220))]), {"t": "Ł", "u": "ń"}).data

    assert filled.count(b"+NotoSans/Encoding") == 1


def test_every_code_of_a_fallback_font_has_a_text_and_a_width() -> None:
    filled = fill_form(made_form([text("t", (20, 300, 380, 320))]), {"t": "\u0941 नमस्ते السَّلامُ 日本 😀"}).data

    fonts = [font for font in _fonts(filled) if font["/Subtype"] == "/Type0"]

    assert len(fonts) >= 4
    for font in fonts:
        program = font["/DescendantFonts"][0]
        texts = re.findall(rb"^<[0-9A-F]{4}> <[0-9A-F]{4,}>$", font["/ToUnicode"].get_data(), re.MULTILINE)
        assert len(texts) == len(program["/W"][1])
        assert program["/FontDescriptor"]["/FontFile3"]["/Subtype"] == "/CIDFontType0C"
        assert all(width > 0 for width in program["/W"][1])


def test_an_encrypted_form_takes_other_scripts() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made_form([text("t", (20, 300, 380, 320))]))))
    writer.encrypt("", "owner", algorithm="AES-256")
    encrypted = io.BytesIO()
    writer.write(encrypted)

    filled = fill_form(encrypted.getvalue(), {"t": "नमस्ते 日本"})

    assert filled.report[0].status is FieldStatus.FILLED
    box = filled.form.fields[0].box
    assert box is not None
    assert text_in(filled.data, box) == "नमस्ते 日本"


def test_a_letter_and_its_mark_are_one_glyph() -> None:
    assert [(shape.text, len(shape.parts)) for shape in shaped("q̃").shapes] == [("q̃", 2)]


def test_a_mark_alone_gets_no_circle_that_nobody_wrote() -> None:
    assert [len(shape.parts) for shape in shaped("\u093f", "Deva").shapes] == [1]


def test_han_characters_have_the_weight_of_the_letters_beside_them() -> None:
    face, _lacking = best_face("一")

    assert face is not None
    _code, (_left, bottom, _right, top) = face.drawn(shaped("一", "Hani").shapes[0])
    assert 60 < top - bottom < 120


def test_a_script_is_shaped_by_its_own_rules_beside_another_of_the_same_face() -> None:
    setter = Typesetter(standard_font(), lambda face: EmbeddedFace(face, 1))

    (alone,), (together,) = setter.line("ශ්‍රී").runs, setter.line("Aශ්‍රී").runs

    assert together.shapes[1:] == alone.shapes


def test_a_quadratic_curve_keeps_its_form() -> None:
    pen = Pen(1.0)
    pen.moveTo((0.0, 0.0))
    pen.qCurveTo((100.0, 300.0), (200.0, 0.0))

    _move, (_curve, points) = pen.outline().segments
    middle = [
        (start + 3 * first + 3 * second + end) / 8 for start, first, second, end in zip((0, 0), *points, strict=True)
    ]
    assert middle == pytest.approx([100.0, 150.0])


def shaped(value: str, script: str = "") -> Shaped:
    face, _lacking = best_face(value)
    assert face is not None
    return face.shape(value, right_to_left=False, script=script, language="")


def _fonts(filled: bytes) -> list[Any]:
    annotations: Any = PdfReader(io.BytesIO(filled)).pages[0]["/Annots"]
    widget = annotations[0]
    return [font.get_object() for font in widget["/AP"]["/N"]["/Resources"]["/Font"].values()]

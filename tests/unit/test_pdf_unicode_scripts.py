"""Every script, as two readers give it back: a sentence each, whole, in order, within its box."""

from __future__ import annotations

import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from durable_edits.form import FieldStatus
from durable_edits.pdf import FilledDocument, fill_form
from durable_edits.pdf.clusters import ignorable
from tests.made_forms import COMB, MULTILINE, made_form, text
from tests.pdf_view import changed, text_in, within

SENTENCES = {
    "Latin": "Zoë Łukasz – €5",
    "Vietnamese": "Tiếng Việt",
    "phonetic": "ˈtɪbɪti",
    "Greek": "Καλημέρα κόσμε",
    "Cyrillic": "Доброе утро",
    "Armenian": "Բարի լույս",
    "Georgian": "დილა მშვიდობისა",
    "Hebrew": "בוקר טוב לכולם",
    "Hebrew with points": "שָׁלוֹם",
    "Arabic": "صباح الخير يا سلام",
    "Arabic with marks": "السَّلامُ عليكم",
    "Persian": "می‌خواهم کتاب",
    "Urdu": "میرا نام علی ہے",
    "Ethiopic": "ሰላም ለዓለም",
    "Devanagari": "क्षत्रिय हिन्दी में",
    "Bengali": "আমার সোনার বাংলা",
    "Gurmukhi": "ਪੰਜਾਬੀ ਬੋਲੀ",
    "Gujarati": "ગુજરાતી ભાષા",
    "Oriya": "ଓଡ଼ିଆ ଭାଷା",
    "Tamil": "தமிழ் மொழி",
    "Telugu": "తెలుగు భాష",
    "Kannada": "ಕನ್ನಡ ಭಾಷೆ",
    "Malayalam": "മലയാളം ഭാഷ",
    "Sinhala": "සිංහල භාෂාව",
    "Thai": "สวัสดีครับ น้ำใจ",
    "Lao": "ສະບາຍດີ ນ້ຳ",
    "Khmer": "ភាសាខ្មែរ",
    "Myanmar": "မြန်မာဘာသာ",
    "Korean": "안녕하세요 세계",
    "Japanese": "東京都 カタカナ ひらがな",
    "simplified Chinese": "简体中文 你们",
    "traditional Chinese": "繁體中文 臺灣",
    "rare Han": "𠮷野家",
    "marks without a composed letter": "q̃ x̂ m̈",
    "arrows": "→ left ⇒ right ↔",
    "mathematics": "∀x∈ℝ √2 ≠ ∑ 𝒜",
    "currencies": "₹5 ₿6 ₩7 ₺8 ₽9 ₦1",
    "check marks": "yes ✓ no ✔ maybe ☑ or ☐",
    "shapes and lines": "┌─┐ ■ box ● dot ★ star ◆",
    "music": "song ♪ clef 𝄞",
    "emoji": "well 😀 done 👍🏽",
    "emoji of several": "👨‍👩‍👧 at 🇩🇪 home",
}
INVISIBLE = {"Cf", "Cc", "Zs", "Zl", "Zp"}
POPPLER = shutil.which("pdftotext")


def form(source: str = "") -> bytes:
    return made_form([source or text("t", (20, 300, 380, 320))])


def fill(value: str, source: str = "") -> FilledDocument:
    return fill_form(form(source), {"t": value})


def seen(filled: FilledDocument) -> str:
    box = filled.form.fields[0].box
    assert box is not None
    return plain(text_in(filled.data, box))


def plain(value: str) -> str:
    """Without what says in which direction to read, which readers add."""
    kept = (each for each in unicodedata.normalize("NFC", value) if unicodedata.bidirectional(each) not in DIRECTIONS)
    return " ".join("".join(kept).replace("\u200e", "").replace("\u200f", "").split())


DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def by_poppler(filled: FilledDocument, folder: Path) -> str:
    assert POPPLER is not None
    file = folder / "filled.pdf"
    file.write_bytes(filled.data)
    ran = subprocess.run([POPPLER, "-enc", "UTF-8", file, "-"], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return plain(ran.stdout)


@pytest.mark.parametrize("value", SENTENCES.values(), ids=SENTENCES.keys())
def test_a_sentence_of_every_script_is_read_back_whole_and_in_order(value: str) -> None:
    filled = fill(value)

    assert filled.report[0].status is FieldStatus.FILLED
    assert seen(filled) == plain(value)


@pytest.mark.skipif(POPPLER is None, reason="poppler's pdftotext is not installed")
@pytest.mark.parametrize("value", SENTENCES.values(), ids=SENTENCES.keys())
def test_poppler_reads_the_same(value: str, tmp_path: Path) -> None:
    assert by_poppler(fill(value), tmp_path) == plain(value)


@pytest.mark.parametrize("value", SENTENCES.values(), ids=SENTENCES.keys())
@pytest.mark.parametrize("size", [0, 13])
def test_no_letter_is_cut_or_stands_out_of_its_box_whatever_marks_it_has(value: str, size: int) -> None:
    source = text("t", (20, 300, 380, 316), da=f"/Helv {size} Tf")

    filled = fill(value, source)

    assert filled.report[0].status is FieldStatus.FILLED
    box = filled.form.fields[0].box
    assert box is not None
    assert within(changed(form(source), filled.data), box)
    free = text("t", (20, 200, 380, 350), da="/Helv 13 Tf")
    assert steepness(filled.data, source) == pytest.approx(steepness(fill(value, free).data, free), rel=0.08)


def steepness(filled: bytes, source: str) -> float:
    """Height to width of what is drawn: smaller where something is cut off above or below."""
    area = changed(form(source), filled)
    assert area is not None
    return (area[3] - area[1]) / (area[2] - area[0])


@pytest.mark.parametrize(
    "value",
    [
        "שלום (עולם).",
        "רחוב הרצל 25, תל אביב",
        "תאריך: 12/03/2025, שעה 10:30",
        "اسم: محمد، عمره 35 سنة",
        "Name: יוסי Cohen 12-3",
    ],
)
def test_what_runs_both_ways_is_read_back_in_order(value: str) -> None:
    assert seen(fill(value)) == value


@pytest.mark.skipif(POPPLER is None, reason="poppler's pdftotext is not installed")
@pytest.mark.parametrize(
    "value",
    ["רחוב הרצל 25, תל אביב", "תאריך: 12/03/2025, שעה 10:30", "اسم: محمد، عمره 35 سنة", "Name: יוסי Cohen 12-3"],
)
def test_poppler_reads_what_runs_both_ways_in_order(value: str, tmp_path: Path) -> None:
    assert by_poppler(fill(value), tmp_path) == value


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        ("ok བོད", ["U+0F56", "U+0F7C", "U+0F51"]),
        ("ᏣᎳᎩ", ["U+13E3"]),
        ("ᠮᠣᠩ", ["U+182E"]),
        ("\ue000", ["U+E000"]),
        ("\u0378", ["U+0378"]),
    ],
    ids=["Tibetan", "Cherokee", "Mongolian", "private use", "unassigned"],
)
def test_a_letter_that_no_face_has_is_named(value: str, missing: list[str]) -> None:
    entry = fill(value).report[0]

    assert entry.status is FieldStatus.GLYPH_MISSING
    assert all(each in entry.reason for each in missing)


def test_what_can_be_shown_beside_a_missing_letter_is_shown() -> None:
    assert seen(fill("one ཀ two")) == "one two"


def test_a_mark_of_another_script_is_not_lost() -> None:
    filled = fill("a\u0ac1b")

    assert filled.report[0].status is FieldStatus.FILLED
    assert sorted(seen(filled)) == sorted("a\u0ac1b")


def test_a_family_is_drawn_as_one() -> None:
    one, family = (changed(form(), fill(value).data) for value in ("😀", "👨‍👩‍👧"))

    assert one is not None
    assert family is not None
    assert family[2] - family[0] < 1.5 * (one[2] - one[0])


def test_a_sun_is_an_emoji_where_it_asks_to_be() -> None:
    assert changed(fill("☀\ufe0f").data, fill("☀\ufe0e").data) is not None


def test_a_soft_hyphen_is_not_drawn_as_a_hyphen() -> None:
    assert changed(fill("Łco\u00adop").data, fill("Łcoop").data) is None


def test_a_soft_hyphen_is_not_drawn_by_a_font_that_has_it_as_a_hyphen() -> None:
    base = "/Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding"
    blank = made_form(
        [text("t", (20, 300, 380, 320), da="/Own 12 Tf")],
        fonts=f"/Own << {base} /FirstChar 32 /LastChar 255 /Widths [{'500 ' * 224}] >>",
    )

    assert changed(blank, fill_form(blank, {"t": "-"}).data) is not None
    assert changed(blank, fill_form(blank, {"t": "\u00ad"}).data) is None


def test_a_number_beside_an_emoji_is_none() -> None:
    different = changed(fill("5😀").data, fill("5").data)

    assert different is not None
    assert different[0] > 27 / 400  # where the digit ends


def test_chinese_and_japanese_have_their_own_forms_of_a_character() -> None:
    chinese, japanese = fill("骨们").data, fill("骨の").data

    different = changed(chinese, japanese)

    assert different is not None
    assert different[0] < 33 / 400  # where the first character ends


def test_hebrew_in_a_comb_begins_at_the_right() -> None:
    source = text("t", (20, 300, 180, 320), flags=COMB, more="/MaxLen 4")
    blank = form(source)

    first = changed(fill("אב", source).data, fill("גב", source).data)

    assert first is not None
    assert first[0] > (20 + 40) / 400
    assert changed(blank, fill("אב", source).data) is not None


def test_a_line_of_hebrew_that_begins_with_latin_still_runs_from_the_right() -> None:
    source = text("t", (20, 220, 120, 320), flags=MULTILINE)
    value = "שלום שלום שלום abc שלום"

    latin = changed(fill(value, source).data, fill(value.replace("abc", "xbc"), source).data)

    assert latin is not None
    assert latin[0] > 40 / 400


def test_a_line_does_not_begin_with_a_full_stop() -> None:
    value = "日本語。" * 12

    filled = fill(value, text("t", (20, 220, 92, 320), flags=MULTILINE))

    assert filled.report[0].status is FieldStatus.FILLED
    assert not [line for line in seen(filled).split() if line.startswith("。")]


def test_what_is_only_measured_is_not_embedded() -> None:
    """A word too long for its line is measured letter by letter, and Arabic letters have other shapes alone."""
    narrow, wide = (
        fill("مستشفيات مستشفيات", text("t", (20, 200, right, 320), flags=MULTILINE)).data for right in (70, 380)
    )

    assert abs(len(narrow) - len(wide)) < 600


def test_the_same_text_makes_the_same_document_when_all_of_it_is_remembered() -> None:
    assert fill("नमस्ते 日本 😀").data == fill("नमस्ते 日本 😀").data


def test_an_emoji_does_not_open_the_fonts_that_are_slow_to_open() -> None:
    code = (
        "import sys; from durable_edits.pdf.faces import best_face; best_face('😀'); best_face('字');"
        "print('pymupdf_fonts' in sys.modules)"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "False"


def folded(value: str) -> Counter[str]:
    """The letters, in whatever order and form of compatibility a reader gives them."""
    once = unicodedata.normalize("NFKC", value)
    kept = "".join(
        each
        for each in once
        if unicodedata.category(each) not in INVISIBLE
        and not 0xFE00 <= ord(each) <= 0xFE0F
        and not 0xE0000 <= ord(each) <= 0xE0FFF
    )
    return Counter(unicodedata.normalize("NFKD", kept))


ASSIGNED = st.characters(
    categories=["Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Pd", "Ps", "Pe", "Po", "Sm", "Sc", "So"]
)


def readable(letter: str) -> bool:
    """Pdfium gives back no blanks, and halves of what runs right to left outside the basic plane."""
    turned = unicodedata.bidirectional(letter) in {"R", "AL"}
    return letter != "\u2800" and not ignorable(letter) and not (turned and letter >= "\U00010000")


@settings(max_examples=150, deadline=None)
@given(value=ASSIGNED.filter(readable))
def test_whatever_letter_is_said_to_be_filled_is_read_back(value: str) -> None:
    filled = fill(f"a{value}b")

    if filled.report[0].status is FieldStatus.FILLED:
        assert folded(seen(filled)) == folded(f"a{value}b")
    else:
        assert filled.report[0].status is FieldStatus.GLYPH_MISSING
        assert f"U+{ord(value):04X}" in filled.report[0].reason

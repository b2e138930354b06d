"""Text fields: stored whole, drawn inside their box, and as the form says."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from durable_edits.form import Box, FieldStatus
from durable_edits.pdf import FilledDocument, fill_form, read_form
from tests.made_forms import COMB, MULTILINE, PASSWORD, encrypted, made_form, text, widgets
from tests.pdf_view import changed, page_image, text_in, within

SENTENCE = "a sentence of many words that is far longer than one line of the field can show at its own size"


def box_of(data: bytes) -> Box:
    box = read_form(data).fields[0].box
    assert box is not None
    return box


def fill(data: bytes, value: str) -> FilledDocument:
    return fill_form(data, {"t": value})


def test_a_value_is_stored_and_seen_in_its_box() -> None:
    filled = fill(made_form([text("t")]), "Ada Lovelace")

    assert read_form(filled.data).fields[0].value == "Ada Lovelace"
    assert text_in(filled.data, box_of(filled.data)) == "Ada Lovelace"


def test_everything_of_the_input_stays_and_the_change_stands_behind_it() -> None:
    blank = made_form([text("t")])

    assert fill(blank, "Ada").data.startswith(blank)


def test_the_same_request_gives_the_same_bytes() -> None:
    blank = made_form([text("t")])

    assert fill(blank, "Łódź 東京").data == fill(blank, "Łódź 東京").data


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("align", [0, 1, 2])
@pytest.mark.parametrize("size", [0, 12])
@pytest.mark.parametrize("flags", [0, MULTILINE])
def test_nothing_is_drawn_outside_the_box(turn: int, align: int, size: int, flags: int) -> None:
    source = text("t", (100, 250, 180, 310), flags=flags, da=f"/Helv {size} Tf", more=f"/MK << /R {turn} >> /Q {align}")
    blank = made_form([source])

    filled = fill(blank, "Wgjpq ÄÅ some more words")

    assert within(changed(blank, filled.data), box_of(blank))


def test_a_long_line_is_made_smaller_until_it_fits() -> None:
    filled = fill(made_form([text("t", (20, 300, 320, 320))]), SENTENCE)

    assert filled.report[0].status is FieldStatus.FILLED
    assert text_in(filled.data, box_of(filled.data)) == SENTENCE


def test_a_box_lower_than_its_letters_gets_smaller_letters_with_their_accents_whole() -> None:
    low, high = made_form([text("t", (20, 300, 220, 307))]), made_form([text("t", (20, 300, 220, 340))])

    shapes = []
    for blank in (low, high):
        area = changed(blank, fill(blank, "ÄÄÄ").data)
        assert area is not None
        shapes.append((area[2] - area[0]) / (area[3] - area[1]))

    assert shapes[0] == pytest.approx(shapes[1], rel=0.12)


def test_what_no_legible_size_can_show_is_said_and_stored_whole() -> None:
    filled = fill(made_form([text("t", (20, 300, 80, 320))]), SENTENCE)

    assert filled.report[0].status is FieldStatus.DOES_NOT_FIT
    assert f"of {len(SENTENCE)} characters" in filled.report[0].reason
    assert read_form(filled.data).fields[0].value == SENTENCE


def test_many_lines_are_wrapped_and_all_seen() -> None:
    filled = fill(made_form([text("t", (20, 250, 180, 320), flags=MULTILINE)]), SENTENCE)

    assert text_in(filled.data, box_of(filled.data)) == SENTENCE


def test_more_lines_than_the_box_has_are_made_smaller_then_reported() -> None:
    blank = made_form([text("t", (20, 300, 120, 320), flags=MULTILINE)])

    assert fill(blank, SENTENCE).report[0].status is FieldStatus.FILLED
    assert fill(blank, SENTENCE * 5).report[0].status is FieldStatus.DOES_NOT_FIT


def test_an_absurd_font_size_is_cut_to_the_box() -> None:
    blank = made_form([text("t", flags=MULTILINE, da="/Helv 99999999 Tf")])

    filled = fill(blank, SENTENCE[:30])

    assert filled.report[0].status is FieldStatus.FILLED
    assert text_in(filled.data, box_of(blank)) == SENTENCE[:30].strip()


def test_a_box_too_large_for_numbers_of_a_pdf_is_not_drawn() -> None:
    huge = "[-1000000000 -1000000000 1000000000 1000000000]"
    blank = made_form([text("t").replace("[20 300 220 320]", huge)])

    assert b"/Form" not in fill(blank, "x").data[len(blank) :]


@pytest.mark.parametrize("flags", [0, MULTILINE])
def test_text_is_aligned_as_the_field_says(flags: int) -> None:
    ends = []
    for align in (0, 1, 2):
        blank = made_form([text("t", (100, 300, 300, 320), flags=flags, more=f"/Q {align}")])
        area = changed(blank, fill(blank, "HHH").data)
        assert area is not None
        ends.append((area[0] * 400 - 100, 300 - area[2] * 400))

    (left, _), (before, after), (_, right) = ends
    assert left == pytest.approx(3, abs=1)
    assert right == pytest.approx(3, abs=1)
    assert before == pytest.approx(after, abs=1)


def test_comb_letters_stand_each_in_its_cell() -> None:
    filled = fill(made_form([text("t", (20, 300, 180, 320), flags=COMB, more="/MaxLen 8")]), "ABCD1234")

    box = box_of(filled.data)
    cells = [box.model_copy(update={"left": box.left + box.width * n / 8, "width": box.width / 8}) for n in range(8)]
    assert [text_in(filled.data, cell) for cell in cells] == list("ABCD1234")


def test_more_characters_than_the_field_takes_are_stored_and_reported() -> None:
    filled = fill(made_form([text("t", more="/MaxLen 5")]), "1234567")

    assert filled.report[0].status is FieldStatus.DOES_NOT_FIT
    assert read_form(filled.data).fields[0].value == "1234567"
    assert text_in(filled.data, box_of(filled.data)) == "12345"


def test_a_password_is_not_shown() -> None:
    filled = fill(made_form([text("t", flags=PASSWORD)]), "secret")

    assert text_in(filled.data, box_of(filled.data)) == "••••••"


def test_background_and_border_are_drawn_under_the_text() -> None:
    source = text("t", (20, 300, 220, 320), more="/MK << /BG [1 1 0] /BC [1 0 0] >> /BS << /W 2 >>")

    picture = page_image(fill(made_form([source]), "x").data)

    assert picture.getpixel((3 * 200, 3 * 90)) == (255, 255, 0)
    assert picture.getpixel((3 * 100, 3 * 81)) == (255, 0, 0)


def test_filled_text_has_the_colour_that_was_asked_for() -> None:
    filled = fill_form(made_form([text("t")]), {"t": "WWWW"}, color="#FF0000")

    colours = {pixel for _count, pixel in page_image(filled.data).getcolors(1 << 20) or []}
    assert (255, 0, 0) in colours


def test_an_empty_value_clears_the_field() -> None:
    filled = fill(fill(made_form([text("t")]), "Ada").data, "")

    assert read_form(filled.data).fields[0].value is None
    assert text_in(filled.data, box_of(filled.data)) == ""


def test_tabs_and_line_ends_part_words_on_one_line() -> None:
    filled = fill(made_form([text("t")]), "one\ttwo\nthree")

    assert text_in(filled.data, box_of(filled.data)) == "one two three"


def test_viewers_are_no_longer_asked_to_draw_and_what_they_drew_stays_seen() -> None:
    other = text("other", (20, 200, 220, 220), more="/V (was there)")
    blank = made_form([text("t"), other], acroform="/NeedAppearances true")

    filled = fill(blank, "new")

    assert b"/NeedAppearances" not in filled.data[len(blank) :]
    last = read_form(filled.data).fields[1].box
    assert last is not None
    assert text_in(filled.data, last) == "was there"
    assert "/AP" in widgets(filled.data)[1]


def test_rich_text_of_the_old_value_goes() -> None:
    filled = fill(made_form([text("t", more="/V (old) /RV (<p>old</p>)")]), "new")

    assert "/RV" not in widgets(filled.data)[0]


def test_xfa_that_would_show_old_values_goes() -> None:
    filled = fill(made_form([text("t")], acroform="/XFA [(template) 6 0 R]"), "new")

    assert not PdfReader(io.BytesIO(filled.data)).xfa


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_an_encrypted_document_stays_encrypted(algorithm: str) -> None:
    filled = fill(encrypted(made_form([text("t")]), algorithm), "Ada Łovelace")

    assert PdfReader(io.BytesIO(filled.data)).is_encrypted
    assert b"Ada" not in filled.data
    assert text_in(filled.data, box_of(filled.data)) == "Ada Łovelace"


def test_all_places_of_a_field_show_the_value() -> None:
    filled = fill(made_form([text("t"), text("t", (20, 200, 220, 220))]), "twice")

    assert [text_in(filled.data, box) for box in read_form(filled.data).fields[0].boxes] == ["twice", "twice"]


@pytest.mark.parametrize(
    ("size", "height", "baseline"), [(12, 22, 6.548), (10, 22, 7.29), (18, 24.39, 5.519), (8, 22, 8.032)]
)
def test_a_line_stands_where_acrobat_puts_it(size: int, height: float, baseline: float) -> None:
    filled = fill(made_form([text("t", (20, 300, 220, 300 + height), da=f"/Helv {size} Tf")]), "Ada")

    assert float(drawn(filled.data).split(" Tm")[0].split()[-1]) == pytest.approx(baseline, abs=0.01)


def test_a_paragraph_begins_where_acrobat_begins_it() -> None:
    source = text("t", (20, 200, 220, 307.1), flags=MULTILINE, da="/Helv 8 Tf", more="/MK << /BC [0] >>")

    y = float(drawn(fill(made_form([source]), "Ada").data).split(" Tm")[0].split()[-1])

    assert y == pytest.approx(95.856, abs=1.2)


@pytest.mark.parametrize(("height", "low", "high"), [(22, 14.5, 16.5), (12, 6.5, 8.5), (60, 44, 50)])
def test_a_size_left_to_the_viewer_leaves_air_above_and_below(height: int, low: float, high: float) -> None:
    filled = fill(made_form([text("t", (20, 300, 380, 300 + height), da="/Helv 0 Tf")]), "Ada")

    assert low <= float(drawn(filled.data).split("/Own ")[1].split()[0]) <= high


@pytest.mark.parametrize("font", ["ZaDb", "Symb"])
def test_a_field_in_a_font_of_symbols_shows_letters_all_the_same(font: str) -> None:
    filled = fill(made_form([text("t", da=f"/{font} 0 Tf")]), "Ada")

    assert text_in(filled.data, box_of(filled.data)) == "Ada"


def drawn(data: bytes) -> str:
    content: bytes = widgets(data)[0]["/AP"]["/N"].get_data()  # type: ignore[index]
    return content.decode("latin-1")


@pytest.mark.parametrize("held", ["", "BT /Helv 9 Tf (long ago) Tj ET"])
def test_a_stale_appearance_does_not_hide_what_viewers_were_asked_to_draw(held: str) -> None:
    old = f"<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Length {len(held)} >>\nstream\n{held}\nendstream"
    other = text("other", (20, 200, 220, 220), more="/V (was there) /AP << /N 12 0 R >>")

    filled = fill(made_form([text("t"), other, old], acroform="/NeedAppearances true"), "new")

    last = read_form(filled.data).fields[1].box
    assert last is not None
    assert text_in(filled.data, last) == "was there"


def test_an_appearance_that_shows_its_value_stays_as_its_author_drew_it() -> None:
    held = "BT /Helv 9 Tf 3 3 Td (was) Tj 20 0 Td (there) Tj ET"
    own = f"<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Length {len(held)} >>\nstream\n{held}\nendstream"
    other = text("other", (20, 200, 220, 220), more="/V (was there) /AP << /N 12 0 R >>")
    blank = made_form([text("t"), other, own], acroform="/NeedAppearances true")

    assert b"/T (other)" not in fill(blank, "new").data[len(blank) :]

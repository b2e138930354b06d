"""The judge of filled forms catches every way of looking filled without being so."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable

import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from pypdfium2 import raw as pdfium

from benchmarks.judge.ask import ask_of
from benchmarks.judge.verdict import Original, Verdict, judge
from durable_edits.pdf import fill_form
from tests.made_forms import COMB, FIRST, checkbox, choice, encrypted, made_form, radio, stream, text

pytestmark = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed")

OTHER, LOWER = (20, 200, 220, 220), (20, 100, 220, 120)
FORM = made_form(
    [text("t"), text("other", OTHER, more="/V (stays)"), checkbox("b", (300, 300, 320, 320)), text("far", LOWER)]
)


def verdict(blank: bytes, values: dict[str, str], filled: bytes) -> Verdict:
    original = Original.of(blank)
    return judge(original, [ask_of(original.raw.fields[key], value) for key, value in values.items()], filled)


def rewritten(data: bytes, change: Callable[[PdfWriter, dict[str, DictionaryObject]], None]) -> bytes:
    """The document after `change` by pypdf, which is handed its first page's widgets by name."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    widgets = {}
    for each in writer.pages[0].annotations or []:
        widget = each.get_object()
        assert isinstance(widget, DictionaryObject)
        widgets[str(widget.get("/T"))] = widget
    change(writer, widgets)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def drawn_by(widget: DictionaryObject) -> DictionaryObject:
    appearance = widget["/AP"].get_object()
    assert isinstance(appearance, DictionaryObject)
    stream = appearance["/N"].get_object()
    assert isinstance(stream, DictionaryObject)
    return stream


def redrawn(data: bytes, old: bytes, new: bytes) -> bytes:
    """With other operators in the appearance of the field `t`."""

    def change(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        stream = drawn_by(widgets["t"])
        content = stream.get_data()  # type: ignore[attr-defined]
        assert old in content
        stream.set_data(content.replace(old, new))  # type: ignore[attr-defined]

    return rewritten(data, change)


def test_an_honest_fill_is_right() -> None:
    values = {"t": "Ada gq", "b": "true"}

    found = verdict(FORM, values, fill_form(FORM, values).data)

    assert found.faults == {"t": [], "b": []}
    assert not found.lost


def test_a_value_that_is_stored_but_not_drawn_is_caught() -> None:
    def only_stores(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["t"][NameObject("/V")] = TextStringObject("Ada")

    faults = verdict(FORM, {"t": "Ada"}, rewritten(FORM, only_stores)).faults["t"]

    assert "no appearance in the file" in faults
    assert not any(fault.startswith("/V") for fault in faults)


def test_leaving_the_drawing_to_the_viewer_is_caught() -> None:
    def asks_the_viewer(writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["t"][NameObject("/V")] = TextStringObject("Ada")
        writer.set_need_appearances_writer(True)

    empty = stream("", "/Type /XObject /Subtype /Form /BBox [0 0 200 20]")
    blank = made_form([text("t", more=f"/AP << /N {FIRST + 1} 0 R >>"), empty])

    faults = verdict(blank, {"t": "Ada"}, rewritten(blank, asks_the_viewer)).faults["t"]

    assert "nothing changed in poppler" not in faults
    assert "nothing seen in poppler once viewers are not asked to draw" in faults


def test_a_value_that_is_drawn_but_not_stored_is_caught() -> None:
    def forgets(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["t"].pop("/V")

    found = verdict(FORM, {"t": "Ada"}, rewritten(fill_form(FORM, {"t": "Ada"}).data, forgets))

    assert found.faults["t"] == ["/V holds '' instead of 'Ada'"]


def test_letters_drawn_outside_the_box_are_caught() -> None:
    def moves(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        stream = drawn_by(widgets["t"])
        content = stream.get_data()  # type: ignore[attr-defined]
        stream.set_data(b"q 1 0 0 1 150 0 cm\n" + content + b"\nQ")  # type: ignore[attr-defined]

    filled = fill_form(FORM, {"t": "Ada Lovelace"}).data

    assert "letters outside the box" in verdict(FORM, {"t": "Ada Lovelace"}, rewritten(filled, moves)).faults["t"]


def test_a_wrong_letter_is_caught() -> None:
    filled = fill_form(FORM, {"t": "Ado"}).data

    def lies(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["t"][NameObject("/V")] = TextStringObject("Ada")

    assert "letters read: 'Ado' instead of 'Ada'" in verdict(FORM, {"t": "Ada"}, rewritten(filled, lies)).faults["t"]


def test_a_lost_accent_is_caught() -> None:
    filled = fill_form(FORM, {"t": "Zoe"}).data

    def lies(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["t"][NameObject("/V")] = TextStringObject("Zoë")

    assert verdict(FORM, {"t": "Zoë"}, rewritten(filled, lies)).faults["t"]


def test_letters_in_the_colour_of_the_paper_are_caught() -> None:
    filled = fill_form(FORM, {"t": "Ada"}, color="#FFFFFF").data

    assert {"nothing changed in pdfium", "nothing changed in poppler"} <= set(
        verdict(FORM, {"t": "Ada"}, filled).faults["t"]
    )


def test_a_comb_written_as_one_word_is_caught() -> None:
    blank = made_form([text("t", flags=COMB, more="/MaxLen 8")])
    plain = made_form([text("t", more="/MaxLen 8")])

    faults = verdict(blank, {"t": "AB12"}, fill_form(plain, {"t": "AB12"}).data).faults["t"]

    assert any(fault.startswith("comb letters in cells") for fault in faults)


def test_another_field_that_changes_is_caught() -> None:
    found = verdict(FORM, {"t": "Ada"}, fill_form(FORM, {"t": "Ada", "other": "changed"}).data)

    assert found.spoiled == ["another field has changed: other"]
    assert found.faults["t"]


def test_a_mark_elsewhere_on_the_page_is_caught() -> None:
    blank = made_form([text("t")], printed="BT /F 12 Tf 20 50 Td (Printed) Tj ET")
    marked = made_form([text("t")], printed="BT /F 12 Tf 20 50 Td (Printed) Tj ET 1 0 0 rg 300 50 20 20 re f")

    faults = verdict(blank, {"t": "Ada"}, fill_form(marked, {"t": "Ada"}).data).faults["t"]

    assert {"pixels changed beside the box in pdfium", "pixels changed beside the box in poppler"} <= set(faults)


def test_a_flattened_form_is_caught() -> None:
    with pypdfium2.PdfDocument(fill_form(FORM, {"t": "Ada"}).data) as document:
        page = document[0]
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        out = io.BytesIO()
        document.save(out)

    assert verdict(FORM, {"t": "Ada"}, out.getvalue()).faults["t"]


def test_dropped_encryption_is_caught() -> None:
    blank = encrypted(FORM, "AES-256")

    assert verdict(blank, {"t": "Ada"}, fill_form(blank, {"t": "Ada"}).data).faults["t"] == []
    assert verdict(blank, {"t": "Ada"}, fill_form(FORM, {"t": "Ada"}).data).faults["t"] == ["the encryption is gone"]


def test_a_page_more_or_less_costs_the_document() -> None:
    def adds(writer: PdfWriter, _widgets: dict[str, DictionaryObject]) -> None:
        writer.add_blank_page(400, 400)

    filled = fill_form(FORM, {"t": "Ada"}).data

    assert verdict(FORM, {"t": "Ada"}, rewritten(filled, adds)).lost == "2 pages instead of 1"


def test_a_document_that_no_reader_opens_is_lost() -> None:
    found = verdict(FORM, {"t": "Ada"}, FORM[: len(FORM) // 3])

    assert found.lost
    assert found.right == 0


def test_a_string_for_a_buttons_state_is_caught() -> None:
    def writes_a_string(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["b"][NameObject("/V")] = TextStringObject("Yes")

    filled = rewritten(fill_form(FORM, {"b": "true"}).data, writes_a_string)

    assert any(fault.startswith("/V is no name") for fault in verdict(FORM, {"b": "true"}, filled).faults["b"])


def test_a_button_that_says_on_and_shows_off_is_caught() -> None:
    def hides(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["b"][NameObject("/AS")] = NameObject("/Off")

    filled = rewritten(fill_form(FORM, {"b": "true"}).data, hides)

    assert verdict(FORM, {"b": "true"}, filled).faults["b"] == ["/AS are ['Off'] instead of ['Yes']"]


def test_a_kid_left_on_beside_the_chosen_one_is_caught() -> None:
    blank = made_form([each.replace("/AS /Off", "/AS /a") for each in radio("g", ["a", "b"], more="/V /a")])
    right = fill_form(blank, {"g": "b"}).data
    left_on = right.replace(b"/AS /Off", b"/AS /a  ")

    assert verdict(blank, {"g": "b"}, right).faults["g"] == []
    assert verdict(blank, {"g": "b"}, left_on).faults["g"]


def test_a_label_stored_in_place_of_its_export_is_caught() -> None:
    blank = made_form([choice("c", "[(DE) (Germany)] [(FR) (France)]")])
    filled = fill_form(blank, {"c": "FR"}).data

    def stores_the_label(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["c"][NameObject("/V")] = TextStringObject("France")

    assert verdict(blank, {"c": "FR"}, rewritten(filled, stores_the_label)).faults["c"] == [
        "/V holds ['France'] instead of ['FR']"
    ]


def test_a_report_that_claims_what_is_not_so_is_dishonest() -> None:
    found = verdict(FORM, {"t": "Ada", "far": "x"}, fill_form(FORM, {"far": "x"}).data)

    assert found.dishonest({"t", "far"}) == ["t"]
    assert found.dishonest({"far"}) == []


def test_a_shortened_value_is_caught() -> None:
    assert verdict(FORM, {"t": "Ada Lovelace"}, fill_form(FORM, {"t": "Ada"}).data).faults["t"]


def test_rich_text_that_says_the_old_value_is_caught() -> None:
    blank = made_form([text("t", more="/V (old) /RV (<p>old</p>)")])

    def keeps(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["t"][NameObject("/RV")] = TextStringObject("<p>old</p>")

    filled = rewritten(fill_form(blank, {"t": "new"}).data, keeps)

    assert verdict(blank, {"t": "new"}, filled).faults["t"] == ["/RV still holds the old text"]

"""The proof: what the report claims is looked for by another reader, and what is not so is no longer claimed."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from durable_edits.form import FieldStatus, ReportEntry
from durable_edits.pdf import fill_form, prove, read_form
from tests.made_forms import (
    COMB,
    MULTILINE,
    PASSWORD,
    checkbox,
    choice,
    encrypted,
    kitchen_sink,
    made_form,
    radio,
    text,
)

OTHER = (20, 200, 220, 220)
FORM = made_form([text("t"), text("other", OTHER, more="/V (stays)"), checkbox("b", (300, 300, 320, 320))])


def claims(*keys: str) -> list[ReportEntry]:
    return [ReportEntry(key=key, status=FieldStatus.FILLED) for key in keys]


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


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (text("t"), "Ada gq"),
        (text("t", flags=COMB, more="/MaxLen 8"), "AB12"),
        (text("t", (20, 240, 180, 320), flags=MULTILINE), "many words that need more than the one line"),
        (text("t", flags=PASSWORD), "secret"),
        (text("t", (20, 200, 40, 320), more="/MK << /R 90 >>"), "Ada"),
        (text("t"), "Łódź 日本"),
        (text("t"), "مرحبا بالعالم"),
        (checkbox("t"), "true"),
        (checkbox("t", more="/V /Yes /AS /Yes"), "false"),
        (choice("t", "[(DE) (Germany)] [(FR) (France)]"), "FR"),
        (choice("t", "[(DE) (Germany)] [(FR) (France)]"), "France"),
        (choice("t", "(a) (b)", flags=1 << 17 | 1 << 18), "typed"),
    ],
    ids=lambda each: each[:24] if isinstance(each, str) and "<<" not in each else "",
)
def test_an_honest_fill_is_proved(source: str, value: str) -> None:
    blank = made_form([source])
    filled = fill_form(blank, {"t": value})

    proof = prove(blank, filled.data, filled.report, values={"t": value})

    assert proof.holds
    assert proof.entries[0].stored
    assert proof.corrected(filled.report) == filled.report


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_turned_and_cropped_pages_are_proved_too(rotate: int) -> None:
    page = f"/MediaBox [0 0 500 400] /CropBox [50 20 450 380] /Rotate {rotate}"
    blank = made_form([text("t", (100, 250, 200, 270))], page=page)
    filled = fill_form(blank, {"t": "Ada"})

    proof = prove(blank, filled.data, filled.report)

    assert proof.holds
    assert proof.entries[0].readable


def test_every_kind_of_field_on_one_page_is_proved() -> None:
    values = {"colour": "blue", "name": "Ada", "code": "AB", "agree": "true", "country": "FR", "list": "beta"}
    filled = fill_form(kitchen_sink(), values)

    assert prove(kitchen_sink(), filled.data, filled.report, values=values).holds


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_document_that_opens_by_password_is_proved_with_it(algorithm: str) -> None:
    blank = encrypted(FORM, algorithm, password="secret")
    filled = fill_form(blank, {"t": "Ada"}, password="secret")

    assert prove(blank, filled.data, filled.report, password="secret").holds
    assert prove(blank, filled.data, filled.report).refused


def test_what_was_never_filled_is_denied() -> None:
    proof = prove(FORM, FORM, claims("t", "b"), values={"t": "Ada", "b": "true"})

    assert [entry.stored for entry in proof.entries] == [False, False]


def test_what_is_stored_but_not_drawn_is_denied() -> None:
    def only_stores(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["t"][NameObject("/V")] = TextStringObject("Ada")

    [entry] = prove(FORM, rewritten(FORM, only_stores), claims("t"), values={"t": "Ada"}).entries

    assert (entry.stored, entry.drawn) == (True, False)


def test_another_letter_than_the_one_stored_is_denied() -> None:
    def lies(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        widgets["t"][NameObject("/V")] = TextStringObject("Ada")

    [entry] = prove(FORM, rewritten(fill_form(FORM, {"t": "Ado"}).data, lies), claims("t")).entries

    assert entry.faults == ["readable"]


def test_ink_that_nobody_can_see_is_denied() -> None:
    filled = fill_form(FORM, {"t": "Ada"}, color="#FFFFFF")

    [entry] = prove(FORM, filled.data, filled.report).entries

    assert entry.faults == ["drawn"]


def test_letters_cut_by_the_box_are_denied() -> None:
    def lifts(_writer: PdfWriter, widgets: dict[str, DictionaryObject]) -> None:
        appearance = widgets["t"]["/AP"].get_object()
        assert isinstance(appearance, DictionaryObject)
        stream = appearance["/N"].get_object()
        stream.set_data(b"q 1 0 0 1 0 8 cm\n" + stream.get_data() + b"\nQ")  # type: ignore[union-attr]

    [entry] = prove(FORM, rewritten(fill_form(FORM, {"t": "Ada"}).data, lifts), claims("t")).entries

    assert entry.faults == ["inside"]


def test_another_field_that_changes_is_seen() -> None:
    filled = fill_form(FORM, {"t": "Ada", "other": "changed"})

    assert prove(FORM, filled.data, claims("t")).moved == [1]


def test_a_box_that_nobody_asked_to_check_is_seen() -> None:
    filled = fill_form(FORM, {"t": "Ada", "b": "true"})

    assert prove(FORM, filled.data, claims("t")).moved == [1]


def test_ink_anywhere_else_is_seen() -> None:
    marked = made_form([text("t")], printed="1 0 0 rg 300 50 20 20 re f")

    assert prove(made_form([text("t")]), fill_form(marked, {"t": "Ada"}).data, claims("t")).moved == [1]


def test_ink_on_another_page_is_seen() -> None:
    blank = made_form([text("t")], pages=3)

    def draws(writer: PdfWriter, _widgets: dict[str, DictionaryObject]) -> None:
        writer.pages[2].merge_page(PdfReader(io.BytesIO(made_form([], printed="0 0 99 99 re f"))).pages[0])

    filled = rewritten(fill_form(blank, {"t": "Ada"}).data, draws)

    assert prove(blank, filled, claims("t")).moved == [3]


def test_a_lost_page_refuses_the_whole() -> None:
    blank = made_form([text("t")], pages=2)

    assert prove(blank, fill_form(made_form([text("t")]), {"t": "Ada"}).data, claims("t")).refused


def test_a_document_that_the_other_reader_does_not_open_takes_every_claim_back() -> None:
    report = fill_form(FORM, {"t": "Ada"}).report

    corrected = prove(FORM, b"%PDF-1.7 and no more", report).corrected(report)

    assert corrected[0].status is FieldStatus.NOT_PROVED
    assert "does not open" in corrected[0].reason


def test_a_value_that_does_not_fit_claims_nothing() -> None:
    blank = made_form([text("t", more="/MaxLen 3")])
    filled = fill_form(blank, {"t": "12345"})

    proof = prove(blank, filled.data, filled.report, values={"t": "12345"})

    assert (proof.entries, proof.moved) == ([], [])


def test_a_value_that_does_not_fit_is_no_change_elsewhere() -> None:
    blank = made_form([text("t"), text("short", OTHER, more="/MaxLen 3")])
    filled = fill_form(blank, {"t": "Ada", "short": "12345"})

    assert prove(blank, filled.data, filled.report).holds


def test_a_group_of_which_no_button_is_on_is_denied() -> None:
    blank = made_form(radio("g", ["a", "b"]))

    [entry] = prove(blank, blank, claims("g"), values={"g": "b"}).entries

    assert entry.stored is False


def test_filling_the_same_again_is_proved() -> None:
    once = fill_form(FORM, {"t": "Ada"}).data
    twice = fill_form(once, {"t": "Ada"})

    assert prove(once, twice.data, claims("t"), values={"t": "Ada"}).holds
    assert read_form(twice.data).fields[0].value == "Ada"

"""The demo's forms are sound PDFs with every kind of field, and the sample's answers meet them."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from dev.form_writer import text_string
from dev.sample_form import ANSWERS, big_form, expected_values, sample_form
from durable_edits.form import FieldKind
from durable_edits.pdf import read_form


@pytest.fixture(scope="module")
def document() -> bytes:
    return sample_form()


def test_a_strict_reader_finds_nothing_to_complain_about(document: bytes) -> None:
    reader = PdfReader(io.BytesIO(document), strict=True)

    objects = [IndirectObject(number, 0, reader).get_object() for number in range(1, len(reader.xref[0]) + 1)]

    assert None not in objects


def test_pdfium_draws_three_pages(document: bytes) -> None:
    with pypdfium2.PdfDocument(document) as pages:
        colours = [len(page.render().to_pil().getcolors(1 << 20)) for page in pages]

    assert len(colours) == 3
    assert min(colours) > 10


def test_each_page_says_which_it_is(document: bytes) -> None:
    feet = [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]

    assert [f"page {number} of 3" in feet[number - 1] for number in (1, 2, 3)] == [True] * 3


def test_every_kind_of_field_is_there(document: bytes) -> None:
    fields = read_form(document).fields

    assert {field.kind for field in fields} == set(FieldKind)
    assert any(field.comb for field in fields)
    assert any(field.multiline for field in fields)


def test_one_field_is_turned(document: bytes) -> None:
    widgets = [widget for page in PdfReader(io.BytesIO(document)).pages for widget in page.annotations or []]

    assert [w["/T"] for w in widgets if w.get("/MK", {}).get("/R")] == ["filing_number"]


def test_some_fields_have_a_tooltip_and_some_only_what_is_printed(document: bytes) -> None:
    fields = PdfReader(io.BytesIO(document)).get_fields() or {}

    assert {"/TU" in field for field in fields.values()} == {True, False}


def test_a_field_without_a_tooltip_is_named_by_its_printed_label(document: bytes) -> None:
    names = {field.key: field.description for field in read_form(document).fields}

    assert names["bank.iban"] == "IBAN"


def test_every_answer_names_a_field_of_the_form(document: bytes) -> None:
    form = read_form(document)
    keys = {field.key for field in form.fields}
    keys |= {f"{field.key}.{option.value}" for field in form.fields for option in field.options}

    assert set(expected_values()) <= keys


def test_one_answer_is_beyond_latin() -> None:
    assert "東京" in "".join(answer.says for answer in ANSWERS)


@pytest.mark.parametrize(("text", "written"), [(r"a (b) \c", r"(a \(b\) \\c)"), ("Łé", "<FEFF014100E9>")])
def test_text_is_written_as_pdf_spells_it(text: str, written: str) -> None:
    assert text_string(text) == written


def test_the_big_form_is_as_big_as_asked() -> None:
    form = read_form(big_form(200))

    assert (len(form.fields), form.pages) == (200, 3)

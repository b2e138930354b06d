"""Documents that are broken or mean harm: a typed error or a filled form, nothing else, and in time."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from durable_edits.errors import (
    DocumentEncrypted,
    DocumentError,
    DocumentTooComplex,
    DocumentTooManyPages,
    DocumentWithoutFields,
    DocumentWithoutPages,
    InvalidDocument,
)
from durable_edits.pdf import fill_form, limits, read_form
from tests.made_forms import FIRST, document, encrypted, kitchen_sink, made_form, text
from tests.pdf_view import text_in

SINK = kitchen_sink()
ASKED = {field.key: "true" for field in read_form(SINK).fields}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_a_pdf"),
        (b"PK\x03\x04 a spreadsheet", "not_a_pdf"),
        (b"%PDF-1.7\n", "truncated"),
        (SINK[: len(SINK) // 20], "truncated"),
    ],
    ids=["empty", "other", "header", "cut"],
)
def test_what_cannot_be_a_form_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidDocument) as caught:
        read_form(data)

    assert caught.value.details["reason"] == reason


def test_a_form_that_is_xfa_alone_says_so() -> None:
    with pytest.raises(InvalidDocument) as caught:
        read_form(made_form([], acroform="/XFA (x)"))

    assert caught.value.details["reason"] == "xfa_only"


def test_a_document_without_fields_is_told_apart() -> None:
    with pytest.raises(DocumentWithoutFields):
        fill_form(made_form([]), {"t": "x"})


def test_a_document_without_pages_is_told_apart() -> None:
    with pytest.raises(DocumentWithoutPages):
        read_form(made_form([text("t")], pages=0))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_document_that_needs_a_password_opens_with_it_alone(algorithm: str) -> None:
    locked = encrypted(SINK, algorithm, password="secret")

    with pytest.raises(DocumentEncrypted):
        read_form(locked)
    assert read_form(locked, password="secret").fields


def test_more_pages_than_allowed_are_refused() -> None:
    with pytest.raises(DocumentTooManyPages):
        fill_form(made_form([text("t")], pages=4), {"t": "x"}, max_pages=3)


def test_more_fields_than_allowed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("durable_edits.pdf.tree.MAX_FIELDS", 2)

    with pytest.raises(DocumentTooComplex):
        read_form(made_form([text(name) for name in "abc"]))


def test_a_field_that_is_its_own_child_ends() -> None:
    data = made_form([f"<< /T (a) /FT /Tx /Kids [{FIRST} 0 R {FIRST + 1} 0 R] >>", f"<< /T (b) /Kids [{FIRST} 0 R] >>"])

    with pytest.raises(DocumentError):
        read_form(data)


def test_a_page_tree_that_bites_its_tail_ends() -> None:
    data = made_form([text("t")]).replace(b"/Kids [11 0 R]", b"/Kids [2 0 R 11 0 R 2 0 R]")

    assert read_form(data).pages == 1


def test_a_field_tree_deeper_than_any_real_one_ends() -> None:
    chain = [f"<< /T (a) /Kids [{FIRST + n + 1} 0 R] >>" for n in range(5_000)]

    with pytest.raises(DocumentError):
        read_form(made_form([*chain, "<< /T (z) /FT /Tx >>"]).replace(b"/Fields [", b"/Fields [10 0 R] /Unused ["))


@pytest.mark.parametrize(
    "wrong",
    [
        "/Rect (none)", "/Rect [0 0 1e30 1e30]", "/Rect [5 5 5 5]", "/Rect [null null null null]", "/AP 5",
        "/AP << /N 4 >>",
        "/MK [1 2]", "/MK << /R (x) /BG [9e99 2 3] /BC [true] >>", "/BS << /W -1e30 /S 4 >>", "/DA 7", "/DA (/ Tf)",
        "/DA (/Helv -12 Tf)", "/DA (/Nobody 1e9 Tf 5 5 5 5 5 rg)", "/Q (left)", "/MaxLen -3", "/MaxLen (x)", "/Ff (x)",
        "/Ff 16777216 /MaxLen 99999999", "/Opt 5", "/Opt [[] 4 [[]]]", "/V 5", "/V [1 2]", f"/Parent {FIRST} 0 R",
        "/Kids 5", "/Kids [null 3 (x)]", "/DR << /Font 5 >>", "/FT 5", "/TU 5", "/P 99 0 R", "/AS 5", "/I [9 9]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["/Tx", "/Ch", "/Btn", "/Sig"])
def test_wrong_types_are_absent_values(wrong: str, kind: str) -> None:
    first = f"<< /T (t) /FT {kind} /Subtype /Widget /Rect [20 300 90 320] {wrong} >>"
    data = made_form([first, text("u", (20, 200, 220, 220))])

    filled = fill_form(data, {"t": "true", "u": "fine"})

    assert {field.key: field.value for field in read_form(filled.data).fields}["u"] == "fine"


@pytest.mark.parametrize("where", ["1", "2", "3", "11"])
@pytest.mark.parametrize("what", ["null", "5", "[]", "(x)", "<< >>", "99 0 R"])
def test_a_wrong_object_anywhere_is_a_typed_error_or_a_form(where: str, what: str) -> None:
    objects: dict[int, str | bytes] = {
        1: "<< /Type /Catalog /Pages 2 0 R /AcroForm 3 0 R >>",
        2: "<< /Type /Pages /Count 1 /Kids [11 0 R] >>",
        3: "<< /Fields [10 0 R] >>",
        10: text("t"),
        11: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Annots [10 0 R] >>",
    }
    objects[int(where)] = what

    try:
        filled = fill_form(document(objects), {"t": "x"})
    except DocumentError:
        return
    assert read_form(filled.data).fields[0].value == "x"


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(SINK) - 1), st.integers(0, 255)), min_size=1, max_size=12), st.booleans())
def test_bytes_changed_anywhere_give_a_typed_error_or_a_form(flips: list[tuple[int, int]], cut: bool) -> None:
    mutated = bytearray(SINK)
    for place_, value in flips:
        mutated[place_] = value
    data = bytes(mutated[: flips[0][0]] if cut else mutated)

    try:
        filled = fill_form(data, ASKED)
    except DocumentError:
        return
    assert read_form(filled.data).pages == filled.form.pages


def test_a_document_whose_cross_reference_lies_is_written_anew() -> None:
    blank = made_form([text("t")])
    lying = blank.replace(b"startxref\n", b"startxref\n1").replace(b"%PDF", b"junk before\n%PDF")

    filled = fill_form(lying, {"t": "Ada"})

    assert not filled.data.startswith(lying)
    assert text_in(filled.data, read_form(filled.data).fields[0].boxes[0]) == "Ada"


def test_a_document_that_says_nowhere_where_its_objects_are_is_written_anew() -> None:
    lost = made_form([text("t")]).split(b"\nxref\n")[0] + b"\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

    filled = fill_form(lost, {"t": "Ada"})

    assert text_in(filled.data, read_form(filled.data).fields[0].boxes[0]) == "Ada"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_any_text_is_stored_as_it_was_given(value: str) -> None:
    filled = fill_form(SINK, {"name": value})

    assert {field.key: field.value for field in read_form(filled.data).fields}["name"] == (value or None)


def test_a_huge_value_ends_in_time() -> None:
    value = "many words of a very long value " * 3_000

    filled = fill_form(SINK, {"notes": value, "name": value, "code": value})

    assert len(value) < limits.MAX_TEXT
    assert filled.form.fields


def test_the_engine_loads_nothing_of_the_service() -> None:
    loaded = "import sys, durable_edits.pdf; print([m for m in ('temporalio', 'httpx', 'fastapi') if m in sys.modules])"

    found = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"

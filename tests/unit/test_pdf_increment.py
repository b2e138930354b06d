"""What is written behind the input's bytes: followed by strict readers, in the input's own way, always the same."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from durable_edits.pdf import clear_cache, fill_form, read_form
from durable_edits.pdf.cache import compiled_form
from tests.made_forms import FIRST, checkbox, encrypted, kitchen_sink, made_form, radio, text
from tests.pdf_view import changed, text_in

ASKED = {"name": "Ada (Łódź)", "agree": "true", "colour": "blue", "country": "France", "code": "AB12", "list": "beta"}
ALGORITHMS = ["RC4-40", "RC4-128", "AES-128", "AES-256"]


def saved(data: bytes, **options: Any) -> bytes:
    """The same document as another writer lays it out."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out, static_id=True, encryption=pdf.is_encrypted or False, **options)
    return out.getvalue()


def with_streams(data: bytes) -> bytes:
    return saved(data, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def hybrid(data: bytes) -> bytes:
    """A table without the form's objects, and beside it the stream that has them."""
    numbers = [int(each) for each in re.findall(rb"^(\d+) 0 obj", data, re.MULTILINE)]
    offsets = {n: data.index(b"\n%d 0 obj" % n) + 1 for n in numbers}
    hidden = [n for n in numbers if FIRST <= n < max(numbers)]  # the last is the page
    at, number = len(data), max(numbers) + 1
    rows = b"".join(b"\1" + offsets[n].to_bytes(4, "big") + b"\0" for n in hidden)
    rows += b"\1" + at.to_bytes(4, "big") + b"\0"
    index = b" ".join(b"%d 1" % n for n in [*hidden, number])
    head = b"<< /Type /XRef /W [1 4 1] /Index [%b] /Size %d /Length %d >>" % (index, number + 1, len(rows))
    stream = b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, head, rows)
    table = [b"xref\n0 1\n0000000000 65535 f \n"]
    table += [b"%d 1\n%010d 00000 n \n" % (n, offsets[n]) for n in numbers if n not in hidden]
    trailer = b"trailer\n<< /Root 1 0 R /Size %d /XRefStm %d >>\n" % (number + 1, at)
    return data + stream + b"".join(table) + trailer + b"startxref\n%d\n%%%%EOF\n" % (at + len(stream))


def warnings_of_a_strict_reader(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = [str(each) for each in pdf.check_pdf_syntax()]
        return found + [str(each) for each in pdf.get_warnings()]


LAYOUTS: dict[str, Callable[[], bytes]] = {
    "table": kitchen_sink,
    "object streams": lambda: with_streams(kitchen_sink()),
    "linearized": lambda: saved(kitchen_sink(), linearize=True),
    "hybrid": lambda: hybrid(kitchen_sink()),
    "junk before the header": lambda: b"From: somebody\r\n\r\n" + kitchen_sink(),
    "junk before object streams": lambda: b"\0\n\n" + with_streams(kitchen_sink()),
    "saved before": lambda: fill_form(kitchen_sink(), {"name": "before"}).data,
    "encrypted object streams": lambda: with_streams(encrypted(kitchen_sink(), "AES-128")),
    "old line ends": lambda: kitchen_sink().rstrip(b"\n"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_strict_reader_follows_what_was_added_to(layout: str) -> None:
    blank = LAYOUTS[layout]()

    filled = fill_form(blank, ASKED)

    assert filled.data.startswith(blank)
    assert warnings_of_a_strict_reader(filled.data) == warnings_of_a_strict_reader(blank)
    held = {field.key: field.value for field in read_form(filled.data).fields}
    assert (held["name"], held["agree"], held["colour"], held["country"]) == ("Ada (Łódź)", "true", "blue", "FR")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_was_added_is_seen(layout: str) -> None:
    filled = fill_form(LAYOUTS[layout](), ASKED)

    box = {field.key: field.box for field in filled.form.fields}["name"]
    assert box is not None
    assert text_in(filled.data, box) == "Ada (Łódź)"


@pytest.mark.parametrize("layout", ["table", "object streams"])
def test_the_cross_reference_is_of_the_inputs_kind(layout: str) -> None:
    blank = LAYOUTS[layout]()

    added = fill_form(blank, ASKED).data[len(blank) :]

    assert (b"\nxref\n" in added, b"/XRef" in added) == ((True, False) if layout == "table" else (False, True))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_same_request_gives_the_same_bytes_of_an_encrypted_form_too(algorithm: str) -> None:
    blank = encrypted(kitchen_sink(), algorithm)

    first = fill_form(blank, ASKED).data
    clear_cache()

    assert fill_form(blank, ASKED).data == first


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_no_string_or_stream_is_left_readable(algorithm: str) -> None:
    blank = with_streams(encrypted(kitchen_sink(), algorithm))

    added = fill_form(blank, {"name": "Ada Lovelace", "country": "France"}).data[len(blank) :]

    assert not [word for word in (b"Ada", b"Full name", b"BMC", b"France", b"Germany") if word in added]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_filling_the_result_with_the_same_values_changes_nothing_that_is_drawn(layout: str) -> None:
    once = fill_form(LAYOUTS[layout](), ASKED).data

    twice = fill_form(once, ASKED).data

    assert changed(once, twice) is None
    assert read_form(twice) == read_form(once)


def test_a_form_that_was_filled_before_is_filled_the_same_after_others() -> None:
    blank, other = kitchen_sink(), made_form([text("name"), checkbox("agree", (20, 200, 40, 220))])
    first = fill_form(blank, ASKED).data

    fill_form(other, {"name": "x", "agree": "true"})
    fill_form(blank, {"name": "somebody else", "colour": "red"})

    assert fill_form(blank, ASKED).data == first


def test_a_direct_widget_is_written_within_the_object_that_holds_it() -> None:
    kid = radio("g", ["a", "b"])[1].replace("/Parent 10 0 R", "")
    group = "<< /T (g) /FT /Btn /Ff 32768 /Kids 11 0 R >>"
    blank = made_form([group, f"[{kid} {kid.replace('/a', '/b')}]"])
    blank = blank.replace(b"/Annots [11 0 R]", b"/Annots 11 0 R  ")

    filled = fill_form(blank, {"g": "b"})

    kids = (PdfReader(io.BytesIO(filled.data)).get_fields() or {})["g"]["/Kids"]
    assert [each.get_object()["/AS"] for each in kids] == ["/Off", "/b"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_well_formed_document_is_read_without_being_mended(layout: str) -> None:
    assert compiled_form(LAYOUTS[layout](), None, 10).document.source.sound

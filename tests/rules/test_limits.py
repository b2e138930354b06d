"""What is more than any real form has is a clear error, before it costs memory or time."""

from __future__ import annotations

import re
import zlib

import pytest

from durable_edits.errors import DocumentTooComplex
from durable_edits.pdf import fill_form, read_form
from durable_edits.pdf.limits import MAX_NUMBER, MAX_OPTIONS, MAX_STREAM
from tests.made_forms import document, made_form, place, text
from tests.rules.document_forms import FORM, packed
from tests.rules.sources import objects_of

LIST = "<< /T (%s) /FT /Ch /Opt %s /DA (/Helv 1 Tf) %s >>"


def _bomb(entries: str = "") -> bytes:
    packer = zlib.compressobj(9)
    block = b" " * 1_000_000
    data = b"".join(packer.compress(block) for _ in range(MAX_STREAM // len(block) + 1)) + packer.flush()
    return b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(data), data)


def test_a_value_that_unpacks_to_more_than_memory_is_too_complex() -> None:
    blank = document({**objects_of(made_form([text("t", more="/V 99 0 R")])), 99: _bomb()})

    with pytest.raises(DocumentTooComplex) as caught:
        read_form(blank)

    assert caught.value.details["limit"] == MAX_STREAM


def test_an_object_stream_that_unpacks_to_more_than_memory_is_too_complex() -> None:
    bomb = _bomb("/Type /ObjStm /N 1 /First 20")
    blank = re.sub(rb"(?s)<< /Type /ObjStm.*?endstream", lambda _: bomb, packed(FORM()))
    table = re.search(rb"\d+ 0 obj\n<< /Type /XRef", blank)
    assert table is not None

    with pytest.raises(DocumentTooComplex):
        read_form(re.sub(rb"startxref\n\d+", b"startxref\n%d" % table.start(), blank))


def test_lists_of_more_options_than_anybody_would_choose_from_are_too_complex() -> None:
    with pytest.raises(DocumentTooComplex) as caught:
        read_form(made_form([LIST % ("c", f"[{'(x) ' * (MAX_OPTIONS + 1)}]", place((20, 20, 220, 380)))]))

    assert caught.value.details["limit"] == MAX_OPTIONS


def test_options_that_lists_share_count_for_each_of_them() -> None:
    lists = [LIST % (name, "99 0 R", place((20, 20, 220, 380))) for name in "ab"]
    options = f"[{'(x) ' * (MAX_OPTIONS * 2 // 3)}]"

    with pytest.raises(DocumentTooComplex):
        read_form(document({**objects_of(made_form(lists)), 99: options}))


def test_a_size_that_no_document_has_is_not_counted_from() -> None:
    blank = re.sub(rb"/Size \d+", b"/Size %d" % 10**9, FORM())

    filled = fill_form(blank, {"t": "Ada"})

    assert read_form(filled.data).fields[0].value == "Ada"
    assert max(map(int, re.findall(rb"(?m)^(\d+) 0 obj", filled.data))) < MAX_NUMBER


def test_a_field_of_a_number_that_no_viewer_looks_for_is_too_complex() -> None:
    objects = {number: _bytes(body).replace(b"10 0 R", b"9000000 0 R") for number, body in objects_of(FORM()).items()}
    objects[9_000_000] = objects.pop(10)

    with pytest.raises(DocumentTooComplex) as caught:
        fill_form(document({**objects}), {"t": "Ada"})

    assert caught.value.details["limit"] == MAX_NUMBER


def test_an_object_of_such_a_number_that_nobody_asks_for_costs_nothing() -> None:
    filled = fill_form(document({**objects_of(FORM()), MAX_NUMBER + 1: "null"}), {"t": "Ada"})

    assert read_form(filled.data).fields[0].value == "Ada"


def _bytes(source: str | bytes) -> bytes:
    return source.encode("latin-1") if isinstance(source, str) else source

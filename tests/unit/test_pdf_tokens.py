"""The tokeniser reads what pypdf reads, and says so where it does not understand."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
    read_object,
)

from durable_edits.pdf.serialise import serialised
from durable_edits.pdf.tokens import NotUnderstood, Tokens

NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8).map(
    lambda name: NameObject(f"/{name}")
)
SIMPLE: st.SearchStrategy[PdfObject] = st.one_of(
    NAMES,
    st.booleans().map(BooleanObject),
    st.integers(-(10**9), 10**9).map(NumberObject),
    st.floats(-1e6, 1e6, allow_nan=False)
    .map(lambda value: round(value, 3))
    .filter(lambda value: value % 1)
    .map(FloatObject),
    st.text(max_size=12).map(TextStringObject),
    st.binary(max_size=12).filter(lambda data: len(data) != 1).map(ByteStringObject),
)


def _wider(inner: st.SearchStrategy[PdfObject]) -> st.SearchStrategy[PdfObject]:
    arrays: st.SearchStrategy[PdfObject] = st.lists(inner, max_size=4).map(ArrayObject)
    return arrays | st.dictionaries(NAMES, inner, max_size=4).map(DictionaryObject)


OBJECTS = st.recursive(SIMPLE, _wider, max_leaves=12)


def read(source: bytes) -> PdfObject:
    return Tokens(source, None).top(0)[0]


def by_pypdf(source: bytes) -> object:
    return read_object(io.BytesIO(source + b" "), None)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(OBJECTS)
def test_what_pypdf_writes_is_read_as_pypdf_reads_it(value: PdfObject) -> None:
    out = io.BytesIO()
    value.write_to_stream(out)

    assert repr(read(out.getvalue())) == repr(by_pypdf(out.getvalue()))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(OBJECTS)
def test_what_is_written_is_read_as_it_was(value: PdfObject) -> None:
    out = io.BytesIO()
    value.write_to_stream(out)
    known = read(out.getvalue())

    assert repr(read(serialised(known))) == repr(known)


@pytest.mark.parametrize(
    "source",
    [
        rb"(a\(b\)c)", rb"(a(b)c)", b"(line\\\nnext)", b"(one\r\ntwo\rthree)", rb"(\101\60\7x)", rb"(\n\r\t\b\f\\)",
        b"<4 8 6>", b"<FEFF00410142>", b"(\xfe\xff\x00A\x01B)", b"<EFBBBFC581>", b"<</A<</B[1[2 3]<</C(x)>>]>>>>",
        b"[1 -2 +3 .5 -.5 4. 0.0]", b"% a remark\n<< /A % another\n 1 >>", b"/A#20B#2F", b"/\xc3\xa4", b"[/A/B(c)<64>]",
        b"<< /A 1 /A 2 >>", b"<</Empty()>>", b"[true false null]", b"-0",
    ],
)  # fmt: skip
def test_spellings_that_authors_use_are_read_as_pypdf_reads_them(source: bytes) -> None:
    assert repr(read(source)) == repr(by_pypdf(source))


def test_a_backslash_before_any_other_letter_is_nothing() -> None:
    assert repr(read(rb"(a\q)")) == "'aq'"


def test_an_entry_that_is_null_is_as_good_as_absent() -> None:
    assert repr(read(b"<</A null/B 1>>")) == "{'/B': 1}"


@pytest.mark.parametrize(
    "source", [b"", b"<<", b"[1 2", b"(no end", b"<</A>>", b"<41", b"--5", b"[+-3]", b"<< 1 2 >>", b"[" * 500, b"]"]
)
def test_what_is_not_understood_is_said_to_be_so(source: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read(source)

"""data: URLs as people and programs write them, and the two forms of a stored file's URL."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durable_edits.errors import InvalidDataUrl
from durable_edits.storage.document_urls import (
    StoredFile,
    decode_data_url,
    encode_data_url,
    is_data_url,
    media_type,
    parse_stored_url,
    stored_url,
)

PDF = "application/pdf"
DATA = bytes(range(256))
PLAIN = base64.b64encode(DATA).decode()
FILE_ID = "file_01ARZ3NDEKTSV4RRFFQ69G5FAV"


@given(st.binary(max_size=300))
def test_what_is_encoded_is_decoded(data: bytes) -> None:
    assert decode_data_url(encode_data_url(PDF, data)) == (PDF, data)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(PLAIN.rstrip("="), id="no padding"),
        pytest.param(PLAIN.replace("+", "-").replace("/", "_"), id="url-safe alphabet"),
        pytest.param("\r\n".join(PLAIN[at : at + 76] for at in range(0, len(PLAIN), 76)), id="mail's line breaks"),
        pytest.param(f" \t{PLAIN}\n", id="white space around"),
        pytest.param(PLAIN.replace("+", "%2B").replace("/", "%2f").replace("=", "%3D"), id="percent escapes"),
        pytest.param(f"%0A{PLAIN}%0a", id="escaped line breaks"),
    ],
)
def test_base64_is_read_however_it_is_dressed(payload: str) -> None:
    assert decode_data_url(f"data:{PDF};base64,{payload}") == (PDF, DATA)


@pytest.mark.parametrize("head", ["DATA:application/PDF;BASE64", "data:application/pdf;name=a.pdf;base64"])
def test_case_and_further_parameters_say_nothing(head: str) -> None:
    assert decode_data_url(f"{head},{PLAIN}") == (PDF, DATA)


def test_without_base64_the_payload_is_percent_encoded() -> None:
    assert decode_data_url("data:text/csv,a%2Cb%0A1,2") == ("text/csv", b"a,b\n1,2")


@pytest.mark.parametrize(
    ("url", "media"), [("data:,x", "text/plain"), ("data:;base64,eA==", "application/octet-stream")]
)
def test_a_url_without_a_type_has_the_default_one(url: str, media: str) -> None:
    assert decode_data_url(url) == (media, b"x")


def test_a_url_without_a_comma_is_refused_with_an_example() -> None:
    with pytest.raises(InvalidDataUrl, match="no comma; send data:application/pdf;base64,"):
        decode_data_url(f"data:{PDF};base64{PLAIN.replace(',', '')}")


@pytest.mark.parametrize("payload", ["JVBERi0*", '"JVBERi0="', "JVBER", "JVBE=Ri0", "JVBERi0€"])
def test_what_is_not_base64_is_refused(payload: str) -> None:
    with pytest.raises(InvalidDataUrl):
        decode_data_url(f"data:{PDF};base64,{payload}")


@given(st.text(max_size=80))
def test_any_text_behind_data_is_a_document_or_a_typed_error(text: str) -> None:
    try:
        _, data = decode_data_url("data:" + text)
    except InvalidDataUrl:
        return
    assert isinstance(data, bytes)


@pytest.mark.parametrize(("url", "is_one"), [("data:,x", True), ("DaTa:,x", True), ("https://data:1", False)])
def test_a_data_url_is_known_by_its_scheme(url: str, is_one: bool) -> None:
    assert is_data_url(url) is is_one


def test_a_stored_file_is_found_by_the_url_it_was_given() -> None:
    url = stored_url("acme/ü %", FILE_ID, "form.pdf")

    assert parse_stored_url(url) == StoredFile(FILE_ID, "acme/ü %")


def test_the_short_form_names_no_organization() -> None:
    assert parse_stored_url(f"https://storage.retab.com/{FILE_ID}") == StoredFile(FILE_ID, None)


@pytest.mark.parametrize("filename", ["form", "form.", "form.p/d", "form.<script>", "form." + "x" * 17])
def test_an_ending_that_is_none_becomes_bin(filename: str) -> None:
    assert stored_url("acme", FILE_ID, filename) == f"https://storage.retab.com/acme/{FILE_ID}.bin"


@pytest.mark.parametrize(
    "path", ["", "acme/", "acme/else/" + FILE_ID, "acme/../../etc/passwd", f"acme/{FILE_ID}'--", "acme/edt_1.pdf"]
)
def test_a_url_on_the_storage_host_that_names_no_file_matches_none(path: str) -> None:
    stored = parse_stored_url(f"https://storage.retab.com/{path}")

    assert stored is not None
    assert stored.file_id == ""


@pytest.mark.parametrize(
    "url",
    [
        f"http://storage.retab.com/acme/{FILE_ID}.pdf",
        f"https://storage.retab.com.example.net/acme/{FILE_ID}.pdf",
        f"https://example.net/storage.retab.com/{FILE_ID}.pdf",
        f"https://storage.retab.com@example.net/{FILE_ID}.pdf",
    ],
)
def test_other_hosts_store_nothing_of_ours(url: str) -> None:
    assert parse_stored_url(url) is None


@given(st.text(max_size=60))
def test_any_text_is_a_stored_file_or_is_not(text: str) -> None:
    assert isinstance(parse_stored_url("https://" + text), StoredFile | None)


@pytest.mark.parametrize(
    ("filename", "declared", "is_of"),
    [
        ("form.pdf", "", "application/pdf"),
        ("form.pdf", "application/octet-stream", "application/pdf"),
        ("form.pdf", "text/plain", "application/pdf"),
        ("form.pdf", "image/png", "image/png"),
        ("form", "", "application/octet-stream"),
        ("form", "text/plain", "text/plain"),
    ],
)
def test_the_type_is_the_declared_one_unless_that_says_nothing(filename: str, declared: str, is_of: str) -> None:
    assert media_type(filename, declared) == is_of

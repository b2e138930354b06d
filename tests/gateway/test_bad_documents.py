"""Documents that cannot be filled or fetched: each fails its own edit, by one code on both paths (contract sections
3, 5 and 6)."""

from __future__ import annotations

import base64

import pytest

from tests.forms import text_form
from tests.live import Gateway, inline
from tests.made_forms import document, encrypted, made_form

FORM = text_form(["name"])
NO_PAGES = document({1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Count 0 /Kids [] >>"})

UNFILLABLE = {
    "empty": (b"", "invalid_document"),
    "text": (b"just some words", "invalid_document"),
    "header-alone": (b"%PDF-1.7 nothing else", "invalid_document"),
    "cut-off": (FORM[: len(FORM) // 3], "invalid_document"),
    "locked": (encrypted(FORM, "AES-256", password="secret"), "document_encrypted"),
    "no-pages": (NO_PAGES, "document_without_pages"),
    "no-fields": (made_form([], printed="BT /F 12 Tf (Flat) Tj ET"), "document_without_fields"),
    "thick": (text_form(["name"], pages=2_001), "document_too_many_pages"),
}
UNFETCHABLE = {
    "http": "http://storage.example.com/form.pdf",
    "loopback": "https://127.0.0.1/form.pdf",
    "own-name": "https://localhost/form.pdf",
    "ipv6-loopback": "https://[::1]/form.pdf",
    "metadata-service": "https://169.254.169.254/latest/meta-data",
    "ftp": "ftp://storage.example.com/form.pdf",
    "no-url": "form.pdf",
}


def base64_url(kind: str, data: bytes = FORM) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


# Refused before there is an edit, with `background` too.
UNREADABLE = {
    "no-comma.pdf": ("data:application/pdf;base64", 422, "invalid_data_url"),
    "no-base64.pdf": ("data:application/pdf;base64,@@@@", 422, "invalid_data_url"),
    "torn-base64.pdf": ("data:application/pdf;base64,JVBER", 422, "invalid_data_url"),
    "picture.png": (base64_url("image/png", b"\x89PNG"), 400, "unsupported_document"),
    "letter.docx": (base64_url("application/octet-stream", b"PK\x03\x04"), 400, "unsupported_document"),
    "sheet.xlsx": ("https://storage.example.com/sheet.xlsx", 400, "unsupported_document"),
    "page.html": (base64_url("text/html", b"<p>"), 400, "unsupported_document"),
}


def completed(gateway: Gateway, filename: str) -> list[object]:
    return list(gateway.page(filename=filename, status="completed")["data"])


@pytest.mark.parametrize("name", UNFILLABLE)
def test_an_unfillable_document_is_422_on_the_sync_path(gateway: Gateway, name: str) -> None:
    data, code = UNFILLABLE[name]

    response = gateway.create(inline(data, f"sync-{name}.pdf"), "name: Ada", background=False)
    found = response.json()["detail"]
    assert (response.status_code, found["code"]) == (422, code)
    assert found["message"]
    assert completed(gateway, f"sync-{name}") == []


@pytest.mark.parametrize("name", UNFILLABLE)
def test_an_unfillable_document_fails_its_edit_in_the_background(gateway: Gateway, name: str) -> None:
    data, code = UNFILLABLE[name]

    edit = gateway.wait(gateway.start(inline(data, f"background-{name}.pdf"), "name: Ada"))
    assert (edit["status"], edit["error"]["code"]) == ("failed", code)
    assert edit["error"]["message"]
    assert (edit["output"], edit["usage"], edit["filled_document_ref"]) == (None, None, None)


def test_instructions_that_name_no_field_are_422_and_say_what_the_form_has(gateway: Gateway) -> None:
    response = gateway.create(FORM, "shoe size: 38", background=False)

    found = response.json()["detail"]
    assert (response.status_code, found["code"]) == (422, "nothing_to_fill")
    assert "'name'" in found["message"]


@pytest.mark.parametrize("name", UNFETCHABLE)
def test_a_refused_url_is_400_on_the_sync_path(gateway: Gateway, name: str) -> None:
    source = {"filename": f"sync-{name}.pdf", "url": UNFETCHABLE[name]}

    response = gateway.create(source, "name: Ada", background=False)
    assert (response.status_code, response.json()["detail"]["code"]) == (400, "fetch_refused")
    assert completed(gateway, f"sync-{name}") == []


@pytest.mark.parametrize("name", UNFETCHABLE)
def test_a_refused_url_fails_its_edit_in_the_background(gateway: Gateway, name: str) -> None:
    edit_id = gateway.start({"filename": "form.pdf", "url": UNFETCHABLE[name]}, "name: Ada")

    edit = gateway.wait(edit_id)
    assert (edit["status"], edit["error"]["code"]) == ("failed", "fetch_refused")


def test_a_url_of_nine_thousand_characters_is_400(gateway: Gateway) -> None:
    source = {"filename": "form.pdf", "url": f"https://storage.example.com/{'a' * 9_000}.pdf"}

    response = gateway.create(source, "name: Ada")
    assert (response.status_code, response.json()["detail"]["code"]) == (400, "fetch_refused")


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("filename", UNREADABLE)
def test_what_cannot_be_read_at_all_is_refused_at_once(alone: Gateway, filename: str, background: bool) -> None:
    url, status, code = UNREADABLE[filename]

    response = alone.create({"filename": filename, "url": url}, "name: Ada", background=background)
    assert (response.status_code, response.json()["detail"]["code"]) == (status, code)
    assert alone.page()["data"] == []


@pytest.mark.parametrize(
    "url",
    [
        base64_url("application/pdf"),
        base64_url("application/pdf;name=form.pdf"),
        base64_url("application/octet-stream"),
        base64_url("APPLICATION/PDF"),
        base64_url("text/plain"),
        base64_url("application/pdf").replace("data:", "DATA:"),
        "data:application/pdf," + "".join(f"%{byte:02x}" for byte in FORM),
    ],
    ids=["base64", "parameters", "octets", "capitals", "a-wrong-type", "capital-scheme", "percent"],
)
def test_every_spelling_of_a_data_url_is_read(gateway: Gateway, url: str) -> None:
    response = gateway.create({"filename": "form.pdf", "url": url}, "name: Ada", background=False)

    assert (response.status_code, response.json()["status"]) == (201, "completed")

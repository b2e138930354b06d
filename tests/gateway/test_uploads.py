"""/v1/files/upload: a session, its bytes, its end (contract section 7)."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from durable_edits.pdf import read_form
from tests.forms import text_form
from tests.live import OTHER_KEY, Gateway, Live

FORM = text_form(["name"])
HASH = hashlib.sha256(FORM).hexdigest()
OTHER_HASH = "0" * 64


def started(gateway: Gateway, **body: Any) -> dict[str, Any]:
    wanted = {"filename": "form.pdf", "size_bytes": len(FORM)} | body
    response = gateway.http.post("/v1/files/upload", json=wanted)
    assert response.status_code == 200, response.text
    return dict(response.json())


def put(session: dict[str, Any], data: bytes | Iterator[bytes] = FORM) -> httpx.Response:
    """As any HTTP client would: no key, the headers that were asked for."""
    return httpx.put(session["uploadUrl"], content=data, headers=session["uploadHeaders"], trust_env=False)


def completed(gateway: Gateway, session: dict[str, Any], **body: Any) -> httpx.Response:
    return gateway.http.post(f"/v1/files/upload/{session['fileId']}/complete", json=body)


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["detail"]["code"]


def uploaded(gateway: Gateway, data: bytes = FORM, **body: Any) -> dict[str, Any]:
    """The file's MIMEData."""
    session = started(gateway, size_bytes=len(data), **body)
    assert put(session, data).status_code == 200
    response = completed(gateway, session)
    assert response.status_code == 200, response.text
    return dict(response.json())


# The session


def test_a_session_says_where_and_how_to_send_the_bytes(gateway: Gateway) -> None:
    session = started(gateway, content_type="application/pdf")

    names = ["fileId", "uploadUrl", "uploadMethod", "uploadHeaders", "mimeData", "expiresAt"]
    assert list(session) == names
    assert session["fileId"].startswith("file_")
    assert session["uploadUrl"].startswith(gateway.url)
    assert (session["uploadMethod"], session["uploadHeaders"]) == ("PUT", {"Content-Type": "application/pdf"})
    stored = {"filename": "form.pdf", "url": f"https://storage.retab.com/acme/{session['fileId']}.pdf"}
    assert session["mimeData"] == stored
    left = datetime.fromisoformat(session["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(minutes=60)


@pytest.mark.parametrize(
    ("filename", "content_type", "guessed"),
    [
        ("form.pdf", None, "application/pdf"),
        ("form.pdf", "", "application/pdf"),
        ("form.pdf", "text/x-mine", "text/x-mine"),
        ("notes.txt", None, "text/plain"),
        ("no extension", None, "application/octet-stream"),
    ],
)
def test_the_content_type_is_guessed_where_it_is_not_given(
    gateway: Gateway, filename: str, content_type: str | None, guessed: str
) -> None:
    session = started(gateway, filename=filename, content_type=content_type)

    assert session["uploadHeaders"] == {"Content-Type": guessed}


@pytest.mark.parametrize(
    "wrong",
    [
        {"filename": ""},
        {"filename": None},
        {"size_bytes": -1},
        {"size_bytes": "12"},
        {"size_bytes": None},
        {"sha256": "abc"},
        {"content_type": "text/plain\r\nset-cookie: a=b"},
        {"content_type": "ä"},
    ],
)
def test_a_session_that_says_nonsense_is_422(gateway: Gateway, wrong: dict[str, Any]) -> None:
    wanted = {"filename": "form.pdf", "size_bytes": 1} | wrong

    assert code(gateway.http.post("/v1/files/upload", json=wanted)) == (422, "invalid_request")


def test_a_file_over_the_limit_is_refused_before_it_is_sent(gateway: Gateway) -> None:
    wanted = {"filename": "form.pdf", "size_bytes": 6_000 * 1024 * 1024}

    assert code(gateway.http.post("/v1/files/upload", json=wanted)) == (413, "request_too_large")


def test_what_is_being_uploaded_is_no_file_yet(gateway: Gateway) -> None:
    session = started(gateway)
    put(session)

    assert gateway.http.get(f"/v1/files/{session['fileId']}").status_code == 404
    assert session["fileId"] not in [row["id"] for row in gateway.http.get("/v1/files").json()["data"]]


# Completing


@pytest.mark.parametrize("start", [{}, {"sha256": HASH}, {"sha256": HASH.upper()}, {"sha256": ""}])
@pytest.mark.parametrize("end", [{}, {"sha256": HASH}, {"sha256": None}])
def test_a_completed_upload_is_a_stored_file(gateway: Gateway, start: dict[str, str], end: dict[str, str]) -> None:
    session = started(gateway, **start)
    put(session)

    answer = completed(gateway, session, **end)
    assert (answer.status_code, answer.json()) == (200, session["mimeData"])
    body = gateway.http.get(f"/v1/files/{session['fileId']}").json()
    assert (body["filename"], body["mime_type"], body["page_count"]) == ("form.pdf", "application/pdf", None)
    url = gateway.http.get(f"/v1/files/{session['fileId']}/download-link").json()["download_url"]
    assert httpx.get(url, trust_env=False).content == FORM


@pytest.mark.parametrize("content", [b"", b"{}", b"null"])
def test_complete_takes_any_empty_body(gateway: Gateway, content: bytes) -> None:
    session = started(gateway)
    put(session)

    path = f"/v1/files/upload/{session['fileId']}/complete"
    assert gateway.http.post(path, content=content).status_code == 200


def test_to_complete_again_gives_the_same_answer(gateway: Gateway) -> None:
    session = started(gateway)
    put(session)

    answers = [completed(gateway, session, **each) for each in ({}, {"sha256": HASH}, {})]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, session["mimeData"])] * 3
    assert code(completed(gateway, session, sha256=OTHER_HASH)) == (422, "upload_mismatch")


def test_bytes_that_have_not_come_are_422_until_they_come(gateway: Gateway) -> None:
    session = started(gateway)
    assert code(completed(gateway, session)) == (422, "upload_incomplete")

    put(session)
    assert completed(gateway, session).status_code == 200


@pytest.mark.parametrize("data", [FORM[:-1], FORM + b"\n", b""])
def test_another_size_is_422_until_it_is_right(gateway: Gateway, data: bytes) -> None:
    session = started(gateway)
    assert put(session, data).status_code == 200
    assert code(completed(gateway, session)) == (422, "upload_mismatch")

    put(session)
    assert completed(gateway, session).status_code == 200


@pytest.mark.parametrize(("start", "end"), [(OTHER_HASH, None), (None, OTHER_HASH), (OTHER_HASH, HASH)])
def test_another_checksum_is_422(gateway: Gateway, start: str | None, end: str | None) -> None:
    session = started(gateway, sha256=start)
    put(session)

    assert code(completed(gateway, session, sha256=end)) == (422, "upload_mismatch")


def test_an_unknown_session_is_404(gateway: Gateway) -> None:
    assert code(completed(gateway, {"fileId": "file_unknown"})) == (404, "not_found")


def test_a_session_of_another_organization_is_404(gateway: Gateway) -> None:
    session = started(gateway)
    put(session)

    answer = gateway.client(OTHER_KEY).post(f"/v1/files/upload/{session['fileId']}/complete", json={})
    assert code(answer) == (404, "not_found")


def test_an_expired_session_is_410(stack: Live) -> None:
    brief = stack.gateway(EDITS_LINK_MINUTES="0.01")
    late, done = started(brief), started(brief)
    assert (put(done).status_code, completed(brief, done).status_code) == (200, 200)
    time.sleep(2)

    assert code(put(late)) == (410, "link_expired")
    assert code(completed(brief, late)) == (410, "upload_expired")
    assert completed(brief, done).status_code == 200


# The bytes


def test_the_last_bytes_that_came_count_and_no_others_are_kept(stack: Live, gateway: Gateway) -> None:
    session = started(gateway)
    for data in (b"first", FORM, FORM):
        assert put(session, data).status_code == 200

    assert completed(gateway, session).status_code == 200
    assert len(list((stack.home / "blobs" / "files" / session["fileId"]).iterdir())) == 1


def test_a_completed_file_cannot_be_changed_through_its_link(gateway: Gateway) -> None:
    session = started(gateway)
    put(session)
    completed(gateway, session)

    assert code(put(session, FORM[::-1])) == (409, "conflict")
    url = gateway.http.get(f"/v1/files/{session['fileId']}/download-link").json()["download_url"]
    assert httpx.get(url, trust_env=False).content == FORM


def test_a_client_that_leaves_in_the_middle_leaves_nothing(stack: Live, gateway: Gateway) -> None:
    session = started(gateway)

    def torn() -> Iterator[bytes]:
        yield FORM[:100]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        put(session, torn())
    assert code(completed(gateway, session)) == (422, "upload_incomplete")
    assert not list((stack.home / "blobs").glob(f"files/{session['fileId']}/*"))


def test_more_bytes_than_the_limit_are_refused_while_they_come(stack: Live) -> None:
    small = stack.gateway(EDITS_MAX_UPLOAD_MB="1")
    session = started(small)

    assert code(put(session, bytes(2 * 1024 * 1024))) == (413, "request_too_large")
    assert not list((stack.home / "blobs").glob(f"files/{session['fileId']}/*"))


def test_an_empty_file_is_a_file(gateway: Gateway) -> None:
    file_id = uploaded(gateway, b"", filename="empty.txt")["url"].split("/")[-1].partition(".")[0]

    url = gateway.http.get(f"/v1/files/{file_id}/download-link").json()["download_url"]
    assert httpx.get(url, trust_env=False).content == b""


@pytest.mark.parametrize("filename", ["no extension", "odd.💾", "a" * 400 + ".pdf", "../../etc/passwd", "x/y\\z.pdf"])
def test_any_name_gives_a_stored_url_of_two_parts(gateway: Gateway, filename: str) -> None:
    stored = uploaded(gateway, filename=filename)

    assert stored["filename"] == filename
    organization, name = stored["url"].removeprefix("https://storage.retab.com/").split("/")
    assert (organization, name.count(".")) == ("acme", 1)


# A file as a document


def test_an_uploaded_form_is_filled(gateway: Gateway) -> None:
    body = gateway.create(uploaded(gateway), "name: Ada", background=False).json()

    filled = base64.b64decode(body["output"]["filled_document"]["url"].partition(",")[2])
    assert [field.value for field in read_form(filled).fields] == ["Ada"]
    file_id = body["file"]["id"]
    assert gateway.http.get(f"/v1/files/{file_id}").json()["page_count"] == 1


def test_an_uploaded_document_may_be_larger_than_a_body(stack: Live) -> None:
    small = stack.gateway(EDITS_MAX_DOCUMENT_MB="0.001", EDITS_MAX_STORED_MB="1")

    assert code(small.create(FORM, "name: Ada")) == (413, "request_too_large")
    assert small.create(uploaded(small), "name: Ada").status_code == 201


def test_a_stored_document_has_its_own_limit(stack: Live) -> None:
    small = stack.gateway(EDITS_MAX_STORED_MB="0.001")

    assert code(small.create(uploaded(small), "name: Ada")) == (413, "document_too_large")


def test_an_uploaded_text_is_no_document(gateway: Gateway) -> None:
    document = uploaded(gateway, filename="notes.txt")

    assert code(gateway.create(document, "name: Ada")) == (400, "unsupported_document")


# Idempotency


def test_the_same_key_gives_the_same_session(gateway: Gateway) -> None:
    wanted, key = {"filename": "form.pdf", "size_bytes": len(FORM)}, {"idempotency-key": "upload-1"}
    first, second = (gateway.http.post("/v1/files/upload", json=wanted, headers=key) for _ in range(2))

    assert (first.status_code, first.json()) == (second.status_code, second.json())

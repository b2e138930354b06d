"""/v1/files: one, its download link, lists (contract section 7)."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.forms import text_form
from tests.live import OTHER_KEY, Gateway, Live

FORM = text_form(["name"], pages=2)


@pytest.fixture(scope="module")
def edit(gateway: Gateway) -> dict[str, Any]:
    return dict(gateway.create(FORM, "name: Ada", background=False).json())


def file(gateway: Gateway, file_id: str) -> dict[str, Any]:
    response = gateway.http.get(f"/v1/files/{file_id}")
    assert response.status_code == 200, response.text
    return dict(response.json())


def link(gateway: Gateway, file_id: str) -> dict[str, Any]:
    response = gateway.http.get(f"/v1/files/{file_id}/download-link")
    assert response.status_code == 200, response.text
    return dict(response.json())


def fetched(url: str) -> httpx.Response:
    """As a browser would, without a key."""
    return httpx.get(url, trust_env=False)


# One file


def test_an_inline_document_is_a_file(gateway: Gateway, edit: dict[str, Any]) -> None:
    body = file(gateway, edit["file"]["id"])

    assert list(body) == ["object", "id", "filename", "mime_type", "created_at", "updated_at", "page_count"]
    assert (body["object"], body["id"], body["filename"]) == ("file", edit["file"]["id"], "form.pdf")
    assert body["mime_type"] == "application/pdf"


@pytest.mark.parametrize("which", ["file", "filled_document_ref"])
def test_the_pages_are_known_once_an_edit_has_read_them(gateway: Gateway, edit: dict[str, Any], which: str) -> None:
    assert file(gateway, edit[which]["id"])["page_count"] == 2


def test_the_pages_are_null_while_nobody_has_read_them(alone: Gateway) -> None:
    alone.start(FORM, "name: Ada")

    [row] = alone.http.get("/v1/files").json()["data"]
    assert row["page_count"] is None


@pytest.mark.parametrize("path", ["file_01ABC", "file_%00", "nothing", "edt_1"])
def test_an_unknown_file_is_404(gateway: Gateway, path: str) -> None:
    for each in (path, f"{path}/download-link"):
        response = gateway.http.get(f"/v1/files/{each}")
        assert (response.status_code, response.json()["detail"]["message"]) == (404, "File not found")


def test_a_file_of_another_organization_is_404(gateway: Gateway, edit: dict[str, Any]) -> None:
    other = gateway.client(OTHER_KEY)

    for path in ("", "/download-link"):
        assert other.get(f"/v1/files/{edit['file']['id']}{path}").status_code == 404


@pytest.mark.parametrize("path", ["blueprints", "blueprints/bp_1", "blueprints/bp_1/cancel"])
def test_blueprints_are_not_there(gateway: Gateway, path: str) -> None:
    assert gateway.http.post(f"/v1/files/{path}", json={}).status_code == 404


# Links


def test_a_link_gives_the_exact_bytes_without_a_key(gateway: Gateway, edit: dict[str, Any]) -> None:
    body = link(gateway, edit["file"]["id"])

    assert list(body) == ["download_url", "expires_in", "filename", "mime_data"]
    assert (body["filename"], body["expires_in"]) == ("form.pdf", "60 minutes")
    answer = fetched(body["download_url"])
    assert (answer.status_code, answer.content) == (200, FORM)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(FORM))


def test_a_link_names_the_stored_file(gateway: Gateway, edit: dict[str, Any]) -> None:
    file_id = edit["file"]["id"]

    assert link(gateway, file_id)["mime_data"] == {
        "filename": "form.pdf",
        "url": f"https://storage.retab.com/acme/{file_id}.pdf",
    }


def test_a_downloaded_file_is_never_a_page_of_ours(alone: Gateway) -> None:
    url = "data:text/html;base64,PHNjcmlwdD4="
    alone.start({"filename": "a\r\nb.pdf", "url": url.replace("text/html", "application/pdf")}, "name: Ada")
    [row] = alone.http.get("/v1/files").json()["data"]

    headers = fetched(link(alone, row["id"])["download_url"]).headers
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''a%0D%0Ab.pdf"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
        lambda url: url.partition("?")[0],
        lambda url: url.replace("expires=", "expires=9"),
        lambda url: url.replace("/files/", "/uploads/"),
        lambda url: url.replace("/files/file_", "/files/file_0"),
    ],
    ids=["signature", "no query", "expiry", "purpose", "file"],
)
def test_a_link_that_was_changed_gives_nothing(gateway: Gateway, edit: dict[str, Any], spoiled: Any) -> None:
    url = spoiled(link(gateway, edit["file"]["id"])["download_url"])
    answer = httpx.request("PUT" if "/uploads/" in url else "GET", url, trust_env=False)

    assert (answer.status_code, answer.json()["detail"]["code"]) == (403, "link_invalid")


def test_a_link_ends(stack: Live) -> None:
    brief = stack.gateway(EDITS_LINK_MINUTES="0.01")
    file_id = brief.create(FORM, "name: Ada", background=False).json()["file"]["id"]
    url = link(brief, file_id)["download_url"]
    assert fetched(url).status_code == 200

    time.sleep(2)
    assert (fetched(url).status_code, fetched(url).json()["detail"]["code"]) == (410, "link_expired")


def test_every_gateway_serves_the_links_of_every_other(stack: Live, gateway: Gateway, edit: dict[str, Any]) -> None:
    other = stack.gateway(EDITS_PUBLIC_URL="https://edits.example.com/")
    url = link(other, edit["file"]["id"])["download_url"]

    assert url.startswith("https://edits.example.com/signed/files/")
    assert fetched(url.replace("https://edits.example.com", gateway.url)).content == FORM


def test_a_lost_blob_is_said_before_the_answer_begins(stack: Live, gateway: Gateway) -> None:
    file_id = gateway.create(FORM, "name: Ada", background=False).json()["file"]["id"]
    url = link(gateway, file_id)["download_url"]
    for stored in (stack.home / "blobs" / "files" / file_id).iterdir():
        stored.unlink()

    assert (fetched(url).status_code, fetched(url).json()["detail"]["code"]) == (503, "blob_missing")


# A link as a document


@pytest.mark.parametrize("background", [True, False])
def test_our_own_link_is_taken_as_a_document_without_asking_the_network(
    gateway: Gateway, edit: dict[str, Any], background: bool
) -> None:
    url = link(gateway, edit["file"]["id"])["download_url"]  # of a private address, over http

    answer = gateway.create({"filename": "form.pdf", "url": url}, "name: Bo", background=background)
    assert answer.status_code == 201, answer.text
    body = gateway.wait(answer.json()["id"])
    assert (body["status"], body["file"]["id"]) == ("completed", edit["file"]["id"])


def test_a_link_of_another_organization_is_no_document(gateway: Gateway, edit: dict[str, Any]) -> None:
    url = link(gateway, edit["file"]["id"])["download_url"]

    body = {"document": {"filename": "form.pdf", "url": url}, "instructions": "name: Bo"}
    assert gateway.client(OTHER_KEY).post("/v1/edits", json=body).status_code == 404


def test_a_forged_link_is_asked_of_the_network_like_any_url(gateway: Gateway, edit: dict[str, Any]) -> None:
    url = link(gateway, edit["file"]["id"])["download_url"][:-1] + "x"

    answer = gateway.create({"filename": "form.pdf", "url": url}, "name: Bo", background=False)
    assert answer.json()["detail"]["code"] == "fetch_refused"


# Lists


def listed(gateway: Gateway, **query: Any) -> dict[str, Any]:
    response = gateway.http.get("/v1/files", params=query)
    assert response.status_code == 200, response.text
    return dict(response.json())


def ids(body: dict[str, Any]) -> list[str]:
    return [row["id"] for row in body["data"]]


@pytest.fixture
def stored(alone: Gateway) -> list[str]:
    """Seven files, the newest first."""
    for number in range(7):
        name = f"{'Über' if number % 2 else 'form'}-{number}.pdf"
        alone.start({"filename": name, "url": "data:application/pdf,%25PDF-1.7"}, "name: Ada")
    return ids(listed(alone, limit=100))


def test_following_after_visits_every_file_once(alone: Gateway, stored: list[str]) -> None:
    pages = [listed(alone, limit=3)]
    while after := pages[-1]["list_metadata"]["after"]:
        pages.append(listed(alone, limit=3, after=after))

    assert [len(page["data"]) for page in pages] == [3, 3, 1]
    assert [each for page in pages for each in ids(page)] == stored
    assert [page["list_metadata"]["before"] for page in pages] == [None, stored[3], stored[6]]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_before_gives_the_nearest_files_in_front_in_the_same_order(
    alone: Gateway, stored: list[str], order: str
) -> None:
    files = stored if order == "desc" else stored[::-1]

    body = listed(alone, order=order, before=files[5], limit=2)
    assert ids(body) == files[3:5]
    assert body["list_metadata"] == {"before": files[3], "after": files[4]}


def test_the_first_page_reached_backwards_has_nothing_before_it(alone: Gateway, stored: list[str]) -> None:
    body = listed(alone, before=stored[2], limit=2)

    assert (ids(body), body["list_metadata"]) == (stored[:2], {"before": None, "after": stored[1]})


@pytest.mark.parametrize("cursor", ["file_unknown", "%", "\x00", "x" * 1000])
def test_an_unknown_cursor_is_the_first_page(alone: Gateway, stored: list[str], cursor: str) -> None:
    assert ids(listed(alone, after=cursor, limit=2)) == ids(listed(alone, before=cursor, limit=2)) == stored[:2]


def test_after_wins_over_before(alone: Gateway, stored: list[str]) -> None:
    assert ids(listed(alone, after=stored[1], before=stored[5], limit=2)) == stored[2:4]


@pytest.mark.parametrize(
    ("prefix", "count"), [("form", 4), ("FORM-2", 1), ("über", 3), ("ÜB", 3), ("orm", 0), ("%", 0), ("_", 0)]
)
def test_a_filename_is_found_by_its_beginning(alone: Gateway, stored: list[str], prefix: str, count: int) -> None:
    assert len(stored) == 7
    assert len(listed(alone, filename=prefix)["data"]) == count


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"mime_type": "application/pdf"}, 7),
        ({"mime_type": "application"}, 0),
        ({"from_date": "2020-01-01", "to_date": "2099-01-01"}, 7),
        ({"to_date": "2020-01-01"}, 0),
        ({"from_date": "2099-01-01", "to_date": "2020-01-01"}, 0),
        ({"include_embeddings": "true", "sort_by": "updated_at"}, 7),
    ],
)
def test_files_are_filtered(alone: Gateway, stored: list[str], query: dict[str, str], count: int) -> None:
    assert len(stored) == 7
    assert len(listed(alone, **query)["data"]) == count


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=101", 422),
        ("limit=x", 422),
        ("order=up", 422),
        ("sort_by=name", 422),
        ("from_date=soon", 400),
        ("to_date=2026-13-01", 400),
    ],
)
def test_a_wrong_query_is_refused(gateway: Gateway, query: str, status: int) -> None:
    assert gateway.http.get(f"/v1/files?{query}").status_code == status


def test_a_file_that_was_read_last_was_updated_last(gateway: Gateway) -> None:
    """By another organization than the tests around, which create files too."""
    other = Gateway(gateway.process, gateway.url, OTHER_KEY)
    first, second = (other.start(FORM, "name: Ada") for _ in range(2))
    for edit_id in (first, second):
        other.wait(edit_id)
    sources = {other.get(edit_id)["file"]["id"] for edit_id in (first, second)}

    rows = [row for row in listed(other, sort_by="updated_at", limit=100)["data"] if row["id"] in sources]
    assert [row["updated_at"] for row in rows] == sorted((row["updated_at"] for row in rows), reverse=True)
    assert all(row["updated_at"] > row["created_at"] for row in rows)
    other.close()

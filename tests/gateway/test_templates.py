"""/v1/edits/templates (contract section 7)."""

from __future__ import annotations

import itertools
import json
from typing import Any

import httpx
import pytest

from tests.forms import every_kind, text_form
from tests.held_document import held_document
from tests.live import OTHER_KEY, Gateway, Live, inline
from tests.made_forms import made_form

FORM = text_form(["name", "town"])
KEYS = ["id", "name", "file", "form_fields", "field_count", "created_at", "updated_at"]


def box(top: float = 0.1, **other: Any) -> dict[str, Any]:
    return {"left": 0.1, "top": top, "width": 0.3, "height": 0.02, "page": 1} | other


def field(key: str, **other: Any) -> dict[str, Any]:
    return {"bbox": box(), "description": f"The {key}", "type": "text", "key": key} | other


def create(gateway: Gateway, document: bytes | dict[str, str] = FORM, **body: Any) -> httpx.Response:
    named = inline(document) if isinstance(document, bytes) else document
    wanted = {"name": "Tax form", "document": named, "form_fields": [field("town"), field("name")]} | body
    return gateway.http.post("/v1/edits/templates", json=wanted)


def made(gateway: Gateway, document: bytes | dict[str, str] = FORM, **body: Any) -> dict[str, Any]:
    response = create(gateway, document, **body)
    assert response.status_code == 201, response.text
    return dict(response.json())


def change(gateway: Gateway, template: dict[str, Any], **body: Any) -> httpx.Response:
    return gateway.http.patch(f"/v1/edits/templates/{template['id']}", json=body)


def get(gateway: Gateway, template: dict[str, Any]) -> httpx.Response:
    return gateway.http.get(f"/v1/edits/templates/{template['id']}")


def keys(template: dict[str, Any]) -> list[str]:
    return [each["key"] for each in template["form_fields"]]


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["detail"]["code"]


# Create


def test_a_template_keeps_the_fields_it_is_given_in_their_order(gateway: Gateway) -> None:
    body = made(gateway)

    assert list(body) == KEYS
    assert body["id"].startswith("edittplt_")
    assert body["id"].removeprefix("edittplt_").isalnum()
    assert (body["name"], body["file"]["filename"], body["file"]["mime_type"]) == (
        "Tax form",
        "form.pdf",
        "application/pdf",
    )
    assert body["form_fields"] == [field("town") | {"value": None}, field("name") | {"value": None}]
    assert body["field_count"] == 2
    assert get(gateway, body).json() == body


def test_no_fields_mean_those_of_the_form(gateway: Gateway) -> None:
    body = made(gateway, every_kind(), form_fields=[])

    assert keys(body)[:5] == ["name", "code", "notes", "turned", "agree"]
    assert {"colour.red", "colour.blue", "person.last"} < set(keys(body))
    assert body["field_count"] == len(body["form_fields"]) == 10
    assert {each["value"] for each in body["form_fields"]} == {None}


def test_values_that_are_sent_along_are_not_kept(gateway: Gateway) -> None:
    body = made(gateway, form_fields=[field("name", value="Ada")])

    assert body["form_fields"][0]["value"] is None


def test_the_document_of_a_template_is_a_file_with_its_pages(gateway: Gateway) -> None:
    file_id = made(gateway, text_form(["name"], pages=3))["file"]["id"]

    assert gateway.http.get(f"/v1/files/{file_id}").json()["page_count"] == 3


def stored_url(gateway: Gateway) -> dict[str, str]:
    file_id = made(gateway)["file"]["id"]
    return {"filename": "form.pdf", "url": f"https://storage.retab.com/acme/{file_id}.pdf"}


def stored_id(gateway: Gateway) -> dict[str, str]:
    return {"id": made(gateway)["file"]["id"]}


def file_ref(gateway: Gateway) -> dict[str, str]:
    return dict(made(gateway)["file"])


def own_link(gateway: Gateway) -> dict[str, str]:
    file_id = made(gateway)["file"]["id"]
    link = gateway.http.get(f"/v1/files/{file_id}/download-link").json()
    return {"filename": "form.pdf", "url": link["download_url"]}


@pytest.mark.parametrize("form", [stored_url, stored_id, file_ref, own_link])
def test_a_template_is_made_from_a_stored_file(gateway: Gateway, form: Any) -> None:
    document = form(gateway)
    body = made(gateway, document)

    assert body["file"]["id"] in str(document)
    assert body["field_count"] == 2


def test_a_template_is_made_from_a_url(live: Live) -> None:
    with held_document(FORM) as (url, release):
        release.set()
        live.worker(EDITS_FETCH_HOSTS=url)
        body = made(live.gateway(), {"filename": "remote.pdf", "url": url})

    assert (body["file"]["filename"], body["field_count"]) == ("remote.pdf", 2)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"name": None}, 422),
        ({"name": " "}, 422),
        ({"name": 7}, 422),
        ({"document": None}, 422),
        ({"document": {"url": "data:application/pdf,x"}}, 422),
        ({"form_fields": None}, 422),
        ({"form_fields": {}}, 422),
        ({"form_fields": [field("name"), field("name")]}, 422),
        ({"form_fields": [field("name", type="radio")]}, 422),
        ({"form_fields": [field("name", bbox=box(left=1.1))]}, 422),
        ({"form_fields": [field("name", bbox=box(top=-0.1))]}, 422),
        ({"form_fields": [field("name", bbox=box(width="0.1"))]}, 422),
        ({"form_fields": [field("name", bbox=box(page=0))]}, 422),
        ({"form_fields": [field("name", bbox=box(page=1.5))]}, 422),
        ({"form_fields": [field("name", bbox=box(page=2))]}, 422),
        ({"form_fields": [{"key": "name"}]}, 422),
    ],
)
def test_a_wrong_template_is_refused_and_leaves_nothing(alone_with_a_worker: Gateway, wrong: Any, status: int) -> None:
    assert code(create(alone_with_a_worker, **wrong)) == (status, "invalid_request")
    for path in ("/v1/edits/templates", "/v1/files"):
        assert alone_with_a_worker.http.get(path).json()["data"] == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_box_is_finite(gateway: Gateway, number: str) -> None:
    wanted = {"name": "n", "document": inline(FORM), "form_fields": [field("a", bbox=box(left="@"))]}
    content = json.dumps(wanted).replace('"@"', number)
    response = gateway.http.post("/v1/edits/templates", content=content)

    assert code(response) == (422, "invalid_request")


def test_a_box_may_stick_out_by_what_rounding_does(gateway: Gateway) -> None:
    assert create(gateway, form_fields=[field("name", bbox=box(left=-0.001, width=1.001))]).status_code == 201


OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("document", "status", "expected"),
    [
        ({"filename": "a.docx", "url": f"data:{OFFICE};base64,UEsDBA=="}, 400, "unsupported_document"),
        ({"filename": "a.png", "url": "data:image/png;base64,iVBORw=="}, 400, "unsupported_document"),
        ({"filename": "a.pdf", "url": "data:application/pdf,no%20pdf"}, 400, "unsupported_document"),
        ({"filename": "a.pdf", "url": "data:application/pdf,%25PDF-1.7"}, 422, "invalid_document"),
        ({"filename": "a.pdf", "url": "data:application/pdf;base64,***"}, 422, "invalid_data_url"),
        ({"filename": "a.pdf", "url": "https://127.0.0.1/a.pdf"}, 400, "fetch_refused"),
        ({"filename": "a.pdf", "url": "https://storage.retab.com/acme/file_unknown.pdf"}, 404, "not_found"),
        ({"id": "file_unknown"}, 404, "not_found"),
    ],
)
def test_a_document_that_is_no_form_makes_no_template(
    alone_with_a_worker: Gateway, document: dict[str, str], status: int, expected: str
) -> None:
    assert code(create(alone_with_a_worker, document)) == (status, expected)
    for path in ("/v1/edits/templates", "/v1/files"):
        assert alone_with_a_worker.http.get(path).json()["data"] == []


def test_a_document_without_fields_makes_a_template_all_the_same(gateway: Gateway) -> None:
    assert made(gateway, made_form([]), form_fields=[])["field_count"] == 0
    assert made(gateway, made_form([]))["field_count"] == 2


def test_the_same_key_makes_one_template(gateway: Gateway) -> None:
    wanted = {"name": "Once", "document": inline(FORM), "form_fields": []}
    answers = [
        gateway.http.post("/v1/edits/templates", json=wanted, headers={"idempotency-key": "template-1"})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


# Change and delete


def test_a_name_is_changed_and_the_rest_stays(gateway: Gateway) -> None:
    before = made(gateway)
    after = change(gateway, before, name="Other").json()

    assert after == before | {"name": "Other", "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]
    assert get(gateway, before).json() == after


@pytest.mark.parametrize("fields", [[], [field("a")], [field("c"), field("b"), field("a")]])
def test_fields_are_replaced_as_a_whole(gateway: Gateway, fields: list[dict[str, Any]]) -> None:
    before = made(gateway)
    after = change(gateway, before, form_fields=fields).json()

    assert keys(after) == [each["key"] for each in fields]
    assert (after["field_count"], after["name"], after["created_at"]) == (
        len(fields),
        before["name"],
        before["created_at"],
    )
    assert get(gateway, before).json() == after


@pytest.mark.parametrize("content", ["{}", "", '{"name": null, "form_fields": null}', '{"unheard": 1}'])
def test_an_empty_change_changes_nothing_but_the_time(gateway: Gateway, content: str) -> None:
    before = made(gateway)
    after = gateway.http.patch(f"/v1/edits/templates/{before['id']}", content=content).json()

    assert after == before | {"updated_at": after["updated_at"]}


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": 1}, {"form_fields": [field("a"), field("a")]}, {"form_fields": "a"}]
)
def test_a_wrong_change_changes_nothing(gateway: Gateway, wrong: dict[str, Any]) -> None:
    before = made(gateway)

    assert code(change(gateway, before, **wrong)) == (422, "invalid_request")
    assert get(gateway, before).json() == before


def test_a_changed_field_lies_on_a_page(gateway: Gateway) -> None:
    response = change(gateway, made(gateway), form_fields=[field("a"), field("b", bbox=box(page=9))])

    assert response.status_code == 422
    [fault] = response.json()["detail"]["details"]["errors"]
    assert fault["loc"] == ["body", "form_fields", 1, "bbox", "page"]


@pytest.mark.parametrize("content", ["", "{}"])
def test_a_deleted_template_is_gone_and_its_document_stays(gateway: Gateway, content: str) -> None:
    template = made(gateway)
    path = f"/v1/edits/templates/{template['id']}"

    gone = gateway.http.request("DELETE", path, content=content)
    assert (gone.status_code, gone.content) == (204, b"")
    answers = [gateway.http.get(path), gateway.http.delete(path), gateway.http.patch(path, json={})]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert gateway.http.get(f"/v1/files/{template['file']['id']}").status_code == 200


def test_an_unknown_template_is_404_and_says_not_found(gateway: Gateway) -> None:
    response = gateway.http.get("/v1/edits/templates/edittplt_1")

    assert (response.status_code, response.json()["detail"]["message"]) == (404, "Template edittplt_1 not found")


def test_a_template_of_another_organization_is_404(gateway: Gateway) -> None:
    template, other = made(gateway), gateway.client(OTHER_KEY)
    path = f"/v1/edits/templates/{template['id']}"

    answers = [other.get(path), other.delete(path), other.patch(path, json={})]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert template["id"] not in [row["id"] for row in other.get("/v1/edits/templates?limit=100").json()["data"]]


# Lists


@pytest.fixture(scope="module")
def several(gateway: Gateway, stack: Live) -> tuple[Gateway, list[dict[str, Any]]]:
    """An organization's templates, the newest first."""
    mine = stack.gateway(EDITS_API_KEYS="lists:key-of-lists")
    mine.http.headers["authorization"] = "Bearer key-of-lists"
    names = ["Beta", "alpha", "Über 100%", "beta_2", "Alpha"]
    return mine, [made(mine, name=name) for name in names][::-1]


def listed(gateway: Gateway, **query: Any) -> dict[str, Any]:
    response = gateway.http.get("/v1/edits/templates", params=query)
    assert response.status_code == 200, response.text
    return dict(response.json())


def names(body: dict[str, Any]) -> list[str]:
    return [row["name"] for row in body["data"]]


Several = tuple[Gateway, list[dict[str, Any]]]


def test_rows_have_no_fields_but_their_count(several: Several) -> None:
    mine, templates = several

    assert listed(mine)["data"] == [template | {"form_fields": []} for template in templates]
    assert {row["field_count"] for row in listed(mine)["data"]} == {2}


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("alpha", ["Alpha", "alpha"]),
        ("ALPHA", ["Alpha", "alpha"]),
        ("lph", ["Alpha", "alpha"]),
        ("üBER", ["Über 100%"]),
        ("%", ["Über 100%"]),
        ("_", ["beta_2"]),
        ("\\", []),
        ("x" * 5000, []),
        ("nothing", []),
    ],
)
def test_a_name_is_found_by_any_part_of_it(several: Several, part: str, found: list[str]) -> None:
    assert names(listed(several[0], name=part)) == found


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort_by", ["created_at", "name"])
def test_pages_visit_every_template_once_in_both_orders(several: Several, sort_by: str, order: str) -> None:
    mine, templates = several
    expected = [template["id"] for template in templates[:: -1 if order == "asc" else 1]]
    if sort_by == "name":
        by_name = sorted(templates, key=lambda template: (template["name"].casefold(), template["id"]))
        expected = [template["id"] for template in by_name[:: -1 if order == "desc" else 1]]

    pages = [listed(mine, limit=2, sort_by=sort_by, order=order)]
    while after := pages[-1]["list_metadata"]["after"]:
        pages.append(listed(mine, limit=2, sort_by=sort_by, order=order, after=after))
    forth = [[row["id"] for row in page["data"]] for page in pages]
    assert list(itertools.chain.from_iterable(forth)) == expected

    back = listed(mine, limit=2, sort_by=sort_by, order=order, before=expected[4])
    assert [row["id"] for row in back["data"]] == expected[2:4]


def test_the_cursor_of_a_deleted_template_still_works(several: Several) -> None:
    mine, templates = several
    doomed = made(mine, name="m")
    mine.http.delete(f"/v1/edits/templates/{doomed['id']}")

    assert [row["id"] for row in listed(mine, after=doomed["id"])["data"]] == [each["id"] for each in templates]
    assert names(listed(mine, after=doomed["id"], sort_by="name", order="asc")) == ["Über 100%"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "order=up", "sort_by=updated_at", "sort_by=file"])
def test_a_wrong_query_is_422(gateway: Gateway, query: str) -> None:
    assert gateway.http.get(f"/v1/edits/templates?{query}").status_code == 422


# Paths


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "/v1/edits/templates", 405),
        ("PATCH", "/v1/edits/templates", 405),
        ("PUT", "/v1/edits/templates/edittplt_1", 405),
        ("POST", "/v1/edits/templates/edittplt_1", 405),
        ("POST", "/v1/edits/templates/edittplt_1/cancel", 404),
        ("POST", "/v1/edits/templates/edittplt_1/duplicate", 404),
        ("POST", "/v1/edits/templates/fill", 405),
        ("GET", "/v1/edits/templates/edittplt_1/report", 404),
        ("GET", "/v1/edits/templates/", 404),
        ("GET", "/v1/edit/templates", 404),
    ],
)
def test_what_is_not_there_is_said_to_be(gateway: Gateway, method: str, path: str, status: int) -> None:
    response = gateway.http.request(method, path, json={})

    assert response.status_code == status
    assert not response.json()["detail"]["message"].lower().startswith("edit")

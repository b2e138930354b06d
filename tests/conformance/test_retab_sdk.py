"""The vendor's Python SDK, as it is installed from its lock, against the live gateway: only the address is ours."""

from __future__ import annotations

import asyncio
import base64
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from retab import AsyncRetab, Retab
from retab.exceptions import (
    APIError,
    AuthenticationError,
    InternalServerError,
    NotFoundError,
    ValidationError,
)
from retab.types.edits import Edit, EditConfig
from retab.types.mime import MIMEData

from durable_edits.pdf import read_form
from tests.forms import many_fields_form, many_values, text_form
from tests.live import KEY, OTHER_KEY, TERMINAL, Gateway, Live, inline, until

FORM = text_form(["name"])
LONG, LONG_VALUES = many_fields_form(3_000), many_values(3_000)


def ended(client: Retab, edit_id: str) -> Edit:
    until(lambda: status(client.edits.get(edit_id, include_output=False)) in TERMINAL, 60)
    return client.edits.get(edit_id)


def status(edit: Edit) -> str:
    assert edit.status is not None
    return edit.status.value


def values(edit: Edit) -> dict[str, str | None]:
    """What stands in the PDF that came back."""
    assert edit.output is not None
    document = base64.b64decode(edit.output.filled_document.content)
    return {field.key: field.value for field in read_form(document).fields}


def named(filename: str, document: bytes = FORM) -> MIMEData:
    return MIMEData(**inline(document, filename))


# Cancel


def test_create_edit_cancel_ends_an_edit_in_flight(client: Retab) -> None:
    edit_id = client.edits.create(LONG_VALUES, named("long.pdf", LONG), background=True).id

    answer = client.edits.create_edit_cancel(edit_id)
    assert (status(answer), answer.error, answer.output) == ("cancelled", None, None)
    assert client.edits.get(edit_id) == answer


def test_create_edit_cancel_leaves_a_completed_edit_as_it_is(client: Retab) -> None:
    edit = client.edits.create("name: Ada", named("form.pdf"))

    assert client.edits.create_edit_cancel(edit.id) == edit


def test_create_edit_cancel_of_an_unknown_edit_is_its_not_found_error(client: Retab) -> None:
    with pytest.raises(NotFoundError, match="edit 'edt_unknown' not found") as raised:
        client.edits.create_edit_cancel("edt_unknown")

    assert (raised.value.status_code, raised.value.code) == (404, "not_found")
    assert (raised.value.request_id or "").startswith("req_")


# Create, get, delete


def written(folder: Path) -> Path:
    path = folder / "form.pdf"
    path.write_bytes(FORM)
    return path


@pytest.mark.parametrize(
    ("given", "filename"),
    [
        (written, "form.pdf"),
        (lambda folder: str(written(folder)), "form.pdf"),
        (lambda _: FORM, "uploaded_file.pdf"),
        (lambda _: io.BytesIO(FORM), "uploaded_file.pdf"),
        (lambda folder: written(folder).open("rb"), "form.pdf"),
        (lambda _: named("mine.pdf"), "mine.pdf"),
        (lambda _: inline(FORM, "mine.pdf"), "mine.pdf"),
    ],
    ids=["path", "name", "bytes", "stream", "file", "MIMEData", "dict"],
)
def test_every_way_to_give_a_document_fills_it(
    client: Retab, tmp_path: Path, given: Callable[[Path], Any], filename: str
) -> None:
    document = given(tmp_path)
    edit = client.edits.create("name: Ada", document)
    if isinstance(document, io.IOBase):
        document.close()

    assert (status(edit), edit.file.filename, values(edit)) == ("completed", filename, {"name": "Ada"})


def test_a_sync_edit_has_everything_its_model_knows(client: Retab) -> None:
    edit = client.edits.create(
        "name: Ada", named("form.pdf"), model="retab-large", config=EditConfig(color="#AA0000"), bust_cache=True
    )

    assert edit.id.startswith("edt_")
    assert (edit.file.id[:5], edit.file.mime_type) == ("file_", "application/pdf")
    assert (edit.model, edit.config.color, edit.instructions) == ("retab-large", "#AA0000", "name: Ada")
    assert edit.usage is not None
    assert (edit.usage.credits, edit.error, edit.template_id) == (9.0, None, None)
    assert edit.created_at is not None
    assert edit.created_at.tzinfo is not None
    assert edit.output is not None
    filled = edit.output.filled_document
    assert (filled.filename, filled.mime_type) == ("form_filled.pdf", "application/pdf")
    assert edit.filled_document_ref is not None
    assert [(field.key, field.type.value, field.value) for field in edit.output.form_data] == [("name", "text", "Ada")]


def test_a_background_edit_is_polled_to_its_end(client: Retab) -> None:
    accepted = client.edits.create("name: Ada", named("form.pdf"), background=True)

    assert status(accepted) in {"pending", "queued"}
    assert (accepted.output, accepted.error) == (None, None)
    edit = ended(client, accepted.id)
    assert (status(edit), values(edit)) == ("completed", {"name": "Ada"})


def test_a_failed_edit_says_why(client: Retab) -> None:
    edit_id = client.edits.create("name: Ada", named("form.pdf", b"%PDF-1.7 nothing else"), background=True).id

    edit = ended(client, edit_id)
    assert edit.error is not None
    assert (status(edit), edit.error.code, edit.output) == ("failed", "invalid_document", None)


def test_get_without_output_is_the_edit_without_output(client: Retab) -> None:
    edit = client.edits.create("name: Ada", named("form.pdf"))

    assert client.edits.get(edit.id) == edit
    assert client.edits.get(edit.id, include_output=False) == edit.model_copy(update={"output": None})


def test_a_deleted_edit_is_gone_and_its_document_stays(client: Retab) -> None:
    edit = client.edits.create("name: Ada", named("form.pdf"))

    client.edits.delete(edit.id)
    for call in (client.edits.get, client.edits.delete, client.edits.create_edit_cancel):
        with pytest.raises(NotFoundError):
            call(edit.id)
    document = MIMEData(filename="form.pdf", url=f"https://storage.retab.com/acme/{edit.file.id}.pdf")
    assert document.id == edit.file.id
    assert status(client.edits.create("name: Bo", document)) == "completed"


# Lists


def test_a_list_pages_through_every_edit_once(client: Retab) -> None:
    edits = [client.edits.create("name: Ada", named(f"sdk-pages-{n}.pdf"), background=True).id for n in range(5)]

    assert [edit.id for edit in client.edits.list(limit=2, filename="sdk-pages")] == edits[::-1]
    assert [edit.id for edit in client.edits.list(limit=2, filename="sdk-pages", order="asc")] == edits


def test_a_list_is_filtered_and_paged_backwards(client: Retab) -> None:
    edits = [client.edits.create("name: Ada", named(f"sdk-filter-{n}.pdf")).id for n in range(3)]

    def ids(**query: Any) -> list[str]:
        return [edit.id for edit in client.edits.list(filename="SDK-filter", **query).data]

    assert ids(status="completed") == edits[::-1]
    assert ids(status="failed") == ids(to_date="2020-01-01") == ids(template_id="edittplt_1") == []
    assert ids(from_date="2020-01-01", before=edits[0], limit=1) == [edits[1]]


# Keys and errors

OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LETTER = MIMEData(filename="letter.docx", url=f"data:{OFFICE};base64,UEsDBA==")


@pytest.mark.parametrize("key", ["wrong", "rt_live_wrong"])
def test_a_wrong_key_is_its_authentication_error(gateway: Gateway, key: str) -> None:
    with Retab(api_key=key, base_url=gateway.url) as stranger, pytest.raises(AuthenticationError) as raised:
        stranger.edits.list()

    assert raised.value.code == "unauthorized"


def test_an_edit_of_another_organization_is_its_not_found_error(client: Retab, gateway: Gateway) -> None:
    edit_id = client.edits.create("name: Ada", named("form.pdf"), background=True).id

    with Retab(api_key=OTHER_KEY, base_url=gateway.url) as other, pytest.raises(NotFoundError):
        other.edits.get(edit_id)


def test_the_key_may_come_as_api_key_header(gateway: Gateway) -> None:
    with Retab(api_key="none", base_url=gateway.url) as client:
        client.headers = {"Api-Key": KEY, "Content-Type": "application/json"}

        assert status(client.edits.create("name: Ada", named("form.pdf"))) == "completed"


def test_cancel_as_the_vendors_page_writes_it(client: Retab, gateway: Gateway) -> None:
    edit = client.edits.create("name: Ada", named("form.pdf"))

    url = f"{gateway.url}/v1/edits/{edit.id}/cancel"
    response = httpx.post(url, headers={"Api-Key": KEY}, trust_env=False)
    assert (response.status_code, Edit.model_validate(response.json())) == (200, edit)


@pytest.mark.parametrize(
    ("wrong", "kind", "code"),
    [
        ({"document": None}, APIError, "bad_request"),
        ({"template_id": "edittplt_1"}, APIError, "bad_request"),
        ({"document": None, "template_id": "edittplt_1"}, NotFoundError, "not_found"),
        ({"config": EditConfig(color="navy")}, ValidationError, "invalid_request"),
        ({"instructions": " "}, ValidationError, "invalid_request"),
        ({"document": named("form.pdf", b"no pdf")}, ValidationError, "invalid_document"),
        ({"document": "https://127.0.0.1/form.pdf"}, APIError, "fetch_refused"),
        ({"document": LETTER}, APIError, "unsupported_document"),
    ],
    ids=["neither", "both", "no such template", "colour", "blank", "no pdf", "private url", "office"],
)
def test_each_refusal_is_the_error_of_its_kind(
    client: Retab, wrong: dict[str, Any], kind: type[APIError], code: str
) -> None:
    wanted: dict[str, Any] = {"instructions": "name: Ada", "document": named("form.pdf")} | wrong

    with pytest.raises(APIError) as raised:
        client.edits.create(**wanted)
    assert (type(raised.value), raised.value.code) == (kind, code)
    assert isinstance(raised.value.message, str)
    assert raised.value.message != ""
    assert (raised.value.request_id or "").startswith("req_")


def test_a_422_lists_its_faults_in_details(client: Retab) -> None:
    with pytest.raises(ValidationError) as raised:
        client.edits.list(limit=0)

    assert raised.value.details is not None
    assert [fault["loc"] for fault in raised.value.details["errors"]] == [["query", "limit"]]


def test_trouble_of_ours_is_its_internal_server_error(client: Retab, stack: Live) -> None:
    edit = client.edits.create("name: Ada", named("form.pdf"))
    for stored in (stack.home / "blobs").glob(f"edits/{edit.id}/filled-*"):
        stored.unlink()

    with pytest.raises(InternalServerError) as raised:
        client.edits.get(edit.id)
    assert (raised.value.status_code, raised.value.code) == (503, "blob_missing")


def test_a_base_url_with_its_version_is_the_same_address(gateway: Gateway) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the SDK tells the caller to leave the version out
        client = Retab(api_key=KEY, base_url=f"{gateway.url}/v1/")

    with client:
        assert client.edits.list(limit=1).list_metadata is not None


# The async client


async def test_the_async_client_creates_reads_lists_and_deletes(async_client: AsyncRetab) -> None:
    edit = await async_client.edits.create("name: Ada", named("sdk-async.pdf"))

    assert (status(edit), values(edit)) == ("completed", {"name": "Ada"})
    assert await async_client.edits.get(edit.id) == edit
    assert [each.id async for each in await async_client.edits.list(filename="sdk-async", limit=1)] == [edit.id]
    await async_client.edits.delete(edit.id)
    with pytest.raises(NotFoundError):
        await async_client.edits.get(edit.id)


async def test_the_async_client_cancels_many_at_once_and_all_answers_agree(async_client: AsyncRetab) -> None:
    edit = await async_client.edits.create(LONG_VALUES, named("long.pdf", LONG), background=True)

    answers = await asyncio.gather(*(async_client.edits.create_edit_cancel(edit.id) for _ in range(5)))
    assert answers == [await async_client.edits.get(edit.id)] * 5
    assert status(answers[0]) == "cancelled"

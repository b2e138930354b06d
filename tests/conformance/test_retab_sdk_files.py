"""The vendor's SDK: files and uploads."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from retab import AsyncRetab, Retab
from retab.exceptions import APIError, NotFoundError, ValidationError
from retab.types.files import CreateUploadResponse, File
from retab.types.mime import FileRef, MIMEData

from durable_edits.pdf import read_form
from tests.forms import text_form
from tests.live import OTHER_KEY, Gateway, Live

FORM = text_form(["name"], pages=2)
HASH = hashlib.sha256(FORM).hexdigest()


def put(session: CreateUploadResponse, data: bytes = FORM) -> None:
    """The SDK leaves this to its user: any HTTP client, with the method and headers that it was told."""
    sent = httpx.request(
        session.upload_method or "", session.upload_url, content=data, headers=session.upload_headers, trust_env=False
    )
    assert sent.status_code == 200


def fetched(url: str) -> bytes:
    return httpx.get(url, trust_env=False).content


def uploaded(client: Retab, filename: str = "form.pdf", data: bytes = FORM) -> MIMEData:
    session = client.files.create_upload(filename, len(data))
    put(session, data)
    return client.files.complete_upload(session.file_id)


def value(edit: Any) -> str | None:
    """Of the one field in the PDF that came back."""
    [field] = read_form(base64.b64decode(edit.output.filled_document.content)).fields
    return field.value


def test_an_upload_becomes_a_file(client: Retab) -> None:
    session = client.files.create_upload("form.pdf", len(FORM), content_type="application/pdf", sha256=HASH)
    assert session.upload_headers == {"Content-Type": "application/pdf"}
    put(session)

    stored = client.files.complete_upload(session.file_id, sha256=HASH)
    assert (stored, stored.id) == (session.mime_data, session.file_id)
    file = client.files.get(session.file_id)
    assert (file.object, file.id, file.filename, file.mime_type, file.page_count) == (
        "file",
        session.file_id,
        "form.pdf",
        "application/pdf",
        None,
    )
    assert file.created_at is not None
    assert file.created_at.tzinfo is not None


def test_a_download_link_gives_the_bytes(client: Retab) -> None:
    stored = uploaded(client)

    link = client.files.get_download_link(stored.id)
    assert (link.filename, link.mime_data, link.expires_in) == ("form.pdf", stored, "60 minutes")
    assert fetched(link.download_url) == FORM


def test_an_uploaded_file_is_a_document_in_every_way_the_sdk_knows(client: Retab) -> None:
    stored = uploaded(client)
    link = client.files.get_download_link(stored.id)
    ref = FileRef(id=stored.id, filename="form.pdf", mime_type="application/pdf")

    for document in (stored, stored.model_dump(), ref, {"filename": "form.pdf", "url": link.download_url}):
        edit = client.edits.create("name: Ada", document)  # type: ignore[arg-type]
        assert (edit.file.id, value(edit)) == (stored.id, "Ada")
    assert client.files.get(stored.id).page_count == 2


def test_a_filled_document_is_a_file_too(client: Retab) -> None:
    edit = client.edits.create("name: Ada", uploaded(client))
    assert edit.filled_document_ref is not None

    file = client.files.get(edit.filled_document_ref.id)
    assert (file.filename, file.page_count) == ("form_filled.pdf", 2)
    again = client.edits.create("name: Bo", edit.filled_document_ref)
    assert value(again) == "Bo"


def test_a_list_of_files_pages_through_each_once(client: Retab) -> None:
    files = [uploaded(client, f"sdk-files-{number}.pdf").id for number in range(5)]

    assert [file.id for file in client.files.list(limit=2, filename="sdk-files").auto_paging_iter()] == files[::-1]
    found = client.files.list(filename="SDK-FILES", order="asc", limit=3)
    assert [file.id for file in found.data] == files[:3]
    assert found.has_more
    back = client.files.list(filename="sdk-files", before=files[0], limit=2, include_embeddings=True)
    assert [file.id for file in back.data] == [files[2], files[1]]


def test_files_are_filtered_by_type_and_date(client: Retab) -> None:
    text = uploaded(client, "sdk-typed.txt", b"text").id
    form = uploaded(client, "sdk-typed.pdf").id

    def ids(**query: Any) -> list[str]:
        return [file.id for file in client.files.list(filename="sdk-typed", **query).data]

    assert ids() == [form, text]
    assert ids(mime_type="text/plain") == [text]
    assert ids(from_date="2020-01-01", sort_by="updated_at") == [form, text]
    assert ids(to_date="2020-01-01") == []


def test_an_unknown_file_is_its_not_found_error(client: Retab) -> None:
    for call in (client.files.get, client.files.get_download_link, client.files.complete_upload):
        with pytest.raises(NotFoundError, match="not found"):
            call("file_unknown")


def test_a_file_of_another_organization_is_its_not_found_error(client: Retab, gateway: Gateway) -> None:
    stored = uploaded(client)

    with Retab(api_key=OTHER_KEY, base_url=gateway.url) as other, pytest.raises(NotFoundError):
        other.files.get(stored.id)


def test_bytes_that_are_not_the_declared_ones_are_its_validation_error(client: Retab) -> None:
    session = client.files.create_upload("form.pdf", len(FORM), sha256="0" * 64)
    with pytest.raises(ValidationError) as raised:
        client.files.complete_upload(session.file_id)
    assert raised.value.code == "upload_incomplete"

    put(session)
    with pytest.raises(ValidationError) as raised:
        client.files.complete_upload(session.file_id)
    assert raised.value.code == "upload_mismatch"


def test_an_expired_upload_is_410(stack: Live) -> None:
    brief = stack.gateway(EDITS_LINK_MINUTES="0.001")
    with Retab(api_key="key-of-acme", base_url=brief.url) as client:
        session = client.files.create_upload("form.pdf", 1)
        time.sleep(0.1)
        with pytest.raises(APIError) as raised:
            client.files.complete_upload(session.file_id)

    assert (raised.value.status_code, raised.value.code) == (410, "upload_expired")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"order": "up"}, {"sort_by": "size"}])
def test_a_wrong_list_is_its_validation_error(client: Retab, query: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        client.files.list(**query)


def test_blueprints_are_not_part_of_this_service(client: Retab) -> None:
    for call in (client.files.create_blueprint, client.files.get_blueprint, client.files.create_blueprint_cancel):
        with pytest.raises(NotFoundError):
            call("file_1")


async def test_the_async_client_uploads_reads_links_and_lists(async_client: AsyncRetab, tmp_path: Path) -> None:
    session = await async_client.files.create_upload("sdk-async-file.pdf", len(FORM), sha256=HASH)
    await asyncio.to_thread(put, session)

    stored = await async_client.files.complete_upload(session.file_id)
    link = await async_client.files.get_download_link(stored.id)
    assert await asyncio.to_thread(fetched, link.download_url) == FORM
    file: File = await async_client.files.get(stored.id)
    assert [each async for each in await async_client.files.list(filename="sdk-async-file")] == [file]
    ref = FileRef(id=file.id, filename=file.filename, mime_type="application/pdf")
    assert value(await async_client.edits.create("name: Ada", ref)) == "Ada"
    with pytest.raises(NotFoundError):
        await async_client.files.get("file_unknown")

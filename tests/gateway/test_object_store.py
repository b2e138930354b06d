"""With an object store behind it, a file's bytes go to and from that store: the gateway only signs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.forms import text_form
from tests.gateway.test_files import fetched, link
from tests.gateway.test_templates import made
from tests.gateway.test_uploads import code, completed, put, started, uploaded
from tests.live import Gateway, Live
from tests.s3_server import S3, running_s3

FORM = text_form(["name"])
HASH = hashlib.sha256(FORM).hexdigest()


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with running_s3() as store:
        yield store


@pytest.fixture(scope="module")
def bucket(temporal_address: str, tmp_path_factory: pytest.TempPathFactory, s3: S3) -> Iterator[Gateway]:
    """A gateway and a worker on the object store."""
    live = Live(tmp_path_factory.mktemp("s3"), temporal_address, {"EDITS_TASK_QUEUE": "s3"} | s3.settings)
    live.worker()
    yield live.gateway()
    live.stop()


def file_of(session: dict[str, str], store: S3) -> list[bytes]:
    return [data for key, data in store.objects.items() if key.startswith(f"edits/files/{session['fileId']}/")]


def test_the_bytes_of_an_upload_go_to_the_store_itself(bucket: Gateway, s3: S3) -> None:
    session = started(bucket, sha256=HASH)
    assert session["uploadUrl"].startswith(s3.url)
    assert put(session).status_code == 200

    answer = completed(bucket, session)
    assert (answer.status_code, answer.json()) == (200, session["mimeData"])
    assert file_of(session, s3) == [FORM]
    assert not [key for key in s3.objects if key.startswith("edits/uploads/")]


def test_the_bytes_of_a_download_come_from_the_store_itself(bucket: Gateway, s3: S3) -> None:
    session = started(bucket)
    put(session)
    completed(bucket, session)

    url = link(bucket, session["fileId"])["download_url"]
    assert url.startswith(s3.url)
    assert fetched(url).content == FORM
    assert fetched(url.replace("Signature=", "Signature=0")).status_code == 403


def test_what_was_completed_cannot_be_changed_through_its_link(bucket: Gateway, s3: S3) -> None:
    session = started(bucket)
    put(session)
    completed(bucket, session)

    put(session, FORM[::-1])
    assert completed(bucket, session).status_code == 200
    assert fetched(link(bucket, session["fileId"])["download_url"]).content == FORM


def test_bytes_that_have_not_come_are_422(bucket: Gateway) -> None:
    assert code(completed(bucket, started(bucket))) == (422, "upload_incomplete")


@pytest.mark.parametrize("declared", [{"size_bytes": len(FORM) + 1}, {"sha256": "0" * 64}])
def test_other_bytes_than_were_declared_are_422_and_no_file(
    bucket: Gateway, s3: S3, declared: dict[str, object]
) -> None:
    session = started(bucket, **declared)
    put(session)

    assert code(completed(bucket, session)) == (422, "upload_mismatch")
    assert file_of(session, s3) == []
    assert bucket.http.get(f"/v1/files/{session['fileId']}").status_code == 404


def test_links_of_the_store_end(s3: S3, temporal_address: str, live: Live) -> None:
    live.settings |= s3.settings
    brief = live.gateway(EDITS_LINK_MINUTES="0.02")
    session = started(brief)
    time.sleep(2.5)

    assert httpx.put(session["uploadUrl"], content=FORM, trust_env=False).status_code == 403
    assert code(completed(brief, session)) == (410, "upload_expired")


def test_an_uploaded_form_is_filled_and_its_filled_document_downloaded(bucket: Gateway) -> None:
    edit = bucket.create(uploaded(bucket), "name: Ada", background=False).json()

    assert edit["status"] == "completed"
    filled = fetched(link(bucket, edit["filled_document_ref"]["id"])["download_url"]).content
    assert filled.startswith(FORM)


def test_a_link_of_the_store_is_taken_as_a_document_without_asking_the_network(bucket: Gateway) -> None:
    session = started(bucket)
    put(session)
    completed(bucket, session)
    url = link(bucket, session["fileId"])["download_url"]  # of a private address, over http

    document = {"filename": "form.pdf", "url": url}
    assert bucket.create(document, "name: Ada", background=False).json()["file"]["id"] == session["fileId"]
    assert made(bucket, document)["file"]["id"] == session["fileId"]

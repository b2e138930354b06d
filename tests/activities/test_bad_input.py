"""What people send that cannot be filled: its own code, a message that says what to do, and nothing left behind."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from dev.processes import free_ports
from durable_edits.contracts import BlobRef, PlanJob, SourceDocument, Status
from durable_edits.storage.document_urls import stored_url
from durable_edits.storage.records import FileRecord
from tests.activities import jobs
from tests.activities.bench import CREATED, FORM, Bench, open_bench
from tests.activities.site import serving
from tests.forms import text_form
from tests.made_forms import encrypted, made_form, text

LARGE = text_form(["name"], pages=3) + b"\n" * 20_000
PAGES = {
    "/form.pdf": ("application/pdf", FORM),
    "/large.pdf": ("application/pdf", LARGE),
    "/login": ("text/html; charset=utf-8", b"<html>Please log in</html>"),
    "/picture": ("image/png", b"\x89PNG\r\n"),
}
CUT_OFF = r"is cut off.*; send the whole file"
DATA_URL = "data:application/pdf;base64,"

DOCUMENTS = {
    "empty": (b"", "invalid_document", "not a PDF; send a PDF form"),
    "a letter": (b"Dear Sir or Madam,", "invalid_document", "not a PDF; send a PDF form"),
    "only a header": (b"%PDF-1.7\n", "invalid_document", CUT_OFF),
    "the first half": (FORM[: len(FORM) // 2], "invalid_document", CUT_OFF),
    "noise": (b"%PDF-1.7\n1 0 obj\n" + bytes(range(256)) * 4 + b"\nendobj\n%%EOF", "invalid_document", "save it anew"),
    "XFA alone": (made_form([], acroform="/XFA (x)"), "invalid_document", "XFA"),
    "password, RC4": (encrypted(FORM, "RC4-128", password="s"), "document_encrypted", "send it without one"),
    "password, AES": (encrypted(FORM, "AES-256", password="s"), "document_encrypted", "send it without one"),
    "no fields": (made_form([]), "document_without_fields", "fields"),
    "no pages": (made_form([text("t")], pages=0), "document_without_pages", "send a form with at least one"),
    "too many pages": (text_form(["name"], pages=4), "document_too_many_pages", "send its form alone"),
    "too large": (LARGE, "document_too_large", "limit is 10485 .EDITS_MAX_DOCUMENT_MB"),
}

URLS = {
    "not base64": (f"{DATA_URL}@@@@", "invalid_data_url", "encode the whole file"),
    "one letter": (f"{DATA_URL}A", "invalid_data_url", "encode the whole file"),
    "no comma": ("data:application/pdf;base64", "invalid_data_url", "send data:application/pdf;base64,<payload>"),
    "no scheme": ("form.pdf", "fetch_refused", "send an https or data: URL"),
    "plain http": ("http://example.com/form.pdf", "fetch_refused", "send an https or data: URL"),
    "a local file": ("file:///etc/passwd", "fetch_refused", "send an https or data: URL"),
    "malformed": ("https://[]/form.pdf", "fetch_refused", "send an absolute https URL"),
    "loopback": ("https://127.0.0.1/form.pdf", "fetch_refused", "private network; upload the document instead"),
    "private": ("https://10.0.0.1/form.pdf", "fetch_refused", "private network; upload the document instead"),
    "cloud metadata": ("https://169.254.169.254/form.pdf", "fetch_refused", "private network; upload the document"),
    "IPv6 loopback": ("https://[::1]/form.pdf", "fetch_refused", "private network; upload the document instead"),
    "too long": (f"https://example.com/{'x' * 9_000}", "fetch_refused", "upload the document instead"),
    "an unknown upload": (stored_url("default", "file_unknown", "a.pdf"), "not_found", "upload the document again"),
    "a stranger's upload": (stored_url("other", "file_theirs", "a.pdf"), "not_found", "upload the document again"),
}

FETCHED = {
    "not there": ("/status/404", "fetch_failed", "answered 404; check that it is still valid and public"),
    "forbidden": ("/status/403", "fetch_failed", "answered 403; check that it is still valid and public"),
    "too large": ("/large.pdf", "document_too_large", "larger than 10485 bytes .EDITS_MAX_DOCUMENT_MB"),
    "a login page": ("/login", "unsupported_document", "convert the document to a PDF form first"),
    "a picture": ("/picture", "unsupported_document", "convert the document to a PDF form first"),
    "to a private address": ("/to/https%3A%2F%2F127.0.0.1%2Fform.pdf", "fetch_refused", "upload the document instead"),
    "to plain http": ("/to/http%3A%2F%2Fexample.com%2F", "fetch_refused", "send an https or data: URL"),
    "round and round": ("/to//to/", "fetch_failed", "give the final address"),
}

INSTRUCTIONS = {
    "none": (None, "instructions_empty", "say what goes into which field"),
    "empty": ("", "instructions_empty", "say what goes into which field"),
    "blank": (" \n\t\u00a0\n", "instructions_empty", "say what goes into which field"),
    "of another form": ("planet: Mars\nmoons: 2", "nothing_to_fill", "name"),
    "too long": ("name: " + "x" * 200_001, "invalid_instructions", "shorten them"),
}


@pytest.fixture
def site() -> Iterator[str]:
    with serving(PAGES) as origin:
        yield origin


@pytest.fixture
async def bench(temporal: Client, tmp_path: Path, site: str) -> AsyncIterator[Bench]:
    """With limits that small forms can break; it may fetch from the site, and from public hosts."""
    [closed] = free_ports(1)
    hosts = [site, f"http://127.0.0.1:{closed}", "*"]
    async with open_bench(temporal, tmp_path, max_pages=3, max_document_mb=0.01, fetch_hosts=hosts) as bench:
        yield bench


async def refused(bench: Bench, job: PlanJob) -> ApplicationError:
    """How the edit fails; then it is closed, as the workflow closes it."""
    with pytest.raises(ApplicationError) as caught:
        await bench.plan(job)
    await bench.close(bench.closing_failed(caught.value))
    return caught.value


async def check(bench: Bench, error: ApplicationError, code: str, advice: str) -> None:
    """The user's fault, told to the user, in the record too; and nothing made of it is left."""
    assert (error.type, error.non_retryable) == (code, True)
    assert error.category is ApplicationErrorCategory.BENIGN
    assert re.search(advice, error.message), error.message
    outcome = (await bench.record()).outcome
    assert outcome is not None
    assert outcome.status is Status.FAILED
    assert outcome.problem is not None
    assert (outcome.problem.code, outcome.problem.message) == (code, error.message)
    assert await bench.stored() == []


@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_a_document_that_cannot_be_filled_fails_its_edit(bench: Bench, kind: str) -> None:
    data, code, advice = DOCUMENTS[kind]

    await check(bench, await refused(bench, bench.planning(data)), code, advice)


@pytest.mark.parametrize("kind", ["first", "tenth", "last but one"])
async def test_a_document_cut_off_anywhere_says_so(bench: Bench, kind: str) -> None:
    end = {"first": 9, "tenth": len(FORM) // 10, "last but one": len(FORM) * 9 // 10}[kind]

    await check(bench, await refused(bench, bench.planning(FORM[:end])), "invalid_document", CUT_OFF)


async def test_a_fill_keeps_to_the_limits_of_its_own_worker(bench: Bench, tmp_path: Path) -> None:
    async with open_bench(bench.temporal, tmp_path) as generous:
        generous.edit_id = bench.edit_id
        planned = await generous.plan(generous.planning(text_form(["name"], pages=4)))

    with pytest.raises(ApplicationError) as caught:
        await bench.fill(bench.filling(planned))
    assert caught.value.type == "document_too_many_pages"


@pytest.mark.parametrize("kind", URLS)
async def test_a_url_that_gives_no_document_fails_its_edit(bench: Bench, kind: str) -> None:
    url, code, advice = URLS[kind]
    theirs = FileRecord("file_theirs", "other", "a.pdf", "application/pdf", await their_blob(bench), CREATED)
    await bench.catalog.store_file(theirs)

    error = await refused(bench, bench.planning(SourceDocument(filename="form.pdf", url=url)))

    await check(bench, error, code, advice)


@pytest.mark.parametrize("kind", FETCHED)
async def test_a_server_that_gives_no_document_fails_the_edit(bench: Bench, site: str, kind: str) -> None:
    path, code, advice = FETCHED[kind]

    error = await refused(bench, bench.planning(SourceDocument(filename="form.pdf", url=site + path)))

    await check(bench, error, code, advice)
    assert await bench.blobs.keys() == []


@pytest.mark.parametrize("filename", ["form.docx", "form.png", "form.txt", "form.xlsx"])
async def test_a_document_of_another_kind_is_to_be_converted_first(bench: Bench, filename: str) -> None:
    source = SourceDocument(filename=filename, url="data:application/octet-stream;base64,UEsDBA==")

    error = await refused(bench, bench.planning(source))

    await check(bench, error, "unsupported_document", "convert the document to a PDF form first")


@pytest.mark.parametrize("kind", INSTRUCTIONS)
async def test_instructions_that_fill_nothing_fail_the_edit(bench: Bench, kind: str) -> None:
    instructions, code, advice = INSTRUCTIONS[kind]

    await check(bench, await refused(bench, bench.planning(FORM, instructions)), code, advice)


@pytest.mark.parametrize("path", ["/status/503", "/status/429", None], ids=["503", "429", "nobody there"])
async def test_a_server_that_does_not_answer_now_is_asked_again(bench: Bench, site: str, path: str | None) -> None:
    url = site + path if path else bench.settings.fetch_hosts[1]

    error = await refused(bench, bench.planning(SourceDocument(filename="form.pdf", url=url)))

    assert (error.type, error.non_retryable) == ("fetch_unreachable", False)
    assert error.category is ApplicationErrorCategory.UNSPECIFIED
    assert await bench.blobs.keys() == []


async def test_a_server_that_answers_at_last_is_enough(bench: Bench, site: str) -> None:
    planned = await bench.plan(bench.planning(SourceDocument(filename="form.pdf", url=f"{site}/form.pdf")))

    assert planned.values == 1
    assert planned.document is not None
    assert await bench.blobs.get(planned.document) == FORM


async def test_no_document_harms_the_child_that_reads_the_next(bench: Bench) -> None:
    child = await bench.child()
    for number, (data, _, _) in enumerate(DOCUMENTS.values()):
        bench.edit_id = f"bad-{number}"
        await refused(bench, bench.planning(data))

    bench.edit_id = "good"
    assert (await bench.plan()).values == 1
    assert await bench.children.run(jobs.pid) == child.pid


async def their_blob(bench: Bench) -> BlobRef:
    return await bench.blobs.put("files/theirs", "document.bin", FORM)

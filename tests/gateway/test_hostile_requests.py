"""Hundreds of hostile requests at a live gateway: what it answers, and what stands in its logs and its worker's."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from durable_edits.storage.links import SIGNED
from tests.forms import text_form
from tests.gateway.hostile_requests import hostile_requests
from tests.live import KEY, OTHER_KEY, Live

LEAST = 250
SECRET = "Zyxwvutsrqponm"  # in instructions and values
PATIENCE = 1.0  # seconds for the end of an answer to what is no whole request


def answer_to(url: str, request: bytes) -> bytes:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as line:
        found = b""
        try:
            line.sendall(request)
            line.settimeout(PATIENCE)
            while piece := line.recv(65_536):
                found += piece
        except OSError:
            pass  # it closes on what it does not want, or waits for the rest
        return found


@pytest.mark.timeout(300)
def test_no_hostile_request_meets_an_error_of_ours_or_leaves_a_secret_in_a_log(live: Live) -> None:
    worker, gateway = live.worker(), live.gateway()
    requests = dict(hostile_requests(KEY))
    assert len(requests) >= LEAST

    faults = {}
    for name, request in requests.items():
        answer = answer_to(gateway.url, request)
        status = re.match(rb"HTTP/1\.1 (\d+)", answer)
        if (status and status[1].startswith(b"5")) or b"Traceback" in answer or b'File "' in answer:
            faults[name] = answer[:200]
    edit = gateway.wait(gateway.start(text_form(["name"]), f"name: {SECRET}"))

    assert faults == {}
    assert edit["status"] == "completed"
    for log in (worker.log.read_text(), gateway.process.log.read_text()):
        assert "Traceback" not in log
        assert not any(secret in log for secret in (KEY, OTHER_KEY, SECRET, "signature="))


def test_a_signed_link_opens_what_it_was_made_for_and_nothing_else(live: Live) -> None:
    live.worker()
    gateway = live.gateway()
    first, second = (
        gateway.wait(gateway.start(text_form(["name"]), "name: Ada"))["filled_document_ref"]["id"] for _ in "12"
    )
    link = gateway.http.get(f"/v1/files/{first}/download-link").json()["download_url"]
    query = urlsplit(link).query
    later = re.sub(r"expires=\d+", "expires=99999999999", query)
    widened = [
        f"{SIGNED}files/{second}?{query}",
        f"{SIGNED}files/{first}?{later}",
        f"{SIGNED}files/{first}%0a?{query}",
        f"{SIGNED}files/{second}/../{first}?{query}",
        f"{SIGNED}files/{first}?{query}0",
        f"{SIGNED}files/{first}?expires=1&{query}",
        f"{SIGNED}files/{first}?{query[:-1]}",
        f"{SIGNED}files/{first}",
    ]

    assert httpx.get(link, trust_env=False).status_code == 200
    answers = [
        answer_to(gateway.url, f"GET {each} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".encode())
        for each in widened
    ]
    assert [answer.split(b" ")[1] for answer in answers if answer.split(b" ")[1] not in {b"403", b"404"}] == []
    put = httpx.put(link.replace("/files/", "/uploads/"), content=b"x", trust_env=False)
    assert put.status_code in {403, 404}

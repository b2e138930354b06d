"""What a gateway does not put up with, and what it does for browsers: slow clients, large heads, too many requests."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from dev.errors import ProcessDied
from durable_edits.errors import RateLimited
from durable_edits.settings import RateLimit
from gateway.limits import HEAD_BYTES, PATIENCE
from gateway.rate_limit import Allowances
from tests.forms import text_form
from tests.live import KEY, OTHER_KEY, Gateway, Live, inline

FORM = inline(text_form(["name"]))
HEAD = (
    f"POST /v1/edits HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {KEY}\r\ncontent-length: 1000000\r\n\r\n".encode()
)
STEADY_BYTES = 25 * 16 * 1024  # over 25 seconds, four times the least rate
PAGE = "https://app.example.org"


def connect(gateway: Gateway) -> socket.socket:
    host, port = gateway.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE * 2)


def detail(answer: httpx.Response) -> dict[str, Any]:
    return dict(answer.json()["detail"])


# Slow clients


def drip(gateway: Gateway, begin: bytes, drop: bytes) -> tuple[float, bytes]:
    """Send a drop a second, whatever is answered; how long the gateway held the connection, and what it said."""
    with connect(gateway) as line:
        began, said = time.monotonic(), b""
        line.settimeout(1)
        line.sendall(begin)
        while time.monotonic() - began < PATIENCE * 2:
            try:
                while piece := line.recv(10_000):
                    said += piece
                break
            except TimeoutError:
                pass
            except ConnectionError:
                break
            try:
                line.sendall(drop)
            except ConnectionError:
                break
        return time.monotonic() - began, said


def read_nothing(gateway: Gateway) -> float:
    """Ask for more than fits into the buffers on the way, and take none of it."""
    ask = f"GET /v1/edits HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {KEY}\r\n\r\n".encode()
    with connect(gateway) as line:
        began = time.monotonic()
        line.sendall(ask)
        while time.monotonic() - began < PATIENCE * 4:
            time.sleep(1)
            try:
                line.send(b"x")  # more of a next request, that never comes
            except ConnectionError:
                break
        return time.monotonic() - began


def test_nobody_holds_a_connection_by_being_slow(live: Live) -> None:
    gateway = live.gateway()
    for _ in range(10):
        gateway.start(FORM, "name: Ada" + " " * 2_000_000)
    slow: list[Callable[[], tuple[float, bytes]]] = [
        lambda: drip(gateway, HEAD, b" "),
        lambda: drip(gateway, HEAD.replace(KEY.encode(), b"wrong"), b" "),
        lambda: drip(gateway, HEAD[:20], b"x"),
        lambda: drip(gateway, b"", b"\r\n"),
    ]
    with ThreadPoolExecutor(len(slow) + 1) as threads:
        reader = threads.submit(read_nothing, gateway)
        (body, answered), (stranger, refused), (head, _), (nothing, _) = threads.map(lambda each: each(), slow)

    assert answered.startswith(b"HTTP/1.1 408 ")
    assert b"request_timeout" in answered
    assert b"x-request-id: req_" in answered
    assert refused.startswith(b"HTTP/1.1 401 ")
    assert max(body, stranger, head, nothing) < PATIENCE + 10
    assert reader.result() < PATIENCE * 3


def test_a_body_that_comes_slowly_but_steadily_is_waited_for(gateway: Gateway) -> None:
    body = json.dumps({"document": FORM, "instructions": "name: Ada", "background": True}).encode()
    padded = body + b" " * (STEADY_BYTES - len(body))

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(padded), len(padded) // 25):
            time.sleep(1)
            yield padded[start : start + len(padded) // 25]

    assert gateway.http.post("/v1/edits", content=pieces()).status_code == 201


# Large heads, and what is none


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/edits/" + "x" * HEAD_BYTES, {}),
        ("/v1/edits?filename=" + "x" * HEAD_BYTES, {}),
        ("/v1/edits", {"x-large": "x" * HEAD_BYTES}),
        ("/v1/edits", {f"x-{number}": "x" * 100 for number in range(400)}),
        ("/v1/edits", {"x-larger": "x" * 300_000}),
    ],
    ids=["path", "query", "header", "headers", "larger"],
)
def test_a_head_that_is_too_large_is_431(gateway: Gateway, path: str, headers: dict[str, str]) -> None:
    answer = gateway.http.get(path, headers=headers)

    assert (answer.status_code, detail(answer)["code"]) == (431, "request_headers_too_large")
    assert answer.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize(
    "sent", [b"hello\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00" + b"\r\n" * 9]
)
def test_what_is_no_http_is_answered_in_the_envelope_too(gateway: Gateway, sent: bytes) -> None:
    with connect(gateway) as line:
        line.sendall(sent)
        head, _, body = line.makefile("rb").read().partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"x-request-id: req_" in head
    assert b"\r\ncontent-type: application/json" in head
    assert json.loads(body)["detail"]["code"] == "bad_request"


# Too many requests


def test_over_its_limit_a_key_is_answered_429_and_no_other_key_is(live: Live) -> None:
    gateway = live.gateway(EDITS_RATE_LIMIT="5/60")
    answers = [gateway.http.get("/v1/edits") for _ in range(8)]

    limited = [answer for answer in answers if answer.status_code == 429]
    assert [answer.status_code for answer in answers[:5]] == [200] * 5
    assert len(limited) == 3
    assert detail(limited[0])["message"] == "Rate limit exceeded. Please try again later."
    assert detail(limited[0])["code"] == "rate_limited"
    assert 1 <= int(limited[0].headers["retry-after"]) <= 12
    assert gateway.client(OTHER_KEY).get("/v1/edits").status_code == 200
    assert gateway.client("wrong").get("/v1/edits").status_code == 401
    assert gateway.http.get("/healthz").status_code == 200


def test_an_allowance_fills_again_evenly() -> None:
    now = 0.0
    allowances = Allowances(RateLimit(2, 10.0), lambda: now)

    def taken(moment: float) -> bool:
        nonlocal now
        now = moment
        try:
            allowances.take(b"key")
        except RateLimited:
            return False
        return True

    assert [taken(moment) for moment in (0, 0, 0, 4.9, 5, 5.1, 100, 100, 100)] == [
        True, True, False, False, True, False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["300", "0/60", "60/0", "1.5/60", "many", "-1/60"])
def test_a_limit_that_is_none_ends_the_process(live: Live, value: str) -> None:
    with pytest.raises(ProcessDied, match="EDITS_RATE_LIMIT: write requests/seconds"):
        live.gateway(EDITS_RATE_LIMIT=value)


# Browsers


def preflight(gateway: Gateway, origin: str) -> httpx.Response:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type, idempotency-key",
    }
    with gateway.client(None) as browser:
        return browser.options("/v1/edits", headers=asked)


def test_no_page_may_call_unless_it_is_told_to(gateway: Gateway) -> None:
    asked = preflight(gateway, PAGE)
    answer = gateway.http.get("/v1/edits", headers={"origin": PAGE})

    assert asked.status_code == 401
    assert [name for name in (*asked.headers, *answer.headers) if name.startswith("access-control")] == []


def test_the_pages_of_a_named_origin_may_call_and_read_errors_too(live: Live) -> None:
    gateway = live.gateway(EDITS_CORS_ORIGINS=f"https://other.example.org, {PAGE}")

    asked = preflight(gateway, PAGE)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, PAGE)
    assert asked.headers["x-request-id"].startswith("req_")
    answers = [
        gateway.http.get("/v1/edits", headers={"origin": PAGE}),
        gateway.client("wrong").get("/v1/edits", headers={"origin": PAGE}),
    ]
    assert [answer.headers["access-control-allow-origin"] for answer in answers] == [PAGE, PAGE]
    assert "x-request-id" in answers[0].headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in preflight(gateway, "https://evil.example.org").headers


# HEAD and OPTIONS


@pytest.mark.parametrize("path", ["/v1/edits", "/healthz", "/v1/edits/edt_unknown", "/nothing"])
def test_head_is_get_without_the_body(gateway: Gateway, path: str) -> None:
    head, get = gateway.http.head(path), gateway.http.get(path)

    assert (head.status_code, head.content) == (get.status_code, b"")
    same = ("content-type", "content-length")
    assert [head.headers[name] for name in same] == [get.headers[name] for name in same]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/edits", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/v1/edits/edt_1", {"GET", "HEAD", "DELETE", "OPTIONS"}),
        ("/v1/edits/edt_1/cancel", {"GET", "HEAD", "DELETE", "POST", "OPTIONS"}),
    ],
)
def test_options_tells_what_a_path_takes_and_405_does_too(gateway: Gateway, path: str, allowed: set[str]) -> None:
    told, wrong = gateway.http.options(path), gateway.http.put(path)

    assert (told.status_code, told.content, set(told.headers["allow"].split(", "))) == (204, b"", allowed)
    assert (wrong.status_code, set(wrong.headers["allow"].split(", "))) == (405, allowed)


def test_options_of_nothing_is_404(gateway: Gateway) -> None:
    assert gateway.http.options("/v1/nothing").status_code == 404

"""Documents by URL from somebody who means harm: what the worker can be made to ask, to hold, to wait for, to tell."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import socket
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from durable_edits.errors import (
    DocumentTooLarge,
    DocumentUnavailable,
    FetchFailed,
    FetchRefused,
    FetchUnreachable,
)
from durable_edits.storage import fetch
from durable_edits.storage.fetch import Fetcher

LIMIT = 100_000
BOMB = gzip.compress(bytes(50_000_000))
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\n"
PUBLIC = "93.184.215.14"
Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Raw bytes on loopback: every request as it came, and an answer by the test's own hand."""

    def __init__(self, answering: Answering) -> None:
        self.asked: list[bytes] = []
        self._answering = answering

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.asked.append(await reader.readuntil(b"\r\n\r\n"))
            await self._answering(writer)
        except asyncio.IncompleteReadError as error:
            self.asked.append(error.partial)
        except OSError:
            pass  # whoever asked has gone
        finally:
            writer.close()


@asynccontextmanager
async def serving(answering: Answering) -> AsyncIterator[tuple[Server, str, Fetcher]]:
    """The server, its origin, and a fetcher that may ask it."""
    server = Server(answering)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    origin = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    fetcher = Fetcher([origin, "*"], LIMIT)
    async with listening:
        yield server, origin, fetcher
        await fetcher.close()


def saying(*pieces: bytes, every: float = 0) -> Answering:
    async def answer(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)

    return answer


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """What the name servers of the network answer, one after the other; which names were asked for."""
    asked: list[str] = []
    coming = iter(answers)

    async def lookup(host: str, port: int, **_named: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(coming)]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
    return asked


# Whom it can be made to ask


@pytest.mark.parametrize(
    "host",
    [
        *("0177.0.0.1", "017700000001", "0x7f.0.0.1", "0x7f.1", "127.000.000.001", "127.0.0.1.", "0", "00", "0x0", "1"),
        *("3232235777", "0xC0A80101", "192.168.257", "10.1", "LOCALHOST", "localhost.", "a.localhost"),
        *("１２７.０.０.１", "①②⑦.⓪.⓪.①", "ⓛocalhost", "127。0。0。1", "%31%32%37.0.0.1"),
        *("[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]"),
        *("[2002:0a00:0001::]", "[fe80::1%25lo]", "[fe80::1%lo]", "[fec0::1]", "[fd00:ec2::254]", "[::2]", "[ff02::1]"),
        *("ada:secret@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1:443", "127.0.0.1:22", "127.0.0.1#@example.com"),
        *("127.0.0.1?@example.com", "127.0.0.1\\@example.com", "example.com:443@127.0.0.1:443"),
    ],
)
async def test_no_spelling_of_an_inner_address_is_asked(host: str) -> None:
    fetcher = Fetcher([], LIMIT)

    with pytest.raises(DocumentUnavailable) as caught:
        await fetcher.fetch(f"https://{host}/form.pdf")

    assert isinstance(caught.value, FetchRefused | FetchFailed)  # never FetchUnreachable: that one was tried
    await fetcher.close()


@pytest.mark.parametrize(
    "address",
    [
        *("0.1.2.3", "100.127.255.254", "168.63.129.16", "169.254.169.254", "192.0.0.8", "192.0.2.1", "192.88.99.1"),
        *("198.18.0.1", "198.51.100.1", "203.0.113.5", "239.1.1.1", "240.0.0.1", "100.100.100.200"),
        *("fec0::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1", "2001:0:a00:1::1", "2001:10::1", "fd00:ec2::254"),
        *("::ffff:168.63.129.16", "64:ff9b::a9fe:a9fe", "2002:a83f:8110::1", "::ffff:0:10.0.0.1", "64:ff9b:1::1"),
    ],
)
def test_an_address_where_no_documents_are_is_not_public(address: str) -> None:
    assert not fetch._public(ipaddress.ip_address(address))


@pytest.mark.parametrize("answers", [[PUBLIC, "10.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, "::1"], ["::ffff:10.0.0.1"]])
async def test_a_name_with_one_inner_address_among_others_is_refused(
    monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    fetcher = Fetcher([], LIMIT)
    resolving(monkeypatch, answers)

    with pytest.raises(FetchRefused, match="private network"):
        await fetcher.fetch("https://form.example.com/form.pdf")

    await fetcher.close()


async def test_a_name_is_asked_for_once_and_the_address_that_was_checked_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that rebinds gives a public address to whoever checks and an inner one to whoever connects."""
    connected: list[str] = []

    async def connect(_self: object, host: str, *_args: object, **_named: object) -> None:
        connected.append(host)
        raise OSError("nobody is asked outside loopback")

    monkeypatch.setattr("httpcore._backends.auto.AutoBackend.connect_tcp", connect)
    asked = resolving(monkeypatch, [PUBLIC], ["127.0.0.1"], ["127.0.0.1"])
    fetcher = Fetcher([], LIMIT)

    with pytest.raises(FetchUnreachable):
        await fetcher.fetch("https://form.example.com/form.pdf")

    assert (asked, connected) == (["form.example.com"], [PUBLIC])
    await fetcher.close()


async def test_a_name_that_rebinds_behind_a_redirect_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(saying(b"HTTP/1.1 302 Found\r\nlocation: https://form.example.com/\r\n\r\n")) as (
        _,
        url,
        fetcher,
    ):
        resolving(monkeypatch, ["127.0.0.1"], ["127.0.0.1"])

        with pytest.raises(FetchRefused, match="private network"):
            await fetcher.fetch(url)


@pytest.mark.parametrize("port", ["0", "-1", "65536", "99999999999", "22x", "٤٤٣"])
async def test_a_port_that_is_none_is_a_typed_error(port: str) -> None:
    fetcher = Fetcher([], LIMIT)

    with pytest.raises(DocumentUnavailable):
        await fetcher.fetch(f"https://127.0.0.1:{port}/form.pdf")

    await fetcher.close()


async def test_a_service_that_speaks_no_tls_gets_nothing_that_the_url_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail and key-value servers on odd ports: an https URL must not become words in their language."""
    monkeypatch.setattr(fetch, "CONNECT_SECONDS", 0.5)
    async with serving(saying(b"220 mail.example.com\r\n")) as (server, origin, _):
        fetcher = Fetcher([origin.replace("http:", "https:")], LIMIT)

        with pytest.raises(FetchUnreachable):
            await fetcher.fetch(origin.replace("http:", "https:") + "/%0d%0aDATA%0d%0a?SECRET-WORDS")
        await fetcher.close()
        await asyncio.sleep(0.05)

    assert all(asked.startswith(b"\x16\x03") and b"SECRET-WORDS" not in asked for asked in server.asked)
    assert server.asked


# What it can be made to hold, and how long


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip"])
async def test_a_bomb_stays_packed(coding: str) -> None:
    body = BOMB if coding != "deflate" else zlib.compress(bytes(50_000_000))
    head = HEAD + f"content-encoding: {coding}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    async with serving(saying(head, body)) as (server, url, fetcher):
        fetched = await fetcher.fetch(url)

    assert fetched.data == body
    assert b"accept-encoding: identity" in server.asked[0].lower()


@pytest.mark.parametrize(
    "head",
    [
        b"\r\n",  # until the connection closes
        b"transfer-encoding: chunked\r\n\r\n1000000\r\n",
        b"content-length: 99999999\r\n\r\n",
    ],
    ids=["no length", "chunked", "a length"],
)
async def test_a_body_without_end_is_cut_off_at_the_limit(head: bytes) -> None:
    async with serving(saying(HEAD + head, *[bytes(10_000)] * 1_000)) as (_, url, fetcher):
        with pytest.raises(DocumentTooLarge):
            await fetcher.fetch(url)


@pytest.mark.parametrize("drip", [b"x", b"HTTP/1.1 200 OK\r\n", b"x-more: y\r\n"], ids=["body", "lines", "headers"])
async def test_a_slow_drip_ends_with_the_time_for_one_document(monkeypatch: pytest.MonkeyPatch, drip: bytes) -> None:
    monkeypatch.setattr(fetch, "TOTAL_SECONDS", 0.4)
    start = HEAD + (b"\r\n" if drip == b"x" else b"")
    async with serving(saying(start, *[drip] * 100, every=0.05)) as (_, url, fetcher):
        began = time.monotonic()
        with pytest.raises(FetchUnreachable):
            await fetcher.fetch(url)

    assert time.monotonic() - began < 2


async def test_time_is_that_of_all_redirects_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TOTAL_SECONDS", 0.5)

    async def redirect(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        await saying(b"HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n")(writer)

    async with serving(redirect) as (server, url, fetcher):
        with pytest.raises(FetchUnreachable, match="no whole answer"):
            await fetcher.fetch(url)

    assert len(server.asked) <= 3


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"220 mail.example.com ESMTP\r\n",
        b"HTTP/1.1 999 What\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\nx",
        b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000 + b"\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: \xff\xfe\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: " + b"x" * 50_000 + b"\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: data:application/pdf;base64,AAAA\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000,
        b"\x16\x03\x01\x00\x00",
    ],
    ids=lambda answer: repr(answer[:40]),
)
async def test_whatever_a_site_answers_is_a_typed_error(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(fetch, "TOTAL_SECONDS", 3.0)
    async with serving(saying(answer)) as (_, url, fetcher):
        with pytest.raises(DocumentUnavailable):
            await fetcher.fetch(url)


# What it tells


async def test_a_site_is_told_nothing_but_what_is_asked_for() -> None:
    async with serving(saying(HEAD + b"content-length: 0\r\n\r\n")) as (server, url, fetcher):
        await fetcher.fetch(f"{url}/form.pdf")

    lines = server.asked[0].decode().lower().split("\r\n")
    names = {line.partition(":")[0] for line in lines[1:] if line}
    assert names <= {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert "user-agent: durable-edits" in lines


async def test_a_redirect_takes_no_password_cookie_or_referrer_along() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        if len(server.asked) == 1:
            await saying(b"HTTP/1.1 302 Found\r\nset-cookie: a=b\r\nlocation: /second\r\ncontent-length: 0\r\n\r\n")(
                writer
            )
        else:
            await saying(HEAD + b"content-length: 0\r\n\r\n")(writer)

    async with serving(answer) as (server, url, fetcher):
        await fetcher.fetch(url.replace("//", "//ada:secret@") + "/first?token=1")

    second = server.asked[1].lower()
    assert second.startswith(b"get /second ")
    assert not any(word in second for word in (b"authorization", b"cookie", b"referer", b"token", b"secret"))


async def test_what_a_site_sets_is_not_told_to_the_next_edits_site_at_that_address() -> None:
    async with serving(saying(HEAD + b"set-cookie: session=acme; path=/\r\ncontent-length: 0\r\n\r\n")) as (
        server,
        url,
        fetcher,
    ):
        await fetcher.fetch(f"{url}/of-acme.pdf")
        await fetcher.fetch(f"{url}/of-beta.pdf")

    assert b"cookie" not in server.asked[1].lower()

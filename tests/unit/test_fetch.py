"""Documents by URL: from where they may come, and what every other answer means. Real servers, on loopback."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from durable_edits.errors import DocumentTooLarge, DocumentUnavailable, FetchFailed, FetchRefused, FetchUnreachable
from durable_edits.storage import fetch
from durable_edits.storage.fetch import REDIRECTS, URL_LIMIT, Fetched, Fetcher

LIMIT = 10_000
DOCUMENT = b"%PDF-1.7 a form"


@dataclass
class Site:
    """A server that answers by path, and remembers the headers it was asked with."""

    port: int
    asked: list[tuple[str, Message]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept where the client wants it
    site: Site

    def do_GET(self) -> None:
        self.site.asked.append((self.path, self.headers))
        kind, _, rest = self.path.lstrip("/").partition("/")
        match kind:
            case "status":
                self._answer(int(rest), b"no document")
            case "to":
                self._answer(302, b"", location=rest)
            case "hops":
                left = int(rest)
                self._answer(302, b"", location=f"/hops/{left - 1}") if left else self._answer(200, DOCUMENT)
            case "bytes":
                self._answer(200, b"x" * int(rest))
            case "endless":
                self._endless()
            case "broken":
                self.send_response(200)
                self.send_header("content-length", "100")
                self.end_headers()
                self.wfile.write(b"half")
                self.close_connection = True
            case "silent":
                threading.Event().wait(2)
            case _:
                self._answer(200, DOCUMENT)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/pdf; version=1.7", **headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 1000)
        except OSError:
            self.close_connection = True

    def log_message(self, *_args: object) -> None:
        """Nothing on the test's screen."""


def serve(host: str, family: socket.AddressFamily, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    class Handler(Answers):
        pass

    class Server(ThreadingHTTPServer):
        address_family = family
        block_on_close = False

    server = Server((host, 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Handler.site = Site(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Handler.site
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve("127.0.0.1", socket.AF_INET)


@pytest.fixture
async def fetcher(site: Site) -> AsyncIterator[Fetcher]:
    """May ask the site, and by name whatever is public."""
    fetcher = Fetcher([site.origin, "*"], LIMIT)
    yield fetcher
    await fetcher.close()


@pytest.fixture
async def careful() -> AsyncIterator[Fetcher]:
    """As it is without any setting."""
    fetcher = Fetcher([], LIMIT)
    yield fetcher
    await fetcher.close()


# What is allowed


async def test_an_origin_the_operator_named_is_asked(site: Site, fetcher: Fetcher) -> None:
    assert await fetcher.fetch(f"{site.origin}/form.pdf") == Fetched(DOCUMENT, "application/pdf")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_without_being_named_a_loopback_address_is_refused_and_not_asked(
    site: Site, careful: Fetcher, scheme: str
) -> None:
    with pytest.raises(FetchRefused):
        await careful.fetch(f"{scheme}://127.0.0.1:{site.port}/form.pdf")

    assert site.asked == []


async def test_another_port_of_a_named_host_is_another_origin(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(FetchRefused, match="over https only"):
        await fetcher.fetch(f"http://127.0.0.1:{site.port + 1}/form.pdf")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "localhost",
        "0.0.0.0",  # noqa: S104
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[ff0e::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::a00:1]",
        "[64:ff9b:1::a00:1]",
        "[2002:7f00:1::]",
        "[2002:a9fe:a9fe::1]",
        "[2001:0:a00:1::1]",
    ],
)
async def test_an_address_that_is_not_public_is_refused_however_it_is_written(careful: Fetcher, host: str) -> None:
    with pytest.raises(FetchRefused, match="private network"):
        await careful.fetch(f"https://{host}/form.pdf")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_public_also_when_wrapped(address: str) -> None:
    assert fetch._public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/form.pdf",
        "ftp://example.com/form.pdf",
        "file:///etc/passwd",
        "//example.com/form.pdf",
        "form.pdf",
        "",
        "https://",
        "https://example.com:port/",
        "https://exa\nmple.com/",
    ],
)
async def test_only_https_is_spoken(careful: Fetcher, url: str) -> None:
    with pytest.raises(FetchRefused):
        await careful.fetch(url)


@pytest.mark.parametrize("host", ["evil.net", "example.com.evil.net", "example.com", "evilexample.com"])
async def test_a_host_outside_the_operators_list_is_refused(host: str) -> None:
    fetcher = Fetcher(["*.example.com"], LIMIT)

    with pytest.raises(FetchRefused, match="EDITS_FETCH_HOSTS"):
        await fetcher.fetch(f"https://{host}/form.pdf")

    await fetcher.close()


async def test_a_host_pattern_admits_a_name_and_never_a_private_address(site: Site) -> None:
    fetcher = Fetcher(["LOCALHOST"], LIMIT)

    with pytest.raises(FetchRefused, match="private network"):
        await fetcher.fetch(f"https://localhost:{site.port}/form.pdf")

    await fetcher.close()


async def test_a_url_too_long_for_servers_is_refused(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(FetchRefused, match=str(URL_LIMIT)):
        await fetcher.fetch(f"{site.origin}/{'x' * URL_LIMIT}")


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", ".", "xn--a", "ü" * 80, "["])
async def test_a_name_that_cannot_be_one_is_a_typed_error(careful: Fetcher, host: str) -> None:
    with pytest.raises(DocumentUnavailable):
        await careful.fetch(f"https://{host}/form.pdf")


@pytest.mark.parametrize("host", ["[", "exa mple.com", "a%2Fb"])
async def test_a_name_that_needs_escapes_is_refused_and_not_tried_for_minutes(careful: Fetcher, host: str) -> None:
    with pytest.raises(FetchRefused):
        await careful.fetch(f"https://{host}/form.pdf")


@pytest.fixture(scope="module")
async def lonely() -> AsyncIterator[Fetcher]:
    """May ask a host that cannot be."""
    fetcher = Fetcher(["nobody.invalid"], LIMIT)
    yield fetcher
    await fetcher.close()


@settings(deadline=None)
@given(text=st.text(max_size=30))
async def test_any_text_is_refused_by_whoever_may_ask_nobody(lonely: Fetcher, text: str) -> None:
    with pytest.raises(FetchRefused):
        await lonely.fetch("https://" + text)


# Redirects


async def test_a_redirect_is_followed(site: Site, fetcher: Fetcher) -> None:
    assert (await fetcher.fetch(f"{site.origin}/hops/{REDIRECTS}")).data == DOCUMENT


async def test_one_redirect_too_many_is_the_end(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(FetchFailed, match="redirects"):
        await fetcher.fetch(f"{site.origin}/hops/{REDIRECTS + 1}")


async def test_a_redirect_in_a_circle_ends(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(FetchFailed, match="redirects"):
        await fetcher.fetch(f"{site.origin}/to//to/")


@pytest.mark.parametrize(
    "target",
    [
        "https://127.0.0.2/",
        "https://169.254.169.254/latest/meta-data",
        "http://example.com/",
        "file:///etc/passwd",
        "https://[",
        "https://[::1]/",
    ],
)
async def test_a_redirect_goes_through_the_same_door(site: Site, fetcher: Fetcher, target: str) -> None:
    with pytest.raises(FetchRefused):
        await fetcher.fetch(f"{site.origin}/to/{target}")


# Answers


@pytest.mark.parametrize("size", [0, LIMIT])
async def test_a_document_of_just_the_limit_is_taken(site: Site, fetcher: Fetcher, size: int) -> None:
    assert len((await fetcher.fetch(f"{site.origin}/bytes/{size}")).data) == size


@pytest.mark.parametrize("path", [f"bytes/{LIMIT + 1}", "endless"])
async def test_a_document_over_the_limit_is_refused_before_it_is_read_whole(
    site: Site, fetcher: Fetcher, path: str
) -> None:
    with pytest.raises(DocumentTooLarge, match="EDITS_MAX_DOCUMENT_MB"):
        await fetcher.fetch(f"{site.origin}/{path}")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
async def test_a_refusal_of_the_other_side_is_final_and_says_its_status(
    site: Site, fetcher: Fetcher, status: int
) -> None:
    with pytest.raises(FetchFailed) as failed:
        await fetcher.fetch(f"{site.origin}/status/{status}")

    assert failed.value.details == {"status": status}


@pytest.mark.parametrize("status", [300, 302, 304])
async def test_a_redirect_to_nowhere_is_a_refusal(site: Site, fetcher: Fetcher, status: int) -> None:
    with pytest.raises(FetchFailed):
        await fetcher.fetch(f"{site.origin}/status/{status}")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_trouble_on_the_other_side_is_worth_another_try(site: Site, fetcher: Fetcher, status: int) -> None:
    with pytest.raises(FetchUnreachable, match=str(status)):
        await fetcher.fetch(f"{site.origin}/status/{status}")


async def test_half_an_answer_is_no_document(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(FetchUnreachable):
        await fetcher.fetch(f"{site.origin}/broken")


async def test_nobody_at_home_is_worth_another_try() -> None:
    fetcher = Fetcher(["http://127.0.0.1:9"], LIMIT)

    with pytest.raises(FetchUnreachable):
        await fetcher.fetch("http://127.0.0.1:9/form.pdf")

    await fetcher.close()


@pytest.mark.parametrize(
    ("answer", "expected"), [(socket.EAI_NONAME, FetchFailed), (socket.EAI_AGAIN, FetchUnreachable)]
)
async def test_a_host_that_does_not_exist_is_not_tried_again(
    careful: Fetcher, monkeypatch: pytest.MonkeyPatch, answer: int, expected: type[Exception]
) -> None:
    """What the name servers of the network answer stands in for them: tests speak to the loopback alone."""

    async def lookup(*_args: object, **_named: object) -> None:
        raise socket.gaierror(answer, "as the resolver says it")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)

    with pytest.raises(expected):
        await careful.fetch("https://form.example.com/form.pdf")


async def test_a_server_that_says_nothing_is_given_up_on(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "TOTAL_SECONDS", 0.2)

    with pytest.raises(FetchUnreachable, match="no whole answer"):
        await fetcher.fetch(f"{site.origin}/silent")


async def test_a_server_that_falls_silent_is_not_waited_for_to_the_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "SILENCE_SECONDS", 0.2)
    fetcher = Fetcher([site.origin], LIMIT)
    began = time.monotonic()

    with pytest.raises(FetchUnreachable):
        await fetcher.fetch(f"{site.origin}/silent")

    assert time.monotonic() - began < 1.5
    await fetcher.close()


# What the other side learns


async def test_a_name_and_password_in_a_url_are_not_sent(site: Site, fetcher: Fetcher) -> None:
    await fetcher.fetch(f"http://ada:secret@127.0.0.1:{site.port}/form.pdf")

    [(_, headers)] = site.asked
    assert (headers["authorization"], headers["host"]) == (None, f"127.0.0.1:{site.port}")


async def test_the_path_and_query_arrive_as_they_are(site: Site, fetcher: Fetcher) -> None:
    await fetcher.fetch(f"{site.origin}/form%20a.pdf?signature=a%2Bb%3D&x=1")

    assert site.asked[0][0] == "/form%20a.pdf?signature=a%2Bb%3D&x=1"


async def test_a_proxy_of_the_environment_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    fetcher = Fetcher([site.origin], LIMIT)

    assert (await fetcher.fetch(f"{site.origin}/form.pdf")).data == DOCUMENT

    await fetcher.close()


# Certificates


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of `localhost`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls_site(certificate: Path) -> Iterator[Site]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    family, _, _, _, address = socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)[0]
    yield from serve(str(address[0]), family, tls)


async def test_connecting_by_number_still_checks_the_certificate_by_name(
    tls_site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    fetcher = Fetcher([f"https://localhost:{tls_site.port}"], LIMIT)

    assert (await fetcher.fetch(f"https://localhost:{tls_site.port}/form.pdf")).data == DOCUMENT

    await fetcher.close()


async def test_a_certificate_of_another_name_is_no_answer(
    tls_site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    fetcher = Fetcher([f"https://127.0.0.1:{tls_site.port}"], LIMIT)

    with pytest.raises(FetchUnreachable):
        await fetcher.fetch(f"https://127.0.0.1:{tls_site.port}/form.pdf")

    await fetcher.close()


async def test_a_connection_that_one_name_opened_serves_no_other_name(
    tls_site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both names lead to one address, and the certificate holds for the first alone."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    address = socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)[0][4][0]
    second = f"https://{f'[{address}]' if ':' in str(address) else address}:{tls_site.port}"
    fetcher = Fetcher([f"https://localhost:{tls_site.port}", second], LIMIT)
    await fetcher.fetch(f"https://localhost:{tls_site.port}/form.pdf")

    with pytest.raises(FetchUnreachable):
        await fetcher.fetch(f"{second}/form.pdf")

    await fetcher.close()


async def test_a_certificate_nobody_vouches_for_is_no_answer(tls_site: Site) -> None:
    fetcher = Fetcher([f"https://localhost:{tls_site.port}"], LIMIT)

    with pytest.raises(FetchUnreachable):
        await fetcher.fetch(f"https://localhost:{tls_site.port}/form.pdf")

    await fetcher.close()

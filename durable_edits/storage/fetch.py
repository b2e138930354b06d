"""Fetch a document over https without letting its URL reach into our own network.

The address is resolved here, checked, and then connected to by number, so that a name that changes its answer between
check and connect (DNS rebinding) changes nothing. Every redirect goes through the same door.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urljoin

import httpx

from durable_edits.errors import DocumentTooLarge, FetchFailed, FetchRefused, FetchUnreachable

URL_LIMIT = 8_192  # characters; longer ones are refused by most servers
REDIRECTS = 5  # enough for a shortener and a signed-URL hop or two
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 10.0  # between two pieces of an answer: a step that waits holds a place that others could have
TOTAL_SECONDS = 60.0  # one document, redirects included; under plan_edit's start-to-close timeout
RETRIED_STATUSES = {408, 425, 429, 500, 502, 503, 504}

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# Nobody's documents are there, though Python calls some of them global: what versions of it disagree about, the old
# private addresses of IPv6, and the address at which one cloud's machines get their credentials.
NOT_PUBLIC = [
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "fec0::/10", "3fff::/20", "5f00::/16")
]


@dataclass(frozen=True, slots=True)
class Fetched:
    data: bytes
    media_type: str


class Fetcher:
    """`hosts`: patterns of host names that may be asked, empty for any public one; an entry with a scheme
    (`http://10.0.0.5:9000`) admits that origin even where it is plain http or a private address."""

    def __init__(self, hosts: list[str], limit: int) -> None:
        self._patterns = [host.lower() for host in hosts if "://" not in host]
        self._origins = {_origin(httpx.URL(host)) for host in hosts if "://" in host}
        self._limit = limit
        self._client = httpx.AsyncClient(
            trust_env=False,  # a proxy would connect for us, past the check
            # Kept connections are known by their address, so one would serve, unchecked, another name at that address.
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
            verify=ssl.create_default_context(),
            # One jar for all would give what one organization's site has set to the next site at that address.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"accept-encoding": "identity", "user-agent": "durable-edits"},
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def fetch(self, url: str) -> Fetched:
        """The document behind `url`, at most `limit` bytes.

        Raises FetchRefused (not allowed), FetchFailed (answered, but not with a document), FetchUnreachable (no
        answer; worth a retry) and DocumentTooLarge.
        """
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._follow(url)
        except TimeoutError as error:
            raise FetchUnreachable(f"The document's URL gave no whole answer within {TOTAL_SECONDS:.0f} s.") from error
        except (httpx.TransportError, OSError) as error:
            raise FetchUnreachable(
                "The document's URL could not be reached; check its host, or upload the document instead.",
                reason=type(error).__name__,
            ) from error
        except (httpx.InvalidURL, ValueError) as error:  # a host name can be impossible in many places
            raise FetchRefused("The document's URL is malformed; send an absolute https URL.") from error

    async def _follow(self, url: str) -> Fetched:
        for _ in range(REDIRECTS + 1):
            answer = await self._get(self._allowed(url))
            if isinstance(answer, Fetched):
                return answer
            url = urljoin(url, answer)
        raise FetchFailed(f"The document's URL redirects more than {REDIRECTS} times; give the final address.")

    def _allowed(self, url: str) -> httpx.URL:
        if len(url) > URL_LIMIT:
            raise FetchRefused(
                f"The document's URL is longer than {URL_LIMIT} characters; upload the document instead."
            )
        parsed = httpx.URL(url)
        if _origin(parsed) in self._origins:
            return parsed
        if parsed.scheme != "https" or not parsed.host:
            raise FetchRefused("Documents are fetched over https only; send an https or data: URL.")
        if "%" in parsed.host:  # escaped: no letter of a name, so nobody will ever answer
            raise FetchRefused("The document's URL has a host that cannot be one; send an absolute https URL.")
        if (self._patterns or self._origins) and not any(fnmatchcase(parsed.host.lower(), p) for p in self._patterns):
            raise FetchRefused(
                "This host is not in EDITS_FETCH_HOSTS; ask the operator, or upload the document instead."
            )
        return parsed

    async def _get(self, url: httpx.URL) -> Fetched | str:
        """The document, or where the answer redirects to."""
        address = await self._address(url)
        request = self._client.build_request(
            "GET",
            url.copy_with(host=str(address), username=None, password=None),
            headers={"host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        response = await self._client.send(request, stream=True)
        try:
            if response.has_redirect_location:
                return response.headers["location"]
            if response.status_code in RETRIED_STATUSES:
                raise FetchUnreachable(f"The document's URL answered {response.status_code}; its server is in trouble.")
            if not response.is_success:
                raise FetchFailed(
                    f"The document's URL answered {response.status_code}; check that it is still valid and public.",
                    status=response.status_code,
                )
            return Fetched(
                await self._body(response), response.headers.get("content-type", "").partition(";")[0].strip()
            )
        finally:
            await response.aclose()

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._limit:
                raise DocumentTooLarge(
                    f"The document is larger than {self._limit} bytes (EDITS_MAX_DOCUMENT_MB).", limit=self._limit
                )
        return bytes(body)

    async def _address(self, url: httpx.URL) -> IPAddress:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno != socket.EAI_NONAME:
                raise  # no answer, not the answer that there is no such host
            raise FetchFailed("The document's URL names a host that does not exist; check its spelling.") from error
        addresses = [ipaddress.ip_address(info[4][0]) for info in found]
        if _origin(url) in self._origins:
            return addresses[0]
        # One private answer among public ones is how a rebinding name looks: refuse the whole name.
        if not addresses or not all(_public(address) for address in addresses):
            raise FetchRefused("The document's URL points into a private network; upload the document instead.")
        return addresses[0]


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host.lower(), url.port or (443 if url.scheme == "https" else 80)


def _public(address: IPAddress) -> bool:
    """Globally routable, also when an IPv4 address is wrapped in an IPv6 one."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or _nat64(address)
        if wrapped is not None:
            return _public(wrapped)
    if any(address in network for network in NOT_PUBLIC):
        return False
    # Reserved, because ::/96 and 64:ff9b:1::/48 carry IPv4 addresses too.
    return address.is_global and not address.is_multicast and not address.is_reserved


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None

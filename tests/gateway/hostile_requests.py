"""Requests that no client of ours sends, as raw bytes by families: bodies, headers, ids, queries, keys."""

from __future__ import annotations

import json
from collections.abc import Iterator

VALUES: list[object] = [
    None,
    True,
    0,
    -1,
    1e308,
    10**400,
    "",
    " ",
    "\x00",
    "\ud800",
    "a" * 70_000,
    "'; DROP TABLE edits;--",
    [],
    {},
    [[]],
]
FIELDS = ["document", "instructions", "model", "config", "template_id", "background", "bust_cache"]
BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b"{}" * 1_000,
    b"[" * 50_000,
    b'{"a":' * 20_000,
    b'{"document": NaN}',
    b'{"document": 1e999999}',
    b'{"document": -0}',
    b"9" * 50_000,
    b'"' + b"\\u0000" * 1_000 + b'"',
    b'{"__proto__": {"a": 1}, "constructor": 1}',
    b'{"document": {}, "document": {}}',
    b"<?xml version='1.0'?><!DOCTYPE a>",
    b"\x80\x04\x95pickle",
    b"--x\r\ncontent-disposition: form-data\r\n\r\n",
    bytes(range(256)),
]
URLS = [
    "data:",
    "data:,",
    "data:;base64,",
    "data:application/pdf;base64,%00",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://",
    "https://[",
    "https://storage.retab.com/../..",
    "https://storage.retab.com/%00/file_1.pdf",
    "\\\\host\\x",
    "https://storage.retab.com/beta/file_1.pdf",
    "http://127.0.0.1:1/signed/files/file_1?expires=1&signature=x",
    "\ud800",
]
HEADERS = [
    b"content-length: -1",
    b"content-length: 5\r\ncontent-length: 6",
    b"content-length: 99999999999999999999",
    b"content-length: 5\r\ntransfer-encoding: chunked",
    b"transfer-encoding: gzip",
    b"transfer-encoding: chunked, identity",
    b"content-encoding: gzip",
    b"expect: 100-continue",
    b"expect: magic",
    b"upgrade: h2c\r\nconnection: upgrade",
    b"upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: eA==\r\nsec-websocket-version: 13",
    b"x: a\r\n folded",
    b"x: \x00",
    b"x: \xff\xfe",
    b"x\x00y: z",
    b": nameless",
    b"no colon",
    b"x: " + b"y" * 40_000,
    b"x: y\r\n" * 400 + b"x: z",
    b"host: a\r\nhost: b",
    b"x-request-id: a\rb",
    b"idempotency-key:",
    b"idempotency-key: " + b"k" * 9_000,
    b"idempotency-key: \xff",
    b"content-type: \xff",
    b"content-type: multipart/form-data",
    b"accept: \x7f",
    b"range: bytes=0-9",
    b"origin: null",
    b"x-forwarded-for: 127.0.0.1\r\nx-forwarded-host: evil",
    b"x-http-method-override: DELETE",
]
IDS = [
    b"..",
    b"../..",
    b"%2e%2e%2f",
    b"%00",
    b"%ff",
    b"%ed%a0%80",
    b"%0d%0aSet-Cookie:x=y",
    b"%F0%9F%98%80",
    b"'",
    b"%27%20OR%201=1",
    b"*",
    b"%25%32%65",
    b"edt_" + b"A" * 9_000,
    b"edt_01ARZ3NDEKTSV4RRFFQ69G5FAV%00",
    b"..;/",
    b"a/b/c/d",
    b"%2F",
    b"%5c..%5c",
    b"${jndi:x}",
    b"{{7*7}}",
    b"null",
    b"-1",
    b"%e2%80%ae",
    b"con",
]
PATHS = [
    b"GET /v1/edits/",
    b"DELETE /v1/edits/",
    b"GET /v1/edits/templates/",
    b"PATCH /v1/edits/templates/",
    b"GET /v1/files/",
    b"GET /signed/files/",
    b"PUT /signed/uploads/",
    b"POST /v1/files/upload/",
]
QUERIES = [
    b"limit=0",
    b"limit=-1",
    b"limit=9999999999999999999999",
    b"limit=1e9",
    b"limit=\xff",
    b"limit=1&limit=2",
    b"after=",
    b"after=%00",
    b"after=edt_x",
    b"before=../..",
    b"after=eyJhIjoxfQ==",
    b"after=" + b"A" * 5_000,
    b"order=sideways",
    b"status=%ff",
    b"filename=%00",
    b"filename=%25%5f%5c",
    b"from_date=9999-99-99",
    b"to_date=-1",
    b"from_date=" + b"9" * 400,
    b"metadata={",
    b"=",
    b"&&&",
    b"%",
    b"include_output=maybe",
    b"template_id='--",
    b"mime_type=%ed%a0%80",
    b"sort_by=__class__",
]
KEYS = [
    b"",
    b"Bearer",
    b"Bearer ",
    b"bearer \xff",
    b"Basic YTpi",
    b"Bearer " + b"k" * 20_000,
    b"Bearer a b",
    b"Bearer null",
    b"Bearer %00",
    b"Bearer ' OR 1=1",
    b"Bearer \xf0\x9f\x98\x80",
    b"Digest x",
    b"Bearer key-of-acm",
    b"Bearer key-of-acme2",
]
LINES = [
    b"GET\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"\r\n\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"\x00" * 100,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET http://evil/ HTTP/1.1\r\nhost: evil\r\n\r\n",
    b"CONNECT evil:443 HTTP/1.1\r\nhost: e\r\n\r\n",
    b"FOO /v1/edits HTTP/1.1\r\nhost: a\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\nhost: a\r\n\r\n",
    b"A" * 100_000,
    b"POST /v1/edits HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
    b"OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n",
]


def hostile_requests(key: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes."""
    own = f"authorization: Bearer {key}".encode()
    for number, body in enumerate(BODIES):
        for path in (b"POST /v1/edits", b"POST /v1/files/upload"):
            yield f"body {number} {path.decode()}", _request(path, body, own)
    for field in FIELDS:
        for number, value in enumerate(VALUES):
            yield (
                f"{field} {number}",
                _request(b"POST /v1/edits", json.dumps({"instructions": "x", field: value}).encode(), own),
            )
    for url in URLS:
        named = {"document": {"filename": "form.pdf", "url": url}, "instructions": "name: x", "background": True}
        yield f"url {url[:30]!r}", _request(b"POST /v1/edits", json.dumps(named).encode(), own)
    for header in HEADERS:
        yield f"header {header[:30]!r}", _request(b"GET /v1/edits", b"", own, header)
    for path in PATHS:
        for number, given in enumerate(IDS):
            yield f"id {number} {path.decode()}", _request(path + given, b"{}", own)
    for path in (b"GET /v1/edits?", b"GET /v1/files?"):
        for number, query in enumerate(QUERIES):
            yield f"query {number} {path.decode()}", _request(path + query, b"", own)
    for number, sent in enumerate(KEYS):
        yield f"key {number}", _request(b"GET /v1/edits", b"", b"authorization: " + sent)
        yield f"api key {number}", _request(b"GET /v1/edits", b"", b"api-key: " + sent.partition(b" ")[2])
    for line in LINES:
        yield f"line {line[:30]!r}", line


def _request(line: bytes, body: bytes, *headers: bytes) -> bytes:
    length = [f"content-length: {len(body)}".encode()] if body else []
    return b"\r\n".join([line + b" HTTP/1.1", b"host: a", b"connection: close", *headers, *length, b"", b""]) + body

"""An object store that speaks as much of S3 as one client of it needs, on the loopback and in memory.

It stands where a vendor's service stands. Signatures of URLs are checked as that service checks them, so that a link
that it would refuse is refused here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

KEY_ID, SECRET, REGION, BUCKET = "tester", "a secret of the tests", "us-east-1", "bucket"


@dataclass
class S3:
    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """For a gateway or a worker."""
        return {
            "EDITS_BLOBS_URL": f"s3://{BUCKET}/edits",
            "AWS_ENDPOINT": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION,
        }


@contextmanager
def running_s3() -> Iterator[S3]:
    store = S3()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(store)) as server:
        server.daemon_threads = True
        store.url = f"http://127.0.0.1:{server.server_port}"
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield store
        server.shutdown()
        serving.join()


def _handler(store: S3) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _key(self) -> str | None:
            """The object meant; None, and an answer, where the request is not signed."""
            query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            signed = f"Credential={KEY_ID}/" in self.headers.get("authorization", "")
            if not signed and not _valid(self.command, self.path, self.headers["host"], query):
                store.refused.append(self.path)
                self._answer(403)
                return None
            return unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}").lstrip("/")

        def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("content-length", headers.pop("length", str(len(body))))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_PUT(self) -> None:
            data = self.rfile.read(int(self.headers.get("content-length", 0)))
            if (key := self._key()) is None:
                return
            if source := self.headers.get("x-amz-copy-source"):
                found = store.objects.get(unquote(source).removeprefix(f"{BUCKET}/"))
                if found is None:
                    self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
                    return
                store.objects[key] = found
                self._answer(200, b"<CopyObjectResult><ETag>1</ETag></CopyObjectResult>")
                return
            if len(data) < int(self.headers.get("content-length", 0)):
                return  # cut off: what did not come whole is not there
            store.objects[key] = data
            self._answer(200, etag='"1"')

        def do_GET(self) -> None:
            if (key := self._key()) is None:
                return
            if not key:
                self._list()
                return
            found = store.objects.get(key)
            if found is None:
                self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
                return
            described = {"etag": '"1"', "last_modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
            wanted = self.headers.get("range", "").removeprefix("bytes=")
            if not wanted:
                self._answer(200, found, **described)
                return
            start, end = (int(part) for part in wanted.split("-"))
            part = found[start : end + 1]
            span = f"bytes {start}-{start + len(part) - 1}/{len(found)}"
            self._answer(206, part, content_range=span, **described)

        do_HEAD = do_GET

        def do_DELETE(self) -> None:
            if (key := self._key()) is not None:
                store.objects.pop(key, None)
                self._answer(204)

        def do_POST(self) -> None:
            """Several at once."""
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            if self._key() is None:
                return
            keys = re.findall("<Key>(.*?)</Key>", body)
            for key in keys:
                store.objects.pop(unescape(key), None)
            rows = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            self._answer(200, f"<DeleteResult>{rows}</DeleteResult>".encode(), content_type="application/xml")

        def _list(self) -> None:
            prefix = dict(parse_qsl(urlsplit(self.path).query)).get("prefix", "")
            rows = "".join(
                f"<Contents><Key>{escape(key)}</Key><Size>{len(data)}</Size><ETag>1</ETag>"
                "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
                for key, data in sorted(store.objects.items())
                if key.startswith(prefix)
            )
            body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
            self._answer(200, body.encode(), content_type="application/xml")

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _valid(method: str, target: str, host: str, query: dict[str, str]) -> bool:
    """A presigned URL by AWS's Signature Version 4: of this method, path and query, and not expired."""
    signature = query.pop("X-Amz-Signature", "")
    stamp = query.get("X-Amz-Date", "19700101T000000Z")
    canonical = "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))
    lines = [method, urlsplit(target).path, canonical, f"host:{host}", "", "host", "UNSIGNED-PAYLOAD"]
    scope = f"{stamp[:8]}/{REGION}/s3/aws4_request"
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    key = f"AWS4{SECRET}".encode()
    for part in (stamp[:8], REGION, "s3", "aws4_request", f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    began = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    ends = began + timedelta(seconds=int(query.get("X-Amz-Expires", "0")))
    return hmac.compare_digest(key.hex(), signature) and datetime.now(UTC) <= ends

"""Links to stored bytes that work without a key, for a while: the store's own, or one that a gateway serves.

A gateway's link carries its end and a signature over what it is for. All processes sign with one key, which lies in
the catalog: whichever gateway made a link, every other serves it, and a worker knows it for our own.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlalchemy import Connection, select

from durable_edits.errors import LinkExpired, LinkInvalid
from durable_edits.storage.blobs import Blobs, upload_key
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.records import FileRecord, UploadRecord
from durable_edits.storage.schema import secrets as secrets_table

Purpose = Literal["files", "uploads"]

SIGNED = "/signed/"  # in front of every path that is open to whoever has the link
SIGNING_KEY = "links"


class Links:
    def __init__(self, catalog: Catalog, blobs: Blobs, lifetime: timedelta) -> None:
        self.lifetime = lifetime
        self._catalog = catalog
        self._blobs = blobs
        self._key: bytes | None = None
        self._store_prefix: str | None = None

    async def download(self, file: FileRecord, gateway: str) -> str:
        """A URL that gives the file's bytes; `gateway` is the address under which its caller knows the gateway."""
        own = await self._blobs.presigned("GET", file.blob.key, self.lifetime)
        return own or await self._signed(gateway, "files", file.id, datetime.now(UTC) + self.lifetime)

    async def upload(self, upload: UploadRecord, gateway: str) -> str:
        """A URL that takes the file's bytes by PUT."""
        own = await self._blobs.presigned("PUT", upload_key(upload.id), upload.expires_at - datetime.now(UTC))
        return own or await self._signed(gateway, "uploads", upload.id, upload.expires_at)

    async def check(self, purpose: Purpose, file_id: str, query: str) -> None:
        """Raises LinkInvalid, LinkExpired."""
        values = parse_qs(query)
        expires, signature = values.get("expires", [""])[0], values.get("signature", [""])[0]
        expected = await self._signature(purpose, file_id, expires)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
            raise LinkInvalid("This link is not one of ours, or was cut short; use it exactly as it was given.")
        if int(expires) < datetime.now(UTC).timestamp():
            raise LinkExpired("This link has expired; ask for a new one.")

    async def file_id(self, url: str) -> str | None:
        """The file behind one of our own download links, expired or not; None for any other URL."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        if (own := await self._in_store(url)) is not None:
            return own
        head, _, file_id = parts.path.rpartition("/")
        if not f"{head}/".endswith(f"{SIGNED}files/"):
            return None
        try:
            await self.check("files", file_id, parts.query)
        except LinkInvalid:
            return None
        except LinkExpired:
            pass  # it says which file is meant, and the caller's organization decides whether it may have that one
        return file_id

    async def _in_store(self, url: str) -> str | None:
        if self._store_prefix is None:
            sample = await self._blobs.presigned("GET", "files/x", self.lifetime)
            self._store_prefix = sample.partition("?")[0].removesuffix("x") if sample else ""
        if not self._store_prefix or not url.startswith(self._store_prefix):
            return None
        return url.removeprefix(self._store_prefix).partition("/")[0]

    async def _signed(self, gateway: str, purpose: Purpose, file_id: str, end: datetime) -> str:
        expires = str(int(end.timestamp()) + 1)  # rounded up: a link lives no shorter than it was said to
        query = urlencode({"expires": expires, "signature": await self._signature(purpose, file_id, expires)})
        return f"{gateway.rstrip('/')}{SIGNED}{purpose}/{file_id}?{query}"

    async def _signature(self, purpose: Purpose, file_id: str, expires: str) -> str:
        if self._key is None:
            self._key = await self._signing_key()
        said = f"{purpose}\n{file_id}\n{expires}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()

    async def _signing_key(self) -> bytes:
        mine = self._catalog.insert(secrets_table).values(name=SIGNING_KEY, value=secrets.token_hex(32))
        stands = select(secrets_table.c.value).where(secrets_table.c.name == SIGNING_KEY)

        def agree(connection: Connection) -> str:
            connection.execute(mine.on_conflict_do_nothing())
            value: str = connection.execute(stands).scalar_one()
            return value

        return bytes.fromhex(await self._catalog.write(agree))

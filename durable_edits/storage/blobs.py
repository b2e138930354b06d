"""Documents, plans and results as immutable objects in a directory or a bucket.

A key holds the content's hash, so a step that runs twice writes the same object or another one, never over somebody
else's bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import AzureStore, GCSStore, LocalStore, ObjectStore, S3Store, from_url
from ulid import ULID

from durable_edits import metrics
from durable_edits.contracts import BlobRef
from durable_edits.errors import BlobMissing, BlobsUnavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

# No long retries of the store's own: a step is tried again by its workflow, and a caller of the gateway waits.
RETRIES: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
# A store that has taken our connection and says nothing more is away; whatever comes more slowly than this is, too.
SILENT_SECONDS, SLOWEST_LINE = 15.0, 1_000_000  # bytes a second
# One object, on a slow line.
REQUEST: ClientConfig = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}

# What one transfer takes of memory, however long it is: two pieces under way to the store, one from it. Object stores
# take no smaller pieces than 5 MiB.
PIECE_IN = 5 * 1024 * 1024
PIECES_AT_ONCE = 2
PIECE_OUT = 1024 * 1024
LISTED_AT_ONCE = 1_000  # as many as a bucket tells in one answer

_OWN_ID = re.compile(r"(edt|edittplt|file|draft)_[0-9A-Za-z]{26}")


@dataclass(frozen=True, slots=True)
class StoredObject:
    key: str
    size: int
    modified: datetime

    @property
    def folder(self) -> str:
        """`edits/edt_…` of `edits/edt_…/plan-….json`."""
        return "/".join(self.key.split("/")[:2])


class Blobs:
    """One object store, named by URL: file:///…, s3://…, gs://…, az://…."""

    def __init__(self, url: str) -> None:
        self._root = _local_root(url)
        try:
            self._store = _open(url, self._root)
        except (BaseError, ValueError, OSError) as error:
            raise _unavailable("opened", error) from error

    async def put(self, folder: str, name: str, data: bytes) -> BlobRef:
        """Store `data` under `folder`; raises BlobsUnavailable. The same data twice is the same object."""
        digest = hashlib.sha256(data).hexdigest()
        stem, _, suffix = name.partition(".")
        key = f"{folder}/{stem}-{digest[:32]}.{suffix}"
        try:
            await self._write(key, data)
        except (BaseError, OSError) as error:
            raise _unavailable("written", error) from error
        return BlobRef(key=key, size=len(data), sha256=digest)

    async def get(self, ref: BlobRef) -> bytes:
        """The object's bytes, checked against the reference; raises BlobMissing, BlobsUnavailable."""
        data = await self._found(ref.key)
        if data is None:
            raise _gone()
        if len(data) != ref.size or hashlib.sha256(data).hexdigest() != ref.sha256:
            raise BlobMissing(
                "A stored document is not what was stored; check the object store, then send the edit again."
            )
        return data

    async def find(self, folder: str, name: str) -> bytes | None:
        """What `put` has stored there under `name`, checked by the hash in its key; one of them, if several."""
        prefix = f"{folder}/{name.partition('.')[0]}-"
        for key in [key for key in await self.keys(folder) if key.startswith(prefix)]:
            data = await self._found(key)
            digest = key.rpartition("-")[2].partition(".")[0]
            if data is not None and hashlib.sha256(data).hexdigest().startswith(digest):
                return data
        return None

    async def put_stream(self, folder: str, name: str, chunks: AsyncIterator[bytes]) -> BlobRef:
        """Store what comes, in constant memory; what is not there before `chunks` has ended never will be.

        Raises BlobsUnavailable, and whatever `chunks` raises.
        """
        stem, _, suffix = name.partition(".")
        key, digest, size = f"{folder}/{stem}-{ULID()}.{suffix}", hashlib.sha256(), 0

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size
            async for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                yield chunk

        try:
            await obstore.put_async(self._store, key, counted(), chunk_size=PIECE_IN, max_concurrency=PIECES_AT_ONCE)
            if self._root is not None:
                await asyncio.to_thread(_flush, self._root / key)
        except (BaseError, OSError) as error:
            raise _unavailable("written", error) from error
        return BlobRef(key=key, size=size, sha256=digest.hexdigest())

    async def pieces(self, ref: BlobRef) -> AsyncIterator[bytes]:
        """The object's bytes, a piece at a time; raises BlobMissing before the first, BlobsUnavailable."""
        for start in range(0, ref.size, PIECE_OUT):
            try:
                piece = await obstore.get_range_async(
                    self._store, ref.key, start=start, length=min(PIECE_OUT, ref.size - start)
                )
            except (NotFoundError, FileNotFoundError) as error:
                raise _gone() from error
            except BaseError as error:
                raise _unavailable("read", error) from error
            yield bytes(piece)

    async def take(self, key: str, folder: str, name: str) -> BlobRef | None:
        """What somebody else wrote at `key`, copied to where nobody else can write; None where nothing is.

        Raises BlobsUnavailable. The copy is made by the store; its bytes come here once, to be hashed.
        """
        stem, _, suffix = name.partition(".")
        taken, digest = f"{folder}/{stem}-{ULID()}.{suffix}", hashlib.sha256()
        try:
            await obstore.copy_async(self._store, key, taken)
            size = (await obstore.head_async(self._store, taken))["size"]
        except (NotFoundError, FileNotFoundError):
            return None
        except BaseError as error:
            raise _unavailable("read", error) from error
        async for piece in self.pieces(BlobRef(key=taken, size=size, sha256="")):
            digest.update(piece)
        return BlobRef(key=taken, size=size, sha256=digest.hexdigest())

    async def presigned(self, method: Literal["GET", "PUT"], key: str, lifetime: timedelta) -> str | None:
        """A URL of the store's own, for whoever has it; None for a directory. Raises BlobsUnavailable."""
        if not isinstance(self._store, S3Store | GCSStore | AzureStore):
            return None
        try:
            return await obstore.sign_async(self._store, method, key, lifetime)
        except BaseError as error:
            raise _unavailable("asked for a signed URL", error) from error

    @property
    def upload_headers(self) -> dict[str, str]:
        """What the store wants to be sent along with the bytes of a presigned PUT."""
        return {"x-ms-blob-type": "BlockBlob"} if isinstance(self._store, AzureStore) else {}

    async def delete(self, *refs: BlobRef) -> None:
        await self.delete_keys([ref.key for ref in refs])

    async def delete_folder(self, folder: str, keep: Collection[BlobRef] = ()) -> int:
        """Remove everything under `folder` but `keep`, nothing there is no error; how many bytes it was."""
        kept = {ref.key for ref in keep}
        found = [each async for batch in self.objects(folder) for each in batch if each.key not in kept]
        await self.delete_keys([each.key for each in found])
        if self._root is not None:
            await asyncio.to_thread(_sweep, self._root / folder)
        return sum(each.size for each in found)

    async def keys(self, folder: str = "") -> list[str]:
        """Every key under `folder`; raises BlobsUnavailable."""
        return [each.key async for batch in self.objects(folder) for each in batch]

    async def objects(self, folder: str = "") -> AsyncIterator[list[StoredObject]]:
        """What is under `folder`, LISTED_AT_ONCE at a time; raises BlobsUnavailable."""
        try:
            async for batch in obstore.list(self._store, prefix=folder or None, chunk_size=LISTED_AT_ONCE):
                yield [StoredObject(each["path"], each["size"], each["last_modified"]) for each in batch]
        except BaseError as error:
            raise _unavailable("listed", error) from error

    async def written_at(self, ref: BlobRef) -> datetime:
        """By the store's clock; raises BlobsUnavailable."""
        try:
            return (await obstore.head_async(self._store, ref.key))["last_modified"]
        except (BaseError, FileNotFoundError) as error:
            raise _unavailable("read", error) from error

    async def unfinished(self, before: datetime) -> list[tuple[Path, int]]:
        """What writers that were killed have left in a directory, and its size; a bucket has rules for that."""
        return [] if self._root is None else await asyncio.to_thread(_unfinished, self._root, before)

    async def ping(self) -> None:
        """Raises BlobsUnavailable unless the store answers."""
        try:
            await obstore.head_async(self._store, "ready")
        except (NotFoundError, FileNotFoundError):
            return
        except BaseError as error:
            raise _unavailable("reached", error) from error

    async def _write(self, key: str, data: bytes) -> None:
        if self._root is None:
            async with _in_time(len(data)):
                await obstore.put_async(self._store, key, data)
        else:
            await asyncio.to_thread(_write_file, self._store, self._root, key, data)

    async def _found(self, key: str) -> bytes | None:
        try:
            return await self._read(key)
        except (NotFoundError, FileNotFoundError):
            return None
        except (BaseError, TimeoutError) as error:
            raise _unavailable("read", error) from error

    async def _read(self, key: str) -> bytes:
        if self._root is None:
            async with _in_time(0):
                response = await obstore.get_async(self._store, key)
            async with _in_time(response.meta["size"]):
                return bytes(await response.bytes_async())
        # A file takes less in a thread of ours than the two hops to the store's own: 0.04 ms of CPU instead of 0.1.
        return await asyncio.to_thread(lambda: bytes(obstore.get(self._store, key).bytes()))

    async def delete_keys(self, keys: Sequence[str]) -> None:
        """One that is gone already is no error; raises BlobsUnavailable."""
        for key in keys:
            try:
                await obstore.delete_async(self._store, key)
            except (NotFoundError, FileNotFoundError):
                continue
            except BaseError as error:
                raise _unavailable("removed", error) from error


def _in_time(size: int) -> asyncio.Timeout:
    return asyncio.timeout(SILENT_SECONDS + size / SLOWEST_LINE)


def _gone() -> BlobMissing:
    return BlobMissing("A stored document is gone from the object store; send the edit again.")


def edit_folder(edit_id: str) -> str:
    """Where everything made for one edit lies. An id of somebody else's choosing (any workflow id) is hashed."""
    return f"edits/{_safe(edit_id)}"


def file_folder(file_id: str) -> str:
    return f"files/{_safe(file_id)}"


def template_folder(template_id: str) -> str:
    return f"templates/{_safe(template_id)}"


def answer_folder(question: str) -> str:
    """What a model has answered to a question, by the question's hash, for whoever asks the same."""
    return f"answers/{question}"


def draft_folder(draft_id: str) -> str:
    return f"drafts/{_safe(draft_id)}"


def upload_key(file_id: str) -> str:
    """Where a presigned PUT writes to: never where a stored file lies, or its URL could change it later."""
    return f"uploads/{_safe(file_id)}/document.bin"


def _safe(name: str) -> str:
    if _OWN_ID.fullmatch(name):
        return name
    return "x" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _local_root(url: str) -> Path | None:
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _open(url: str, root: Path | None) -> ObjectStore:
    if root is None:
        # These options take the place of those that the store would read from the environment itself.
        plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true"
        return from_url(url, client_options={**REQUEST, "allow_http": plain}, retry_config=RETRIES)
    root.mkdir(parents=True, exist_ok=True)
    return LocalStore(root, automatic_cleanup=True)


def _unfinished(root: Path, before: datetime) -> list[tuple[Path, int]]:
    found = []
    for path in root.rglob("*#*"):
        with contextlib.suppress(FileNotFoundError):  # finished meanwhile
            if (about := path.stat()).st_mtime < before.timestamp():
                found.append((path, about.st_size))
    return found


def _sweep(folder: Path) -> None:
    """A writer that was killed leaves an unfinished file (`name#1`), which the store lists to nobody."""
    for unfinished in folder.glob("*#*"):
        unfinished.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # gone already, or somebody stores there again
        folder.rmdir()


def _write_file(store: ObjectStore, root: Path, key: str, data: bytes) -> None:
    """In the one hop that the flush needs anyway."""
    obstore.put(store, key, data)
    _flush(root / key)


def _flush(path: Path) -> None:
    """To the disk, before a record says that it is there: a power cut keeps the catalog's word (about 0.3 ms)."""
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _unavailable(verb: str, error: BaseError | ValueError | OSError) -> BlobsUnavailable:
    metrics.STORE_ERRORS.add("blobs")
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return BlobsUnavailable(
        f"The object store could not be {verb}; check EDITS_BLOBS_URL and its credentials.", reason=reason[:200]
    )

"""The chores of housekeeping, one by one. Each may be stopped anywhere, by a kill too, and be done again."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from durable_edits.contracts import Chore, Swept
from durable_edits.housekeeping.orphans import Orphans
from durable_edits.runs import Runs
from durable_edits.settling import settle
from durable_edits.storage.blobs import Blobs, edit_folder, file_folder, upload_key
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.expired import Expired, Found
from durable_edits.storage.idempotency import KEPT
from durable_edits.storage.keyset import Place
from durable_edits.storage.records import to_microseconds

# Older than any step, request or upload that could still be at it; a step may take half an hour.
SETTLED = timedelta(hours=24)
AT_ONCE = 8  # folders erased at the same time: edits at work use the same stores

NextFound = Callable[[Place | None], Awaitable[Sequence[Found]]]


def nothing_said(_what: str, _size: int) -> None:
    pass


def never() -> bool:
    return False


@dataclass
class House:
    """`retention`: how long ended edits are kept, None for ever. `stopped` says whether to leave the rest for later.

    With `dry_run` nothing is changed: what would go is counted, and told to `say`. `rest` is how long to pause after
    a batch, in times of what it took: a batch keeps a core busy, which edits on the same machine want too.
    """

    catalog: Catalog
    blobs: Blobs
    runs: Runs
    retention: timedelta | None = None
    dry_run: bool = False
    rest: float = 0.0
    stopped: Callable[[], bool] = never
    say: Callable[[str, int], None] = nothing_said

    def __post_init__(self) -> None:
        self._rows = Expired(self.catalog)
        self._now = datetime.now(UTC)

    async def sweep(self, chore: Chore) -> Swept:
        """Raises InfrastructureError; what was done until then stays done."""
        swept = Swept(chore=chore)
        work: dict[Chore, Callable[[Swept], Awaitable[None]]] = {
            Chore.CLOSE: self._close,
            Chore.EDITS: self._edits,
            Chore.DELETED: self._deleted,
            Chore.FILES: self._files,
            Chore.UPLOADS: self._uploads,
            Chore.KEYS: self._keys,
            Chore.ORPHANS: self._orphans,
            Chore.FORGET: self._forget,
        }
        await work[chore](swept)
        return swept

    async def _close(self, swept: Swept) -> None:
        """Records whose runs have ended without a word, and that nobody has read since: they would stay for ever."""
        for organization in await self._rows.organizations():
            behind: Place | None = None
            while records := await self._rows.open_edits(organization, self._now - SETTLED, behind):
                if self._must_stop(swept):
                    return
                for record in records:
                    if self.dry_run:
                        continue  # whether its run has ended is told by closing it
                    edit = await settle(record, self.runs, self.catalog, self.blobs)
                    swept.things += int(edit.outcome is not None)
                last = records[-1]
                behind = (to_microseconds(last.created_at), last.id)

    async def _edits(self, swept: Swept) -> None:
        if self.retention is None:
            return
        limit = self._now - self.retention
        for organization in await self._rows.organizations():
            ended = functools.partial(self._rows.ended_edits, organization, limit)
            await self._each_batch(swept, ended, self._erase_edits)

    async def _erase_edits(self, swept: Swept, ids: list[str]) -> None:
        hidden = ids if self.dry_run else await self._rows.hide_ended(ids)
        swept.things += len(hidden)
        await self._erase(swept, hidden, edit_folder)
        if not self.dry_run:
            await self._rows.edits_are_erased(hidden, datetime.now(UTC))

    async def _deleted(self, swept: Swept) -> None:
        """Bytes of deleted edits: the object store was away, or a step was at it when its edit was deleted."""
        await self._each_batch(swept, self._rows.edits_to_erase, self._erase_deleted)

    async def _erase_deleted(self, swept: Swept, ids: list[str]) -> None:
        before = swept.bytes
        await self._erase(swept, ids, edit_folder)
        swept.things += int(swept.bytes > before)
        if not self.dry_run:
            await self._rows.edits_are_erased(ids, self._now - SETTLED)

    async def _files(self, swept: Swept) -> None:
        if self.retention is None:
            return
        # A file that has just come is for an edit that is about to be made of it, however short the retention.
        limit = self._now - max(self.retention, SETTLED)
        ended = self._now - self.retention if self.dry_run else None
        for organization in await self._rows.owners_of_files():
            unused = functools.partial(self._rows.unused_files, organization, limit, ended)
            await self._each_batch(swept, unused, self._remove_files)

    async def _remove_files(self, swept: Swept, ids: list[str]) -> None:
        # The row first: its bytes are orphans then, which go another night if not now.
        removed = ids if self.dry_run else await self._rows.remove_files(ids)
        swept.things += len(removed)
        await self._erase(swept, removed, file_folder)

    async def _uploads(self, swept: Swept) -> None:
        """Sessions that were never completed. The bytes first: what remains of a kill is found by its row."""
        expired = functools.partial(self._rows.expired_uploads, self._now - SETTLED)
        await self._each_batch(swept, expired, self._remove_uploads)

    async def _remove_uploads(self, swept: Swept, ids: list[str]) -> None:
        swept.things += len(ids)
        await self._erase(swept, ids, file_folder)
        await self._erase(swept, ids, _upload_folder)
        if not self.dry_run:
            await self._rows.remove_uploads(ids)

    async def _keys(self, swept: Swept) -> None:
        limit = self._now - KEPT
        if self.dry_run:
            swept.things = await self._rows.count_keys(limit)
            return
        while not self._must_stop(swept) and (removed := await self._rows.remove_keys(limit)):
            swept.things += removed

    async def _orphans(self, swept: Swept) -> None:
        orphans = Orphans(self._rows, self.blobs, self._now - SETTLED)
        async for found in orphans.batches():
            for each in found:
                self._count(swept, each.key, each.size)
            swept.things += len(found)
            if not self.dry_run:
                await self.blobs.delete_keys([each.key for each in found])
            if self._must_stop(swept):
                return
        for path, size in await self.blobs.unfinished(self._now - SETTLED):
            self._count(swept, str(path), size)
            swept.things += 1
            if not self.dry_run:
                await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _forget(self, swept: Swept) -> None:
        """Empty records that are there only lest a run of theirs, or a read of it, should bring them back."""
        limit = self._now - max(await self.runs.retention(), SETTLED)
        forgettable = functools.partial(self._rows.forgettable_edits, limit)
        await self._each_batch(swept, forgettable, self._forget_unless_running)

    async def _forget_unless_running(self, swept: Swept, ids: list[str]) -> None:
        gone = [edit_id for edit_id in ids if await self.runs.describe(edit_id, begun=False) is None]
        swept.things += len(gone)
        if not self.dry_run:
            await self._rows.forget_edits(gone)

    async def _each_batch(
        self, swept: Swept, found: NextFound, work: Callable[[Swept, list[str]], Awaitable[None]]
    ) -> None:
        behind: Place | None = None
        while not self._must_stop(swept) and (batch := await found(behind)):
            began = time.monotonic()
            await work(swept, [each.id for each in batch])
            behind = batch[-1].place
            await asyncio.sleep((time.monotonic() - began) * self.rest)

    async def _erase(self, swept: Swept, ids: Sequence[str], folder: Callable[[str], str]) -> None:
        slots = asyncio.Semaphore(AT_ONCE)

        async def erase(each: str) -> None:
            async with slots:
                self._count(swept, folder(each), await self._bytes_of(folder(each)))

        ended = await asyncio.gather(*(erase(each) for each in ids), return_exceptions=True)
        for error in ended:
            if isinstance(error, BaseException):
                raise error

    async def _bytes_of(self, folder: str) -> int:
        """How many bytes are there, or were."""
        if self.dry_run:
            return sum([each.size async for batch in self.blobs.objects(folder) for each in batch])
        return await self.blobs.delete_folder(folder)

    def _count(self, swept: Swept, what: str, size: int) -> None:
        swept.bytes += size
        self.say(what, size)

    def _must_stop(self, swept: Swept) -> bool:
        swept.more = swept.more or self.stopped()
        return swept.more


def _upload_folder(file_id: str) -> str:
    return upload_key(file_id).rpartition("/")[0]

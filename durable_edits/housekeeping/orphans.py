"""Stored bytes that no record refers to: of races that were lost, of processes that died in between.

Only what is older than anything that could be at work on it; and nothing outside the folders that this service writes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from durable_edits.storage.blobs import Blobs, StoredObject, edit_folder
from durable_edits.storage.expired import EditKeys, Expired

PLANS = ("plan-", "values-")  # a completed edit keeps what it was filled from, to which its record does not refer
# Folders of edits with ids of somebody else's choosing are named by hashes: to know them, all ids are read, once for so
# many objects.
HASHED_AT_ONCE = 100_000


class Orphans:
    """`before`: nothing written later is looked at."""

    def __init__(self, rows: Expired, blobs: Blobs, before: datetime) -> None:
        self._rows = rows
        self._blobs = blobs
        self._before = before

    async def batches(self) -> AsyncIterator[list[StoredObject]]:
        """Raises CatalogUnavailable, BlobsUnavailable."""
        hashed: list[StoredObject] = []
        async for objects in self._old("edits"):
            yield await self._of_edits([each for each in objects if not _is_hashed(each)])
            hashed += [each for each in objects if _is_hashed(each)]
            if len(hashed) > HASHED_AT_ONCE:
                yield await self._of_hashed_edits(hashed)
                hashed = []
        yield await self._of_hashed_edits(hashed)
        async for objects in self._old("files"):
            yield await self._of_files(objects)
        async for objects in self._old("uploads"):
            coming = await self._rows.open_uploads(_names(objects))
            yield [each for each in objects if _name(each) not in coming]
        async for objects in self._old("templates"):
            needed = await self._rows.needed_templates(_names(objects), self._before)
            yield [each for each in objects if _name(each) not in needed]
        # No record refers to them: whoever makes a draft removes it, and an answer is kept for who asks the same soon.
        for folder in ("drafts", "answers"):
            async for objects in self._old(folder):
                yield objects

    async def _old(self, folder: str) -> AsyncIterator[list[StoredObject]]:
        async for batch in self._blobs.objects(folder):
            yield [each for each in batch if each.modified < self._before]

    async def _of_edits(self, objects: list[StoredObject]) -> list[StoredObject]:
        return _unneeded(objects, await self._rows.keys_of_edits(_names(objects)))

    async def _of_hashed_edits(self, objects: list[StoredObject]) -> list[StoredObject]:
        folders = {each.folder for each in objects}
        known: list[str] = []
        last = ""
        while folders and (ids := await self._rows.edit_ids(last)):
            known += [edit_id for edit_id in ids if edit_folder(edit_id) in folders]
            last = ids[-1]
        kept: dict[str, EditKeys] = {}
        for start in range(0, len(known), 1_000):
            kept |= await self._rows.keys_of_edits(known[start : start + 1_000])
        return _unneeded(objects, kept)

    async def _of_files(self, objects: list[StoredObject]) -> list[StoredObject]:
        needed = await self._rows.needed_file_keys(_names(objects))

        def is_needed(each: StoredObject) -> bool:
            keys = needed.get(_name(each), frozenset())
            return keys is None or each.key in keys

        return [each for each in objects if not is_needed(each)]


def _unneeded(objects: Sequence[StoredObject], edits: dict[str, EditKeys]) -> list[StoredObject]:
    def is_needed(each: StoredObject) -> bool:
        edit = edits.get(each.folder)
        if edit is None:
            return False
        if edit.keys is None or each.key in edit.keys:
            return True
        return bool(edit.keys) and each.key.rpartition("/")[2].startswith(PLANS)

    return [each for each in objects if not is_needed(each)]


def _name(each: StoredObject) -> str:
    return each.folder.rpartition("/")[2]


def _names(objects: Sequence[StoredObject]) -> list[str]:
    return sorted({_name(each) for each in objects})


def _is_hashed(each: StoredObject) -> bool:
    return _name(each).startswith("x")

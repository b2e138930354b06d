"""What a step minds that may run after its edit has ended, or should have."""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio import activity

from durable_edits.contracts import BlobRef
from durable_edits.run_status import deadline_exceeded
from durable_edits.storage.blobs import Blobs, edit_folder
from durable_edits.storage.catalog import Catalog


def refuse_too_late(created_at: datetime, longest: timedelta) -> None:
    """Raises DeadlineExceeded. Both times are the Temporal server's."""
    if activity.info().started_time - created_at > longest:
        raise deadline_exceeded()


async def store_for(edit_id: str, name: str, data: bytes, blobs: Blobs, catalog: Catalog) -> BlobRef:
    """Store something of an edit; a worker that was frozen while its edit was cancelled or deleted leaves nothing."""
    ref = await blobs.put(edit_folder(edit_id), name, data)
    record = await catalog.edit(edit_id)
    if record is not None and record.outcome is not None and record.outcome.filled is None:
        await blobs.delete(ref)
    return ref

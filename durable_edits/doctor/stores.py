"""Catalog and object store, looked at through the code that uses them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select
from ulid import ULID

from durable_edits.contracts import BlobRef
from durable_edits.doctor.finding import Finding, fault, ok, warning
from durable_edits.doctor.process import blob_folder, catalog_file
from durable_edits.errors import BlobMissing, EditsError
from durable_edits.settings import Settings
from durable_edits.storage.blobs import Blobs
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.migrate import newest_revision, revision_of
from durable_edits.storage.open_edits import open_edits

PROBE = "doctor"  # the folder of the probe, which is removed again
SKEW = timedelta(seconds=5)  # links and leases are in minutes: below that, clocks that differ hurt nobody
OPEN_FOR = timedelta(hours=1)  # an edit takes seconds; one that waits longer has no worker, or a fault that comes back


async def catalog(settings: Settings) -> list[Finding]:
    """Its revision, its clock, and the edits that are open."""
    file = catalog_file(settings)
    if file is not None and not file.exists():  # to open it would make it
        return [fault(f"catalog ({file})", "is not there", "check EDITS_HOME and EDITS_CATALOG_URL, start a gateway.")]
    database = Catalog(settings.catalog)
    what = f"catalog ({database.engine.url.render_as_string()})"
    try:
        revision = await revision_of(database)
        findings = [_revision(what, revision, newest_revision())]
        if revision is not None:
            findings += [await _clock(database), await _open_edits(database)]
    except EditsError as error:
        return [fault(what, reason(error), error.message)]
    else:
        return findings
    finally:
        await database.close()


def _revision(what: str, found: str | None, newest: str) -> Finding:
    if found == newest:
        return ok(what, f"answers, at revision {found}")
    if found is None:
        return fault(what, "answers, and has no tables", "start a worker or a gateway: each brings it up to date.")
    if found < newest:
        seen = f"answers, at revision {found}; this release has {newest}"
        return warning(what, seen, "start a worker or a gateway of this release: each brings it up to date.")
    seen = f"answers, at revision {found}, which a later release made; this one knows {newest}"
    return warning(what, seen, "run the doctor of the later release, and finish the roll-out.")


async def _clock(database: Catalog) -> Finding:
    if database.engine.dialect.name == "sqlite":
        return ok("clock of the catalog", "is this machine's")
    now = select(func.clock_timestamp())
    before = datetime.now(UTC)
    theirs = await database.read(lambda connection: connection.execute(now).scalar_one())
    return clock("clock of the catalog", theirs, before, datetime.now(UTC))


def clock(what: str, theirs: datetime, before: datetime, after: datetime) -> Finding:
    """`theirs` was read between two looks at our own clock."""
    skew = max(before - theirs, theirs - after, timedelta())
    if skew <= SKEW:
        return ok(what, f"agrees with this machine's within {SKEW.total_seconds():g} s")
    direction = "behind" if theirs < before else "ahead of"
    seen = f"is {skew.total_seconds():.0f} s {direction} this machine's"
    return warning(what, seen, "set both by NTP: links end early or late, and signed requests are refused.")


async def _open_edits(database: Catalog) -> Finding:
    count, since = await open_edits(database)
    if since is None:
        return ok("open edits", "none")
    age = datetime.now(UTC) - since
    seen = f"{count}, the oldest for {str(age).partition('.')[0]}"
    if age <= OPEN_FOR:
        return ok("open edits", seen)
    return warning(
        "open edits",
        seen,
        "see that workers poll (below); `temporal workflow list --query 'ExecutionStatus=\"Running\"'` shows the runs, "
        "and `temporal workflow describe -w ID` what the oldest waits for.",
    )


async def blobs(settings: Settings) -> list[Finding]:
    """A probe is written, read, listed, removed; its time of writing is the store's clock."""
    url, folder = urlsplit(settings.blobs), blob_folder(settings)
    what = f"object store ({url.scheme}://{url.hostname or ''}{url.path})"
    if folder is not None and not folder.is_dir():  # to open it would make it
        return [fault(what, "is not there", "check EDITS_HOME and EDITS_BLOBS_URL, start a gateway.")]
    written = f"{ULID()}"
    try:
        store = Blobs(settings.blobs)
        before = datetime.now(UTC)
        ref = await store.put(PROBE, "probe.txt", written.encode())
        after = datetime.now(UTC)
        try:
            return [await _read_back(what, store, ref, written), await _blob_clock(store, ref, before, after)]
        finally:
            await store.delete(ref)
    except (EditsError, OSError) as error:
        return [fault(what, reason(error), getattr(error, "message", "see that the folder can be written."))]


async def _read_back(what: str, store: Blobs, ref: BlobRef, written: str) -> Finding:
    try:
        read = await store.get(ref)
    except BlobMissing as error:
        return fault(what, "what was written cannot be read back", error.message)
    listed = ref.key in await store.keys(PROBE)
    if read != written.encode() or not listed:
        return fault(what, "what was written is not listed", "see that its credentials may list the bucket.")
    return ok(what, "a probe was written, read, listed, and is removed again")


async def _blob_clock(store: Blobs, ref: BlobRef, before: datetime, after: datetime) -> Finding:
    theirs = await store.written_at(ref)
    second = timedelta(seconds=1)  # object stores tell no more
    return clock("clock of the object store", theirs, before - second, after + second)


def reason(error: Exception) -> str:
    """What was seen, without what the settings hold."""
    details = error.details if isinstance(error, EditsError) else {}
    return str(details.get("reason") or getattr(error, "strerror", None) or type(error).__name__)

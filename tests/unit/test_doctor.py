"""What the doctor says of settings, disk, catalog, folder and clocks; nothing it looks at is changed by that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from temporalio.api.common.v1 import WorkerVersionCapabilities
from temporalio.api.taskqueue.v1 import PollerInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueResponse

from durable_edits.contracts import EditInput, SourceDocument
from durable_edits.doctor import process
from durable_edits.doctor.finding import Finding, Level
from durable_edits.doctor.process import disk, settings_of
from durable_edits.doctor.stores import blobs, catalog, clock
from durable_edits.doctor.temporal import clock_of, releases_of, workers_at
from durable_edits.settings import Settings
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.migrate import migrate, newest_revision
from durable_edits.storage.records import started_record

QUEUE = "edits"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


async def tables(settings: Settings, revision: str = "head", *, open_since: datetime | None = None) -> None:
    database = Catalog(settings.catalog)
    await migrate(database, revision)
    if open_since is not None:
        edit = EditInput(document=SourceDocument(filename="form.pdf", url="https://example.org/form.pdf"))
        await database.create_edit(started_record("edt_open", edit, open_since), None)
    await database.close()


def levels(findings: list[Finding]) -> set[Level]:
    return {finding.level for finding in findings}


def test_a_misspelt_setting_is_named_with_what_was_meant(settings: Settings) -> None:
    [finding] = settings_of({"EDITS_GRACES": "5"}, settings)

    assert (finding.level, finding.next) == (Level.WARNING, "did you mean EDITS_GRACE?")


def test_a_gateway_for_everybody_without_keys_is_told(settings: Settings) -> None:
    open_to_all = settings.model_copy(update={"host": "0.0.0.0"})  # noqa: S104

    assert "EDITS_API_KEYS is empty" in settings_of({}, open_to_all)[-1].seen


def test_a_disk_that_is_nearly_full_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(settings.home, "blobs").mkdir(parents=True)
    monkeypatch.setattr(process, "FREE_BYTES", 2**63)
    monkeypatch.setattr(process, "FREE_SHARE", 1.0)

    assert levels(disk(settings)) == {Level.WARNING}


async def test_a_catalog_that_is_up_to_date_is_well(settings: Settings) -> None:
    await tables(settings)

    assert levels(await catalog(settings)) == {Level.OK}


async def test_tables_of_an_earlier_release_are_told_with_both_revisions(settings: Settings) -> None:
    await tables(settings, "0003")

    [revision, *_] = await catalog(settings)

    assert revision.level is Level.WARNING
    assert f"at revision 0003; this release has {newest_revision()}" in revision.seen


async def test_a_catalog_that_is_not_there_is_not_made(settings: Settings) -> None:
    settings.home.mkdir()

    [finding] = await catalog(settings)

    assert finding.level is Level.FAULT
    assert list(settings.home.iterdir()) == []


async def test_an_edit_that_has_been_open_for_hours_is_told(settings: Settings) -> None:
    await tables(settings, open_since=datetime.now(UTC) - timedelta(hours=3))

    [_, _, found] = await catalog(settings)

    assert found.level is Level.WARNING
    assert found.seen.startswith("1, the oldest for 3:00:")


async def test_a_database_that_refuses_is_a_fault_without_its_password(settings: Settings) -> None:
    url = SecretStr("postgresql+asyncpg://edits:secret@127.0.0.1:1/edits")

    [finding] = await catalog(settings.model_copy(update={"catalog_url": url}))

    assert finding.level is Level.FAULT
    assert "secret" not in finding.line()


async def test_a_folder_that_takes_and_gives_documents_is_well_and_keeps_no_probe(settings: Settings) -> None:
    folder = settings.home / "blobs"
    folder.mkdir(parents=True)

    assert levels(await blobs(settings)) == {Level.OK}
    assert [path for path in folder.rglob("*") if path.is_file()] == []


async def test_a_folder_that_is_not_there_is_not_made(settings: Settings) -> None:
    [finding] = await blobs(settings)

    assert finding.level is Level.FAULT
    assert not settings.home.exists()


@pytest.mark.parametrize(
    ("seconds", "level", "words"),
    [(0, Level.OK, "agrees"), (-60, Level.WARNING, "60 s behind"), (60, Level.WARNING, "60 s ahead of")],
)
def test_a_clock_is_compared_with_ours(seconds: int, level: Level, words: str) -> None:
    found = clock("clock", NOW + timedelta(seconds=seconds), NOW, NOW)

    assert (found.level, words in found.seen) == (level, True)


def poller(age: timedelta, build: str = "one") -> PollerInfo:
    seen = PollerInfo(identity="1@host", worker_version_capabilities=WorkerVersionCapabilities(build_id=build))
    seen.last_access_time.FromDatetime(datetime.now(UTC) - age)
    return seen


def test_a_worker_that_has_not_polled_for_minutes_is_none() -> None:
    """Temporal shows a killed one for five."""
    queue = DescribeTaskQueueResponse(pollers=[poller(timedelta(minutes=3))])

    found = workers_at("step", QUEUE, queue)

    assert (found.level, found.seen) == (Level.FAULT, "none polls the queue edits; 0 tasks wait")


def test_workers_of_two_releases_are_told() -> None:
    both = [poller(timedelta(), build) for build in ("one", "two")]

    assert levels(releases_of(both)) == {Level.WARNING}


def test_workers_of_one_release_are_nothing_to_tell() -> None:
    assert releases_of([poller(timedelta()), poller(timedelta(seconds=5))]) == []


def test_a_poll_in_our_future_means_that_our_clock_is_behind() -> None:
    [found] = clock_of([poller(timedelta(minutes=-2))])

    assert "120 s ahead" in found.seen or "119 s ahead" in found.seen

"""Housekeeping in deployed processes: by its Schedule, by hand, killed in the middle; and what a delete answers."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from temporalio.client import Client, ScheduleDescription
from temporalio.service import RPCError, RPCStatusCode

from durable_edits.contracts import new_edit_id
from durable_edits.housekeeping.schedule import schedule_id
from tests.forms import many_fields_form, many_values, text_form
from tests.live import ROOT, Live, until

FORM, INSTRUCTIONS = text_form(["name"]), "name: Ada"
DAY = 24 * 60 * 60
MANY = 2_000  # edits: seconds of work, to be killed in the middle of
RETENTION: dict[str, Any] = {"EDITS_RETENTION_DAYS": "30"}
LONG_AGO = 40 * DAY


def make_old(live: Live, edit_id: str) -> None:
    past = {"past": LONG_AGO * 1_000_000, "id": edit_id}
    with closing(sqlite3.connect(live.home / "catalog.db")) as catalog, catalog:
        catalog.execute(
            "UPDATE edits SET created_at = created_at - :past, closed_at = closed_at - :past WHERE id = :id", past
        )


def make_many_old(live: Live) -> None:
    """Ended edits as their records and objects are, without having been made one by one."""
    ids, past = [new_edit_id() for _ in range(MANY)], int((time.time() - LONG_AGO) * 1_000_000)
    for edit_id in ids:
        folder = live.home / "blobs" / "edits" / edit_id
        folder.mkdir(parents=True)
        for name in ("plan-0.json", "filled-0.pdf", "result-0.json"):
            (folder / name).write_bytes(b"somebody's")
    with closing(sqlite3.connect(live.home / "catalog.db")) as catalog, catalog:
        catalog.executemany(
            "INSERT INTO edits (id, organization, created_at, file_id, filename, filename_folded, mime_type, model,"
            " color, status, closed_at) VALUES (?, 'acme', ?, 'file_x', 'a', 'a', '', '', '#000080', 'failed', ?)",
            [(edit_id, past, past) for edit_id in ids],
        )


def folders(live: Live) -> list[str]:
    return [each.name for each in (live.home / "blobs").glob("edits/*")]


def housekeeping(live: Live, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """As an operator types it."""
    command = [sys.executable, "-m", "durable_edits.housekeeping", *arguments]
    return subprocess.run(command, env=live.env | settings, cwd=ROOT, capture_output=True, text=True, check=False)


async def the_schedule(live: Live, temporal: Client) -> ScheduleDescription | None:
    try:
        return await temporal.get_schedule_handle(schedule_id(live.settings["EDITS_TASK_QUEUE"])).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def scheduled_input(live: Live, temporal: Client) -> dict[str, Any] | None:
    found = await the_schedule(live, temporal)
    if found is None:
        return None
    args: Any = found.schedule.action
    return dict(json.loads(args.args[0].data))


async def run_by_schedule(live: Live, temporal: Client) -> None:
    await temporal.get_schedule_handle(schedule_id(live.settings["EDITS_TASK_QUEUE"])).trigger()


async def done_by_schedule(live: Live, temporal: Client) -> bool:
    found = await the_schedule(live, temporal)
    assert found is not None
    return bool(found.info.recent_actions) and not found.info.running_actions


# The Schedule


async def test_workers_that_start_together_make_one_schedule_as_their_settings_want_it(
    live: Live, temporal: Client
) -> None:
    workers = [live.worker(wait=False, **RETENTION) for _ in range(3)]
    for worker in workers:
        worker.wait_for_line("worker ready", 60)

    found = await scheduled_input(live, temporal)

    assert found is not None
    assert (found["retention_days"], found["schedule"]) == (30.0, "30 3 * * *")
    assert not any("could not be looked after" in worker.tail(100) for worker in workers)


async def test_a_changed_setting_changes_the_schedule_and_one_that_is_taken_away_ends_the_retention(
    live: Live, temporal: Client
) -> None:
    seen, wanted = [], [RETENTION, {"EDITS_RETENTION_DAYS": "90"}, {}]
    for settings in wanted:
        worker = await asyncio.to_thread(live.worker, **settings)
        found = await scheduled_input(live, temporal)
        seen.append(found and found["retention_days"])
        worker.stop()

    assert seen == [30.0, 90.0, None]


async def test_an_operators_pause_outlives_a_change_of_the_settings(live: Live, temporal: Client) -> None:
    live.worker(**RETENTION).stop()
    await temporal.get_schedule_handle(schedule_id(live.settings["EDITS_TASK_QUEUE"])).pause(note="an audit")

    live.worker(EDITS_RETENTION_DAYS="90")

    found = await the_schedule(live, temporal)
    assert found is not None
    assert (found.schedule.state.paused, found.schedule.state.note) == (True, "an audit")


async def test_housekeeping_that_is_switched_off_has_no_schedule(live: Live, temporal: Client) -> None:
    live.worker(**RETENTION).stop()

    live.worker(EDITS_HOUSEKEEPING="off")

    assert await the_schedule(live, temporal) is None


async def test_by_its_schedule_an_old_edit_goes_and_a_young_one_and_one_in_flight_stay(
    live: Live, temporal: Client
) -> None:
    gateway = live.gateway()
    worker = live.worker(**RETENTION)
    old, young = [gateway.start(FORM, INSTRUCTIONS) for _ in range(2)]
    for edit_id in (old, young):
        gateway.wait(edit_id, "completed")
    make_old(live, old)
    running = gateway.start(many_fields_form(1_500), many_values(1_500))

    await run_by_schedule(live, temporal)
    while not await done_by_schedule(live, temporal):
        worker.check()
        await asyncio.sleep(0.1)

    assert gateway.http.get(f"/v1/edits/{old}").status_code == 404
    assert old not in folders(live)
    assert gateway.get(young)["status"] == "completed"
    assert gateway.wait(running)["status"] == "completed"


async def test_housekeeping_that_is_killed_in_the_middle_is_gone_on_with_by_another_worker(
    live: Live, temporal: Client
) -> None:
    gateway = live.gateway()
    worker = live.worker(**RETENTION)
    young = gateway.start(FORM, INSTRUCTIONS)
    gateway.wait(young, "completed")
    make_many_old(live)

    await run_by_schedule(live, temporal)
    until(lambda: len(folders(live)) < MANY * 0.9, 60)
    worker.kill()
    left = len(folders(live))
    live.worker(**RETENTION)
    while not await done_by_schedule(live, temporal):
        await asyncio.sleep(0.2)

    assert left > 1
    assert folders(live) == [young]
    assert [row["id"] for row in gateway.page(limit=100)["data"]] == [young]


async def test_a_worker_drains_at_once_though_it_is_at_housekeeping(live: Live, temporal: Client) -> None:
    gateway, worker = live.gateway(), live.worker(**RETENTION, EDITS_GRACE="60")
    make_many_old(live)
    await run_by_schedule(live, temporal)
    until(lambda: len(folders(live)) < MANY * 0.9, 60)

    began = time.monotonic()
    code = worker.stop(30)
    took = time.monotonic() - began

    assert (code, took < 10, len(folders(live)) > 0) == (0, True, True)
    assert gateway.page()["data"] != []


# By hand


def test_by_hand_it_tells_what_would_go_and_then_does_it(live: Live) -> None:
    gateway = live.gateway()
    live.worker()
    edit_id = gateway.start(FORM, INSTRUCTIONS)
    gateway.wait(edit_id, "completed")
    make_old(live, edit_id)

    told = housekeeping(live, "--dry-run", "--list", **RETENTION)
    status = gateway.status(edit_id)
    done = housekeeping(live, **RETENTION)

    assert (told.returncode, told.stderr, done.returncode, done.stderr) == (0, "", 0, "")
    assert "Ended edits are kept for 30 days. This would go:" in told.stdout
    assert f"edits/{edit_id}" in told.stdout
    assert status == "completed"
    [line] = [line for line in done.stdout.splitlines() if "past their retention, with outputs" in line]
    assert line.split()[0] == "1"
    assert gateway.http.get(f"/v1/edits/{edit_id}").status_code == 404


def test_by_hand_without_a_retention_it_says_that_edits_are_kept(live: Live) -> None:
    live.gateway()

    told = housekeeping(live, "--dry-run")

    assert told.stdout.startswith("Ended edits are kept for ever (EDITS_RETENTION_DAYS is not set).")


# Deletes


def away(blobs: Path) -> Path:
    """The object store: where its directory was there is a file."""
    aside = blobs.rename(blobs.with_name("aside"))
    blobs.write_text("no directory")
    return aside


def test_a_delete_answers_204_once_the_bytes_are_gone_and_202_where_housekeeping_is_to_erase_them(live: Live) -> None:
    gateway = live.gateway()
    live.worker()
    first, second = [gateway.start(FORM, INSTRUCTIONS) for _ in range(2)]
    for edit_id in (first, second):
        gateway.wait(edit_id, "completed")
    blobs = live.home / "blobs"

    gone = gateway.http.delete(f"/v1/edits/{first}")
    after_the_first = folders(live)
    aside = away(blobs)
    later = gateway.http.delete(f"/v1/edits/{second}")
    blobs.unlink()
    shutil.move(aside, blobs)
    read, left = gateway.http.get(f"/v1/edits/{second}").status_code, folders(live)
    done = housekeeping(live)

    assert (gone.status_code, gone.content, after_the_first) == (204, b"", [second])
    assert (later.status_code, later.json()["erased"], read, left) == (202, False, 404, [second])
    assert (done.returncode, folders(live)) == (0, [])

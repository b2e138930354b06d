"""Jobs in child processes: whatever a document does to its child, the worker and the next job live on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from activities.children import forkserver
from activities.children.pool import ENGINE, Children, open_children
from activities.children.standard_error import LINES
from durable_edits.errors import DocumentTooComplex, DocumentTooManyPages, EngineCrashed, FillTimedOut
from tests.activities import jobs
from tests.activities.held import begun_in, hold_a_child
from tests.activities.waiting import begun, dead, eventually, forkservers, gone
from tests.activities.waiting import children as living

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's limit is Linux's")

AT_ONCE = 0.5  # seconds
LIMIT_MB = 400
STUBBORN = [jobs.spin, jobs.hold_the_interpreter, jobs.ignore_signals]


def opened(slots: int = 1, seconds: float = 30.0, memory_mb: int = LIMIT_MB) -> AbstractAsyncContextManager[Children]:
    return open_children(slots, seconds, memory_mb, (ENGINE, jobs.__name__))


@pytest.fixture(scope="module")
async def children() -> AsyncIterator[Children]:
    """One for all tests here: whatever one of them does to it, the next finds a child that works."""
    async with opened() as children:
        yield children


# Ends that come from outside


@pytest.mark.parametrize("job", STUBBORN, ids=lambda job: job.__name__)
async def test_a_cancel_kills_the_child_at_once(
    children: Children, caplog: pytest.LogCaptureFixture, job: Callable[[], None]
) -> None:
    running = asyncio.create_task(children.run(job))
    child = await begun(caplog)

    began = time.monotonic()
    running.cancel()
    await asyncio.wait({running})
    took = time.monotonic() - began

    assert running.cancelled()
    assert gone(child)
    assert took < AT_ONCE


@pytest.mark.parametrize("job", STUBBORN, ids=lambda job: job.__name__)
async def test_a_job_over_its_time_is_killed_and_the_error_names_the_limit(
    caplog: pytest.LogCaptureFixture, job: Callable[[], None]
) -> None:
    async with opened(seconds=0.5) as children:
        began = time.monotonic()
        with pytest.raises(FillTimedOut, match=r"longer than 0.5 s \(EDITS_FILL_TIMEOUT\); simplify it") as caught:
            await children.run(job)
        took = time.monotonic() - began

        assert caught.value.details == {"seconds": 0.5}
        assert gone(await begun(caplog))
        assert took < 0.5 + AT_ONCE


async def test_the_answer_of_a_cancelled_job_never_reaches_another(children: Children) -> None:
    await children.run(jobs.pid)

    for turn in range(10):
        cancelled = asyncio.create_task(children.run(jobs.late, "the cancelled one's", 0.02))
        await asyncio.sleep(0.015 + 0.001 * turn)  # before, while and after the answer comes
        cancelled.cancel()
        await asyncio.wait({cancelled})

        assert await children.run(jobs.echo, turn) == turn


async def test_the_answer_of_a_job_out_of_time_never_reaches_another() -> None:
    async with opened(seconds=0.1) as hasty:
        for turn in range(5):
            with contextlib.suppress(FillTimedOut):
                await hasty.run(jobs.late, "the late one's", 0.09 + 0.003 * turn)
            assert await hasty.run(jobs.echo, turn) == turn


async def test_a_cancel_while_waiting_for_a_slot_takes_nothing(
    children: Children, caplog: pytest.LogCaptureFixture
) -> None:
    first = asyncio.create_task(children.run(jobs.nap, 0.3))
    child = await begun(caplog)
    waiting = asyncio.create_task(children.run(jobs.pid))
    await asyncio.sleep(0.05)

    waiting.cancel()
    await asyncio.wait({waiting})

    assert waiting.cancelled()
    assert await first == child
    assert await children.run(jobs.pid) == child


async def test_waiting_for_a_slot_is_no_part_of_a_jobs_time() -> None:
    async with opened(seconds=1.0) as children:
        answers = await asyncio.gather(*(children.run(jobs.late, turn, 0.3) for turn in range(4)))

    assert answers == [0, 1, 2, 3]


# What a job does to its own process


@linux
@pytest.mark.parametrize("job", [jobs.allocate_at_once, jobs.allocate_bit_by_bit], ids=lambda job: job.__name__)
async def test_a_job_over_the_memory_limit_is_too_complex(children: Children, job: Callable[[int], int]) -> None:
    with pytest.raises(DocumentTooComplex, match=r"400 MB of memory .*CHILD_MEMORY_MB\); simplify it") as caught:
        await children.run(job, LIMIT_MB + 100)

    assert caught.value.details == {"limit_mb": LIMIT_MB}
    assert await children.run(jobs.allocate_at_once, LIMIT_MB // 2) == LIMIT_MB // 2 * jobs.MEGABYTE


@linux
async def test_what_one_document_leaves_in_memory_is_not_the_next_ones_fault(children: Children) -> None:
    first = await children.run(jobs.pid)

    await children.run(jobs.keep, LIMIT_MB * 3 // 4)

    assert await children.run(jobs.allocate_at_once, LIMIT_MB * 3 // 4) == LIMIT_MB * 3 // 4 * jobs.MEGABYTE
    assert gone(first)


@linux
async def test_a_document_larger_than_the_limit_is_too_complex_and_never_read_in_part(children: Children) -> None:
    """Its rest would be taken for the jobs that follow."""
    with pytest.raises(DocumentTooComplex):
        await children.run(jobs.size_of, b"N." * (LIMIT_MB // 2 * jobs.MEGABYTE))

    assert [await children.run(jobs.echo, turn) for turn in range(3)] == [0, 1, 2]


@linux
async def test_an_answer_may_be_nearly_as_large_as_the_limit(children: Children) -> None:
    size = (LIMIT_MB - 150) * jobs.MEGABYTE

    assert len(await children.run(jobs.bytes_of, size)) == size


@pytest.mark.parametrize(
    ("job", "argument"),
    [
        (jobs.leave, 0),
        (jobs.leave, 3),
        (jobs.kill_itself, signal.SIGKILL),
        (jobs.kill_itself, signal.SIGTERM),
        (jobs.kill_itself, signal.SIGABRT),
    ],
    ids=["exit 0", "exit 3", "SIGKILL", "SIGTERM", "SIGABRT"],
)
async def test_a_child_that_dies_is_a_crash_and_the_next_job_works(
    children: Children, job: Callable[[int], None], argument: int
) -> None:
    with pytest.raises(EngineCrashed, match="died; the edit is tried again"):
        await children.run(job, argument)

    assert await children.run(jobs.echo, "next") == "next"


async def test_a_segmentation_fault_is_a_crash_and_the_next_job_works(children: Children) -> None:
    with pytest.raises(EngineCrashed, match="died; the edit is tried again"):
        await children.run(jobs.read_address_zero)

    assert await children.run(jobs.echo, "next") == "next"


@pytest.mark.parametrize("job", [jobs.call_exit, jobs.interrupt], ids=lambda job: job.__name__)
async def test_a_job_that_wants_to_end_the_program_ends_only_itself(
    children: Children, job: Callable[[], None]
) -> None:
    with pytest.raises(EngineCrashed):
        await children.run(job)

    assert await children.run(jobs.echo, "next") == "next"


async def test_an_error_outside_the_tree_is_a_crash_that_tells_where(children: Children) -> None:
    with pytest.raises(EngineCrashed, match="could not be worked on; see the worker's log") as caught:
        await children.run(jobs.divide, 1)

    assert caught.value.details == {"error": "ZeroDivisionError"}
    [told_where] = caught.value.__notes__
    assert "in divide" in told_where
    assert told_where.rstrip().endswith("ZeroDivisionError")


async def test_what_an_error_outside_the_tree_says_stays_in_the_child(children: Children) -> None:
    """It may quote the document."""
    with pytest.raises(EngineCrashed) as caught:
        await children.run(jobs.quote, "the patient's name")

    assert "patient" not in "".join([caught.value.message, *caught.value.__notes__])


@pytest.mark.parametrize("job", [jobs.raise_unsendable, jobs.recurse], ids=lambda job: job.__name__)
async def test_any_error_of_a_job_comes_back_as_a_crash(children: Children, job: Callable[[], Any]) -> None:
    with pytest.raises(EngineCrashed):
        await children.run(job)

    assert await children.run(jobs.echo, "next") == "next"


async def test_an_error_of_the_tree_comes_back_whole(children: Children) -> None:
    with pytest.raises(DocumentTooManyPages) as caught:
        await children.run(jobs.too_many_pages)

    assert caught.value.code == "document_too_many_pages"
    assert caught.value.message == "Zoë's document has more than 7 pages; send its form alone."
    assert caught.value.details == {"limit": 7, "of": ["a", None]}


async def test_what_a_job_writes_to_standard_error_never_stops_it(children: Children) -> None:
    assert await children.run(jobs.write_to_stderr, jobs.MEGABYTE) == jobs.MEGABYTE // 1_000 * 1_000


async def test_of_what_a_job_writes_to_standard_error_the_log_has_its_first_lines(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with opened() as children:
        child = await children.run(jobs.pid)

        await children.run(jobs.complain, 1_000)
        await eventually(lambda: len(caplog.messages) >= LINES)

    assert caplog.messages[0] == f"child {child}: complaint 0"
    assert len(caplog.messages) == LINES
    assert caplog.messages[-1].endswith("(what follows is left out)")


@pytest.mark.parametrize("size", [0, 1, 65_536, 50_000_001])
async def test_documents_of_any_size_go_there_and_come_back(children: Children, size: int) -> None:
    document = os.urandom(size)

    assert await children.run(jobs.echo, document) == document


# How many there are, and when


async def test_there_are_never_more_children_than_slots() -> None:
    others = living()
    async with opened(2) as children:
        working = asyncio.gather(*(children.run(jobs.span, 0.1) for _ in range(8)))
        most = 0
        while not working.done():
            most = max(most, len(living() - others))
            await asyncio.sleep(0.005)

        spans = await working
    assert most == len({child for child, _, _ in spans}) == 2
    assert max(sum(began <= at < ended for _, began, ended in spans) for _, at, _ in spans) == 2


async def test_cancels_while_children_start_leave_none_behind() -> None:
    """Each cancel kills a child, and the next job in the queue is cancelled while its own one starts."""
    others = living()
    async with opened(2) as children:
        queue = [asyncio.create_task(children.run(jobs.late, "never", 60)) for _ in range(12)]
        await asyncio.sleep(0.5)

        for each in queue:
            each.cancel()
            await asyncio.sleep(0.02)
        await asyncio.wait(queue)

        assert all(each.cancelled() for each in queue)
        assert len(living() - others) <= 2
        assert await children.run(jobs.echo, "next") == "next"


async def test_children_have_the_engine_before_the_first_job() -> None:
    others = living()
    async with opened(2) as children:
        ready = living() - others
        asked = await asyncio.gather(*(children.run(jobs.imported, ENGINE) for _ in range(2)))

    assert len(ready) == 2
    assert set(asked) == {(child, True) for child in ready}


async def test_a_child_that_dies_between_two_jobs_is_replaced_at_once_and_no_edit_notices(children: Children) -> None:
    for _ in range(5):
        idle = await children.run(jobs.pid)
        os.kill(idle, signal.SIGKILL)
        await asyncio.sleep(0.02)

        assert await children.run(jobs.pid) != idle


async def test_a_killed_child_has_a_successor_before_another_job_asks_for_it() -> None:
    others = living()
    async with opened() as children:
        first = await children.run(jobs.pid)
        os.kill(first, signal.SIGKILL)

        await eventually(lambda: len(living() - others - {first}) == 1)


async def test_a_killed_forkserver_is_replaced_and_the_next_job_works() -> None:
    others = {server.pid for server in forkservers()}
    async with opened() as children:
        [server] = [server for server in forkservers() if server.pid not in others]
        child = await children.run(jobs.pid)

        server.kill()

        await eventually(lambda: gone(child))
        assert await children.run(jobs.echo, "next") == "next"


async def test_a_frozen_forkserver_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forkserver, "REPLY_SECONDS", 0.5)
    others = {server.pid for server in forkservers()}
    async with opened() as children:
        [server] = [server for server in forkservers() if server.pid not in others]
        server.suspend()
        with pytest.raises(EngineCrashed):
            await children.run(jobs.leave, 0)

        assert await children.run(jobs.echo, "next") == "next"


async def test_a_document_goes_to_the_child_that_has_seen_it() -> None:
    async with opened(2) as children:
        document = b"a form " * 100
        both = await asyncio.gather(*(children.run(jobs.pid_for, each) for each in (document, b"another")))
        answers = [
            [await children.run(jobs.pid_for, each) for each in (document, b"another", document)] for _ in range(3)
        ]

    assert answers == [[both[0], both[1], both[0]]] * 3


async def test_nothing_is_left_when_a_pool_closes() -> None:
    others = living() | {server.pid for server in forkservers()}
    async with opened(2):
        of_it = living() | {server.pid for server in forkservers()} - others

    await eventually(lambda: all(gone(each) for each in of_it - others))


# Whom they belong to


@linux
async def test_a_child_dies_with_its_killed_worker_in_the_middle_of_a_job() -> None:
    worker = hold_a_child("60", "nap", "60")
    child = begun_in(worker)

    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()

    await eventually(lambda: dead(child), AT_ONCE)


@linux
async def test_a_forkserver_whose_worker_was_killed_while_it_starts_does_not_go_on(tmp_path: Path) -> None:
    importing, imported = tmp_path / "importing", tmp_path / "imported"
    (tmp_path / "slow_to_import.py").write_text(
        f"import os, pathlib, time\npathlib.Path({str(importing)!r}).write_text(str(os.getpid()))\n"
        f"time.sleep(1)\npathlib.Path({str(imported)!r}).touch()\n"
    )
    worker = hold_a_child("60", "nap", "60", "slow_to_import", str(tmp_path))
    await eventually(lambda: importing.exists() and importing.read_text() != "")

    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()

    await eventually(lambda: dead(int(importing.read_text())), AT_ONCE)
    assert not imported.exists()


async def test_an_interrupt_to_the_whole_group_leaves_children_to_the_worker() -> None:
    worker = hold_a_child("60", "nap", "0.5")
    child = begun_in(worker)

    os.killpg(worker.pid, signal.SIGINT)

    output, _ = await asyncio.to_thread(worker.communicate, timeout=20)
    assert output.decode() == f"answered by {child}\n"

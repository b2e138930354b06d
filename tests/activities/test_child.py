"""Jobs in child processes: whatever a document does to its child, the worker and the next job live on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from activities.child import Children
from durable_edits.errors import DocumentTooComplex, DocumentTooManyPages, EngineCrashed, FillTimedOut
from tests.activities import jobs
from tests.activities.waiting import children_of_this_process, dead, eventually, gone, told
from tests.live import ROOT

# A loop of its own for each test: idle children belong to a loop, and none may be left over from another test.
pytestmark = pytest.mark.asyncio(loop_scope="function")

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's limit is Linux's")

AT_ONCE = 0.5  # seconds
LIMIT_MB = 400
STUBBORN = [jobs.spin, jobs.hold_the_interpreter, jobs.ignore_signals]


@pytest.fixture
def children() -> Children:
    return Children(1, 30.0, LIMIT_MB)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    return tmp_path / "pid"


# Ends that come from outside


@pytest.mark.parametrize("job", STUBBORN, ids=lambda job: job.__name__)
async def test_a_cancel_kills_the_child_at_once(children: Children, note: Path, job: Callable[[Path], None]) -> None:
    running = asyncio.create_task(children.run(job, note))
    child = await told(note)

    began = time.monotonic()
    running.cancel()
    await asyncio.wait({running})
    took = time.monotonic() - began

    assert running.cancelled()
    assert gone(child)
    assert took < AT_ONCE


@pytest.mark.parametrize("job", STUBBORN, ids=lambda job: job.__name__)
async def test_a_job_over_its_time_is_killed_and_the_error_names_the_limit(
    children: Children, note: Path, job: Callable[[Path], None]
) -> None:
    await children.run(jobs.pid)

    began = time.monotonic()
    with pytest.raises(FillTimedOut, match=r"longer than 0.5 s \(EDITS_FILL_TIMEOUT\); simplify it") as caught:
        await Children(1, 0.5, LIMIT_MB).run(job, note)
    took = time.monotonic() - began

    assert caught.value.details == {"seconds": 0.5}
    assert gone(await told(note))
    assert took < 0.5 + AT_ONCE


async def test_the_answer_of_a_cancelled_job_never_reaches_another(children: Children) -> None:
    await children.run(jobs.pid)

    for turn in range(10):
        cancelled = asyncio.create_task(children.run(jobs.late, "the cancelled one's", 0.02))
        await asyncio.sleep(0.015 + 0.001 * turn)  # before, while and after the answer comes
        cancelled.cancel()
        await asyncio.wait({cancelled})

        assert await children.run(jobs.echo, turn) == turn


async def test_the_answer_of_a_job_out_of_time_never_reaches_another(children: Children) -> None:
    hasty = Children(1, 0.1, LIMIT_MB)

    for turn in range(5):
        await children.run(jobs.pid)  # the hasty one finds a child that is ready
        with contextlib.suppress(FillTimedOut):
            await hasty.run(jobs.late, "the late one's", 0.09 + 0.003 * turn)
        assert await children.run(jobs.echo, turn) == turn


async def test_a_cancel_while_waiting_for_a_slot_takes_nothing(children: Children, note: Path) -> None:
    first = asyncio.create_task(children.run(jobs.nap, note, 0.3))
    child = await told(note)
    waiting = asyncio.create_task(children.run(jobs.pid))
    await asyncio.sleep(0.05)

    waiting.cancel()
    await asyncio.wait({waiting})

    assert waiting.cancelled()
    assert await first == child
    assert await children.run(jobs.pid) == child


async def test_waiting_for_a_slot_is_no_part_of_a_jobs_time() -> None:
    children = Children(1, 1.0, LIMIT_MB)
    await children.run(jobs.pid)

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
async def test_the_limit_is_that_of_the_job_not_that_of_the_child_before(children: Children) -> None:
    await children.run(jobs.pid)

    assert await Children(1, 30.0, 1_200).run(jobs.allocate_at_once, 800) == 800 * jobs.MEGABYTE
    with pytest.raises(DocumentTooComplex):
        await children.run(jobs.allocate_at_once, 800)


@linux
async def test_a_document_larger_than_the_limit_is_never_read_in_part() -> None:
    """Its rest would be taken for the jobs that follow."""
    children = Children(1, 30.0, 100)
    await children.run(jobs.pid)
    document = b"N." * (50 * jobs.MEGABYTE)  # as a pickle: None, None, None, …

    assert await children.run(jobs.size_of, document) == len(document)
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
    assert told_where.rstrip().endswith("ZeroDivisionError: division by zero")


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


async def test_what_a_job_writes_to_standard_error_never_stops_it() -> None:
    children = Children(1, 5.0, LIMIT_MB)

    assert await children.run(jobs.write_to_stderr, jobs.MEGABYTE) == jobs.MEGABYTE // 1_000 * 1_000


@pytest.mark.parametrize("size", [0, 1, 65_536, 50_000_001])
async def test_documents_of_any_size_go_there_and_come_back(size: int) -> None:
    document = os.urandom(size)

    assert await Children(1, 30.0, 1_000).run(jobs.echo, document) == document


# How many there are, and when


async def test_there_are_never_more_children_than_slots() -> None:
    others = children_of_this_process()
    children = Children(2, 30.0, LIMIT_MB)
    working = asyncio.gather(*(children.run(jobs.span, 0.1) for _ in range(8)))
    most = 0
    while not working.done():
        most = max(most, len(children_of_this_process() - others))
        await asyncio.sleep(0.005)

    spans = await working
    assert most == len({child for child, _, _ in spans}) == 2
    assert max(sum(began <= at < ended for _, began, ended in spans) for _, at, _ in spans) == 2


async def test_cancels_while_children_start_leave_none_behind() -> None:
    """Each cancel kills a child, and the next job in the queue is cancelled while its own one starts."""
    others = children_of_this_process()
    children = Children(2, 30.0, LIMIT_MB)
    queue = [asyncio.create_task(children.run(jobs.late, "never", 60)) for _ in range(12)]
    await asyncio.sleep(0.5)

    for each in queue:
        each.cancel()
        await asyncio.sleep(0.02)
    await asyncio.wait(queue)

    assert all(each.cancelled() for each in queue)
    assert len(children_of_this_process() - others) <= 2
    assert await children.run(jobs.echo, "next") == "next"


async def test_children_that_are_warm_have_the_engine_before_the_first_job() -> None:
    others = children_of_this_process()
    children = Children(2, 30.0, LIMIT_MB)

    await children.warm()
    ready = children_of_this_process() - others
    asked = await asyncio.gather(*(children.run(jobs.imported, "activities.jobs") for _ in range(2)))

    assert len(ready) == 2
    assert set(asked) == {(child, True) for child in ready}


async def test_a_child_that_died_between_two_jobs_is_replaced(children: Children) -> None:
    idle = await children.run(jobs.pid)
    os.kill(idle, signal.SIGKILL)
    await eventually(lambda: gone(idle))
    await asyncio.sleep(0.05)

    assert await children.run(jobs.pid) != idle


# Whom they belong to


@linux
async def test_a_child_dies_with_its_killed_worker_in_the_middle_of_a_job(note: Path) -> None:
    worker = hold_a_child(note, 60)
    child = await told(note)

    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()

    await eventually(lambda: dead(child), AT_ONCE)


@linux
async def test_a_child_whose_worker_was_killed_before_its_first_job_does_not_begin_it(tmp_path: Path) -> None:
    importing, working = tmp_path / "importing", tmp_path / "working"
    worker = hold_a_child(working, 60, importing)
    child = await told(importing)

    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()

    await eventually(lambda: dead(child), 5)
    assert not working.exists()


async def test_an_interrupt_to_the_whole_group_leaves_children_to_the_worker(note: Path) -> None:
    worker = hold_a_child(note, 0.5)
    child = await told(note)

    os.killpg(worker.pid, signal.SIGINT)

    output, _ = await asyncio.to_thread(worker.communicate, timeout=20)
    assert output.decode() == f"answered by {child}\n"


def hold_a_child(note: Path, seconds: float, *importing: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.activities.holder", str(note), str(seconds), *map(str, importing)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)

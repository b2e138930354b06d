"""Somebody has taken a child over, by a document that found a hole in the engine: what it gets, and who notices."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from activities.children.confinement import DAC_READ_SEARCH
from activities.children.pool import ENGINE, Children, open_children
from activities.jobs import fill_planned
from durable_edits.errors import EngineCrashed, FillTimedOut
from durable_edits.form import Plan
from tests.activities import hostile_jobs, jobs
from tests.activities.held import begun_in, hold_a_child
from tests.activities.waiting import children as living
from tests.activities.waiting import dead, eventually, gone
from tests.forms import text_form
from tests.live import ROOT
from tests.made_forms import encrypted, made_form, text

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's confinement is Linux's")

MODULES = (ENGINE, jobs.__name__, hostile_jobs.__name__)
MEMORY_MB = 400
SECRET = "a secret of the worker's"
REFUSED = {"PermissionError", "BlockingIOError", "gaierror", "RuntimeError", "ValueError"}
# One of each family of fonts that are read when they are needed, and a codec for Japanese and one for Chinese.
SCRIPTS = ["Zoë Łukasz €5", "日本語の名前", "简体中文", "العربية", "हिन्दी", "ไทย", "∑∫", "😀", "⠃⠗"]


@pytest.fixture(scope="module")
async def children() -> AsyncIterator[Children]:
    """Two: one to take over, and one that must not notice."""
    os.environ["EDITS_TESTS_SECRET"] = SECRET
    async with open_children(2, 30.0, MEMORY_MB, MODULES) as children:
        yield children
    del os.environ["EDITS_TESTS_SECRET"]


@pytest.fixture(scope="module")
async def hasty() -> AsyncIterator[Children]:
    async with open_children(1, 1.0, MEMORY_MB, MODULES) as children:
        yield children


def got(attempts: dict[str, str]) -> dict[str, str]:
    """The attempts that were not refused."""
    assert attempts
    return {name: end for name, end in attempts.items() if end not in REFUSED}


# What it gets


async def test_it_reaches_nobody(children: Children) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert got(await children.run(hostile_jobs.reach_out, server.getsockname()[1])) == {}


async def test_it_reads_no_file_but_those_of_the_engine(children: Children, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)

    assert got(await children.run(hostile_jobs.read_files, str(tmp_path / "secret"), os.getpid())) == {}
    assert await children.run(hostile_jobs.read_engine) > 0


async def test_it_writes_no_file(children: Children, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)

    assert got(await children.run(hostile_jobs.write_files, str(tmp_path))) == {}
    assert os.listdir(tmp_path) == ["secret"]
    assert (tmp_path / "secret").read_text() == SECRET


async def test_the_state_of_the_worker_is_closed_to_it_although_it_lies_beside_the_engine(
    children: Children, tmp_path: Path
) -> None:
    """EDITS_HOME is `.edits` in the working directory, and that has the packages of this project too."""
    assert got(await children.run(hostile_jobs.read_files, str(ROOT / "README.md"), os.getpid())) == {}


async def test_its_environment_is_empty(children: Children) -> None:
    environment = await children.run(hostile_jobs.environment)

    assert set(environment) <= {"LC_CTYPE"}  # which Python sets where there is no other


async def test_it_starts_no_process_and_no_thread(children: Children) -> None:
    assert got(await children.run(hostile_jobs.start_processes)) == {}


async def test_it_reaches_no_other_process(children: Children) -> None:
    both = [child for child, _ in await asyncio.gather(*(children.run(jobs.imported, ENGINE) for _ in "12"))]

    assert got(await children.run(hostile_jobs.reach_processes, os.getpid(), both)) == {}


async def test_it_cannot_undo_its_limits(children: Children) -> None:
    assert got(await children.run(hostile_jobs.grow, MEMORY_MB * hostile_jobs.MEGABYTE)) == {}


async def test_it_has_no_privilege_and_gains_none(children: Children) -> None:
    child = await children.run(jobs.pid)

    with open(f"/proc/{child}/status") as lines:  # noqa: ASYNC230 - a few bytes of the kernel's
        status = dict(line.split(":", 1) for line in lines)
    held = {name: int(status[name], 16) & ~DAC_READ_SEARCH for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")}
    assert set(held.values()) == {0}
    assert (status["NoNewPrivs"].strip(), status["Seccomp"].strip()) == ("1", "2")


async def test_it_holds_a_bounded_number_of_files(children: Children) -> None:
    assert 8 < await children.run(hostile_jobs.open_many) < 64


@pytest.mark.parametrize("protected", [False, True], ids=["plain", "encrypted"])
async def test_an_honest_job_gets_what_it_would_get_without_any_limit(children: Children, protected: bool) -> None:
    names = [f"t{number}" for number in range(len(SCRIPTS))]
    form = made_form([text(name, (20, 30 * at + 20, 300, 30 * at + 45)) for at, name in enumerate(names)])
    form = encrypted(form, "AES-256") if protected else form
    plan = Plan(values=dict(zip(names, SCRIPTS, strict=True)), unused=[]).model_dump_json().encode()

    confined = await children.run(fill_planned, form, plan, "#000080", 10)

    assert confined.result.count(b'"filled"') == len(names)
    if not protected:  # an encrypted one has other random bytes each time
        assert confined == fill_planned(form, plan, "#000080", 10)


# Who notices


@pytest.mark.parametrize("what", hostile_jobs.ANSWERS)
async def test_an_answer_that_is_none_is_a_crash_and_its_child_is_killed(children: Children, what: str) -> None:
    before = living()

    async with asyncio.timeout(5):
        with pytest.raises(EngineCrashed):
            await children.run(hostile_jobs.answer_with, what)

    assert len(before & living()) == len(before) - 1
    assert await children.run(jobs.echo, "next") == "next"


async def test_answers_without_end_are_cut_off_before_they_fill_the_worker(children: Children) -> None:
    held = psutil.Process().memory_info().rss

    with pytest.raises(EngineCrashed):
        await children.run(hostile_jobs.write_without_end)

    assert psutil.Process().memory_info().rss - held < 50 * hostile_jobs.MEGABYTE


async def test_an_answer_that_only_promises_to_be_large_takes_no_memory(hasty: Children) -> None:
    held = psutil.Process().memory_info().rss

    with pytest.raises(FillTimedOut):
        await hasty.run(hostile_jobs.promise_gigabytes)

    assert psutil.Process().memory_info().rss - held < 50 * hostile_jobs.MEGABYTE


@pytest.mark.parametrize("job", [hostile_jobs.stop_itself, jobs.spin], ids=lambda job: job.__name__)
async def test_a_child_that_does_nothing_more_is_killed_in_time(hasty: Children, job: Callable[[], Any]) -> None:
    began = time.monotonic()

    with pytest.raises(FillTimedOut):
        await hasty.run(job)

    assert time.monotonic() - began < 2.5
    assert await hasty.run(jobs.echo, "next") == "next"


async def test_a_child_that_closes_its_line_is_killed_at_once(children: Children) -> None:
    before = living()

    async with asyncio.timeout(5):
        with pytest.raises(EngineCrashed):
            await children.run(hostile_jobs.close_the_line)

    [ended] = before - living()
    assert gone(ended)


async def test_what_it_says_unasked_reaches_no_later_job(children: Children) -> None:
    before = living()

    assert await children.run(hostile_jobs.answer_and_go_on) == "the answer"
    await eventually(lambda: len(before - living()) == 1)

    assert [await children.run(jobs.echo, turn) for turn in range(4)] == [0, 1, 2, 3]


async def test_a_child_of_a_frozen_worker_ends_by_its_own_limit_of_processor_time() -> None:
    worker = hold_a_child("1", "spin")
    child = begun_in(worker)

    psutil.Process(worker.pid).suspend()

    await eventually(lambda: dead(child), 20)
    worker.kill()
    worker.communicate()


async def test_other_edits_do_not_notice(children: Children) -> None:
    """In one slot one hostile job after the other; in the second slot fills, each right and none late."""
    form, plan = text_form(["name"]), Plan(values={"name": "Ada"}, unused=[]).model_dump_json().encode()
    wanted = fill_planned(form, plan, "#000080", 10)
    hostile: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        *((hostile_jobs.answer_with, (what,)) for what in hostile_jobs.ANSWERS),
        (hostile_jobs.write_without_end, ()),
        (hostile_jobs.close_the_line, ()),
        (jobs.leave, (0,)),
        (jobs.read_address_zero, ()),
        (jobs.allocate_bit_by_bit, (MEMORY_MB,)),
        (jobs.write_to_stderr, (hostile_jobs.MEGABYTE,)),
    ]

    async def attack() -> None:
        for job, arguments in hostile:
            await asyncio.gather(children.run(job, *arguments), return_exceptions=True)

    attacking = asyncio.create_task(attack())
    took: list[float] = []
    while not attacking.done():
        began = time.monotonic()
        assert await children.run(fill_planned, form, plan, "#000080", 10) == wanted
        took.append(time.monotonic() - began)
        await asyncio.sleep(0.01)

    assert len(took) > 10
    assert max(took) < 5.0  # of the 30 that a child may hold a slot


# Machines that allow less


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ("landlock", ["files (Landlock)"]),
        ("seccomp", ["system calls (seccomp)"]),
        ("landlock,seccomp", ["files (Landlock)", "system calls (seccomp)"]),
    ],
)
async def test_where_the_kernel_refuses_a_part_the_log_says_so_in_one_line_and_work_goes_on(
    refused: str, told: list[str]
) -> None:
    command = [sys.executable, "-u", "-m", "tests.activities.less_confined", refused]
    ran = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False)

    log, *answers = ran.stdout.splitlines()
    assert log.startswith("children are not confined in everything on this machine: ")
    assert [part.partition(":")[0] for part in log.partition("machine: ")[2].split("; ")] == told
    assert answers == ["answered [0, 1, 2, 3]"]

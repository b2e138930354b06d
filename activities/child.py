"""Run one engine job in a child process: a cancel, a time-out or a memory limit ends it at once, and nothing else.

A document is somebody else's program. Whatever it does to its child, the worker lives on.
"""

from __future__ import annotations

import asyncio
import ctypes
import functools
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple

from anyio import BrokenWorkerProcess, CapacityLimiter, to_process

from activities.unbroken import unbroken
from durable_edits.errors import DocumentTooComplex, EditsError, EngineCrashed, FillTimedOut

Arguments = TypeVarTuple("Arguments")
Answer = TypeVar("Answer")

MEGABYTE = 1024 * 1024
PR_SET_PDEATHSIG = 1  # linux/prctl.h
WARM_SECONDS = 60.0  # importing the engine takes about a second, more on a machine that is starting many processes


class Children:
    """At most `slots` children at a time, each with `memory_mb` of address space, each job at most `seconds` long."""

    def __init__(self, slots: int, seconds: float, memory_mb: int) -> None:
        self._slots = CapacityLimiter(slots)
        self._seconds = seconds
        self._memory = memory_mb * MEGABYTE
        self._started: set[int] = set()
        self._busy = 0

    async def run(self, job: Callable[[*Arguments], Answer], *arguments: *Arguments) -> Answer:
        """The job's answer; `job` is a function a fresh process can import, its arguments and answer can be pickled.

        Raises whatever EditsError the job raises, DocumentTooComplex over the memory limit, FillTimedOut over the
        time limit, EngineCrashed when the child died or broke. A cancelled caller kills the child before it returns.
        """
        async with self._slots:
            answer: Answer = await self._run(job, arguments, self._seconds)
        return answer

    async def warm(self) -> None:
        """Start every child and let it import the engine, so that the first edit does not wait for it."""
        await asyncio.gather(
            *(self._run(_import_engine, (), WARM_SECONDS) for _ in range(int(self._slots.total_tokens)))
        )

    async def _run(self, job: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> Any:
        self._busy += 1
        try:
            await self._ensure_child()
            async with asyncio.timeout(seconds):
                return await to_process.run_sync(
                    _limited, job, arguments, self._memory, os.getpid(), cancellable=True, limiter=CapacityLimiter(1)
                )
        except TimeoutError as error:
            raise FillTimedOut(
                f"The document took longer than {seconds:g} s (EDITS_FILL_TIMEOUT); simplify it or raise the limit.",
                seconds=seconds,
            ) from error
        except BrokenWorkerProcess as error:
            raise EngineCrashed("The process working on the document died; the edit is tried again.") from error
        finally:
            self._busy -= 1

    async def _ensure_child(self) -> None:
        """One for each job at work. A child whose start is cancelled is lost to the pool, and lives on beside it."""
        self._started = {pid for pid in self._started if _exists(pid)}
        if len(self._started) < self._busy:
            self._started.add(await unbroken(to_process.run_sync(_begin, limiter=CapacityLimiter(1))))
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError


def _begin() -> int:
    """Here, and not in `os`: with this module the child imports most of what a job needs."""
    return os.getpid()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _limited(job: Callable[..., Answer], arguments: tuple[Any, ...], memory: int, worker: int) -> Answer:
    """Runs in the child."""
    _confine(worker)
    try:
        with _memory_limit(memory):
            return job(*arguments)
    except EditsError:
        raise
    except MemoryError:
        raise DocumentTooComplex(
            f"The document needs more than {memory // MEGABYTE} MB of memory (EDITS_CHILD_MEMORY_MB); simplify it or "
            "raise the limit.",
            limit_mb=memory // MEGABYTE,
        ) from None
    except BaseException as error:  # SystemExit too: sent back as it is, it would end the worker
        crash = EngineCrashed("The document could not be worked on; see the worker's log.", error=type(error).__name__)
        crash.add_note(traceback.format_exc())
        raise crash from None


@functools.cache
def _confine(worker: int) -> None:
    """Once for each child."""
    if sys.platform == "linux":
        # A worker that is killed takes its children along, in the middle of a job too.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != worker:  # it was killed before
            os._exit(1)
    # Ctrl-C reaches the whole foreground group; the worker decides when its children end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nobody reads this pipe: a library that complains often enough would fill it and wait for ever.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


@contextmanager
def _memory_limit(memory: int) -> Iterator[None]:
    """For the job alone: a request that breaks it is read in part, and its rest taken for the next one."""
    if sys.platform != "linux":
        yield
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _import_engine() -> None:
    import activities.jobs  # noqa: F401

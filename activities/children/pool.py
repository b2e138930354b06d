"""Engine jobs in child processes: a cancel, a time-out or a memory limit ends one at once, and nothing else.

A document is somebody else's program. Whatever it does to its child, the worker lives on.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar, TypeVarTuple

from activities.children.child import MEGABYTE, Child, document_of
from activities.children.forkserver import START_SECONDS, Forkserver, start_forkserver
from activities.unbroken import unbroken
from durable_edits import metrics
from durable_edits.errors import DocumentTooComplex, EngineCrashed, FillTimedOut
from durable_edits.tracing import span

Arguments = TypeVarTuple("Arguments")
Answer = TypeVar("Answer")

ENGINE = "activities.jobs"
NEXT_TRY = 1.0  # seconds after a child that could not be started
KILLED = (
    -signal.SIGKILL
)  # by us, on a cancel or over the time; by the kernel, seldom, when the machine is out of memory

log = logging.getLogger("worker.children")


@asynccontextmanager
async def open_children(
    slots: int, seconds: float, memory_mb: int, modules: tuple[str, ...] = (ENGINE,)
) -> AsyncIterator[Children]:
    """As many children as `slots`, each with `memory_mb` of address space, each job at most `seconds` long.

    `modules` have the jobs, and are imported before any document is seen.
    """
    children = Children(slots, seconds, memory_mb, modules)
    try:
        await children.start()
        yield children
    finally:
        await unbroken(children.close())


class Children:
    def __init__(self, slots: int, seconds: float, memory_mb: int, modules: tuple[str, ...]) -> None:
        self._count = slots
        self._slots = asyncio.Semaphore(slots)
        self._seconds = seconds
        self._memory = memory_mb * MEGABYTE
        self._modules = list(modules)
        self._forkserver: Forkserver | None = None
        self._starting_forkserver = asyncio.Lock()
        self._idle: list[Child] = []
        self._arrived = asyncio.Event()
        self._replacing: set[asyncio.Task[None]] = set()
        self._told = False
        self._closed = False

    async def run(self, job: Callable[[*Arguments], Answer], *arguments: *Arguments) -> Answer:
        """The job's answer; `job` is a function of `modules`, its arguments and answer are bytes, JSON, or a dataclass
        of those.

        Raises whatever DocumentError or InstructionsError the job raises, DocumentTooComplex over the memory limit,
        FillTimedOut over the time limit, EngineCrashed when the child died or broke. A cancelled caller kills the child
        before it returns.
        """
        async with self._slots:
            child = await self._take(arguments)
            try:
                with span(f"child {job.__name__}", pid=child.pid):
                    async with asyncio.timeout(self._seconds):
                        answer: Answer = await child.ask(job, arguments)
            except TimeoutError as error:
                raise FillTimedOut(
                    f"The document took longer than {self._seconds:g} s (EDITS_FILL_TIMEOUT); simplify it or raise the "
                    "limit.",
                    seconds=self._seconds,
                ) from error
            finally:
                if not child.usable:
                    metrics.CHILD_KILLS.add(_cause(sys.exception()))
                await self._give_back(child)
        return answer

    async def start(self) -> None:
        """Every child, so that the first edit does not wait for one."""
        started = await asyncio.gather(*(self._fresh() for _ in range(self._count)), return_exceptions=True)
        self._idle += [child for child in started if isinstance(child, Child)]
        for fault in started:
            if isinstance(fault, BaseException):
                raise fault

    async def close(self) -> None:
        self._closed = True
        for task in self._replacing:
            task.cancel()
        await asyncio.gather(*self._replacing, return_exceptions=True)
        while self._idle:
            await self._idle.pop().bury()
        if self._forkserver is not None:
            await self._forkserver.close()

    async def _take(self, arguments: tuple[Any, ...]) -> Child:
        """One that has seen the document and knows its form, or the one that worked last: it has the warmest caches."""
        try:
            async with asyncio.timeout(START_SECONDS):
                while not self._idle:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError as error:
            raise EngineCrashed("No child process could be started; see the worker's log.") from error
        document = document_of(arguments)
        knowing = (child for child in reversed(self._idle) if document is not None and child.knows(document))
        child = next(knowing, self._idle[-1])
        self._idle.remove(child)
        return child

    async def _give_back(self, child: Child) -> None:
        if child.usable:
            self._add(child)
        else:
            await unbroken(self._bury(child))
            self._in_background(self._start_another())

    def _add(self, child: Child) -> None:
        self._idle.append(child)
        self._arrived.set()

    def _lost(self, child: Child) -> None:
        """Its socket closed. In the middle of a job, `run` sees to it."""
        if child in self._idle:
            self._idle.remove(child)
            self._in_background(self._replace(child))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        if self._closed:
            work.close()
            return
        task = asyncio.create_task(work)
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    async def _replace(self, child: Child) -> None:
        await self._bury(child)
        await self._start_another()

    async def _bury(self, child: Child) -> None:
        ended = await child.bury()
        if ended != KILLED:
            how = "with the process that it came from" if ended is None else _how(ended)
            log.warning("child %d ended %s; another takes its place", child.pid, how)

    async def _start_another(self) -> None:
        while True:
            try:
                self._add(await self._fresh())
            except (EngineCrashed, OSError) as error:
                log.error("%s", error)  # noqa: TRY400 - its words say all
                await asyncio.sleep(NEXT_TRY)
            else:
                return

    async def _fresh(self) -> Child:
        child = Child(await self._forked_from(), self._lost)
        try:
            await child.start()
        except BaseException:
            await unbroken(child.bury())
            raise
        self._tell(child.unconfined)
        return child

    async def _forked_from(self) -> Forkserver:
        async with self._starting_forkserver:
            if self._forkserver is None or self._forkserver.lost:
                if self._forkserver is not None:
                    log.warning("the process that starts children died; another takes its place")
                    await self._forkserver.close()
                self._forkserver = await start_forkserver(self._modules, self._seconds, self._memory)
            return self._forkserver

    def _tell(self, unconfined: list[str]) -> None:
        if not self._told:
            self._told = True
            if unconfined:
                log.warning("children are not confined in everything on this machine: %s", "; ".join(unconfined))
            else:
                log.info("children are confined: memory, processor, files, network, processes, privileges")


def _cause(error: BaseException | None) -> str:
    """Why a child ends with its job; "worn": it has held so much memory that it gets no other."""
    match error:
        case asyncio.CancelledError():
            return "cancel"
        case FillTimedOut():
            return "time_limit"
        case DocumentTooComplex():
            return "memory_limit"
        case EngineCrashed():
            return "crash"
        case _:
            return "worn"


def _how(ended: int) -> str:
    return f"by {signal.Signals(-ended).name}" if ended < 0 else f"with exit code {ended}"

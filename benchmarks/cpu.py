"""CPU accounting: user and system time of every thread of a process and of all it ever started, from /proc."""

from __future__ import annotations

import os
import sys
from dataclasses import astuple, dataclass

import psutil

from dev.errors import StackError


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of CPU. `caller` is who starts the run: the gateway of an edit, the Temporal client of the bare one."""

    server: float
    worker: float
    children: float
    caller: float

    @property
    def total(self) -> float:
        return self.server + self.worker + self.children + self.caller

    def __sub__(self, earlier: Spent) -> Spent:
        return Spent(*(now - then for now, then in zip(astuple(self), astuple(earlier), strict=True)))

    def __truediv__(self, runs: int) -> Spent:
        return Spent(*(seconds / runs for seconds in astuple(self)))


class Meter:
    """Reads what the processes of one kind of run have spent so far; the kernel counts in steps of 10 ms."""

    def __init__(self, *, server: int, worker: int, caller: int = os.getpid()) -> None:
        if sys.platform != "linux":
            raise StackError("The benchmarks read CPU times of ended child processes from /proc: run them on Linux.")
        self._server, self._worker, self._caller = (psutil.Process(pid) for pid in (server, worker, caller))

    def read(self) -> Spent:
        own = self._worker.cpu_times()
        return Spent(
            server=tree_seconds(self._server),
            worker=own.user + own.system,
            children=tree_seconds(self._worker) - own.user - own.system,
            # The measuring process is the bare caller, and has started everything: what it started is not its own.
            caller=sum(self._caller.cpu_times()[:2]),
        )


def tree_seconds(process: psutil.Process) -> float:
    """A child that ends between two readings moves from the living to its parent's `children_*`; none is lost."""
    return sum(sum(each.cpu_times()[:4]) for each in [process, *process.children(recursive=True)])

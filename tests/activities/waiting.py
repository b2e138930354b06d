"""Waiting for what other processes do."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable

import psutil
import pytest

from activities.children import forkserver_main


async def begun(log: pytest.LogCaptureFixture) -> int:
    """The pid of the child whose job has said so (jobs.tell); only once for each time it was said."""
    said = re.compile(r"child (\d+): begun")
    await eventually(lambda: any(said.fullmatch(message) for message in log.messages))
    [pid] = [match[1] for match in map(said.fullmatch, log.messages) if match]
    log.clear()
    return int(pid)


async def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds:g} s"
        await asyncio.sleep(0.005)


def dead(pid: int) -> bool:
    """It does nothing any more; whoever inherited it may not have buried it yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def gone(pid: int) -> bool:
    """Not even a zombie is left."""
    return not psutil.pid_exists(pid)


def children() -> set[int]:
    """The children that work for this process: each comes from one of its forkservers."""
    return {child.pid for server in forkservers() for child in server.children()}


def forkservers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if forkserver_main.__file__ in child.cmdline()]

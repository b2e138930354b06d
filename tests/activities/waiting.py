"""Waiting for what other processes do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import psutil


async def told(note: Path) -> int:
    """The pid of the child that wrote it."""
    await eventually(note.exists)
    return int(note.read_text())  # noqa: ASYNC240 - a few bytes in a local file


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


def children_of_this_process() -> set[int]:
    return {child.pid for child in psutil.Process().children()}

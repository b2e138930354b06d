"""What documents do to the process that works on them. Each runs in a child; some of them never come back."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from typing import Any

from durable_edits.errors import DocumentTooManyPages

MEGABYTE = 1024 * 1024


def tell() -> None:
    """To whoever reads the worker's log: this job has begun."""
    os.write(2, b"begun\n")


def pid() -> int:
    return os.getpid()


def echo(value: Any) -> Any:
    return value


def size_of(data: bytes) -> int:
    return len(data)


def pid_for(document: bytes) -> int:
    return os.getpid() if document else 0


def bytes_of(size: int) -> bytes:
    return bytes(size)


def imported(module: str) -> tuple[int, bool]:
    time.sleep(0.2)  # long enough for another child to take the next job
    return os.getpid(), module in sys.modules


def nap(seconds: float) -> int:
    tell()
    time.sleep(seconds)
    return os.getpid()


def span(seconds: float) -> tuple[int, float, float]:
    """Which child worked from when till when."""
    began = time.monotonic()
    time.sleep(seconds)
    return os.getpid(), began, time.monotonic()


def late(value: Any, seconds: float) -> Any:
    time.sleep(seconds)
    return value


def spin() -> None:
    tell()
    while True:
        pass


def hold_the_interpreter() -> None:
    """A C library's loop: no other thread and no signal handler of Python runs any more."""
    tell()
    ctypes.PyDLL(None).sleep(3600)


def ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    spin()


def allocate_at_once(megabytes: int) -> int:
    return len(bytearray(megabytes * MEGABYTE))


def allocate_bit_by_bit(megabytes: int) -> int:
    return len([bytes(1_000) for _ in range(megabytes * 1_000)])


KEPT: list[bytes] = []


def keep(megabytes: int) -> int:
    KEPT.append(b"x" * (megabytes * MEGABYTE))
    return len(KEPT)


def leave(code: int) -> None:
    os._exit(code)


def kill_itself(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(60)


def read_address_zero() -> None:
    ctypes.string_at(0)


def call_exit() -> None:
    sys.exit(3)


def interrupt() -> None:
    raise KeyboardInterrupt


def quote(text: str) -> None:
    raise ValueError(f"{text} is no number")


def divide(number: int) -> float:
    return number / 0


class Unsendable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__("cannot be built again from its arguments")
        self.both = one, two, lambda: None


def raise_unsendable() -> None:
    raise Unsendable(1, 2)


def too_many_pages() -> None:
    raise DocumentTooManyPages("Zoë's document has more than 7 pages; send its form alone.", limit=7, of=["a", None])


def recurse(depth: int = 0) -> int:
    return recurse(depth + 1)


def write_to_stderr(size: int) -> int:
    """Past sys.stderr, as C libraries do."""
    return sum(os.write(2, b"x" * 1_000) for _ in range(size // 1_000))


def complain(times: int) -> None:
    for turn in range(times):
        print(f"complaint {turn}", file=sys.stderr)

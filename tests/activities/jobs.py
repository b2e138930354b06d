"""What documents do to the process that works on them. Each runs in a child; some of them never come back."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

from durable_edits.errors import DocumentTooManyPages

MEGABYTE = 1024 * 1024


def tell(note: Path) -> None:
    """Write this child's pid where the test reads it: a job has begun once it stands there."""
    draft = note.with_name(f"{note.name}.{os.getpid()}")
    draft.write_text(str(os.getpid()))
    draft.rename(note)


def pid() -> int:
    return os.getpid()


def echo(value: object) -> object:
    return value


def size_of(data: bytes) -> int:
    return len(data)


def bytes_of(size: int) -> bytes:
    return bytes(size)


def imported(module: str) -> tuple[int, bool]:
    time.sleep(0.2)  # long enough for another child to take the next job
    return os.getpid(), module in sys.modules


def nap(note: Path, seconds: float) -> int:
    tell(note)
    time.sleep(seconds)
    return os.getpid()


def span(seconds: float) -> tuple[int, float, float]:
    """Which child worked from when till when."""
    began = time.monotonic()
    time.sleep(seconds)
    return os.getpid(), began, time.monotonic()


def late(value: object, seconds: float) -> object:
    time.sleep(seconds)
    return value


def spin(note: Path) -> None:
    tell(note)
    while True:
        pass


def hold_the_interpreter(note: Path) -> None:
    """A C library's loop: no other thread and no signal handler of Python runs any more."""
    tell(note)
    ctypes.PyDLL(None).sleep(3600)


def ignore_signals(note: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    spin(note)


def allocate_at_once(megabytes: int) -> int:
    return len(bytearray(megabytes * MEGABYTE))


def allocate_bit_by_bit(megabytes: int) -> int:
    return len([bytes(1_000) for _ in range(megabytes * 1_000)])


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

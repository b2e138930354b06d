"""The worker's end of a child's socket: one job out, one answer back, and nothing more than was asked for."""

from __future__ import annotations

import asyncio
import mmap
from collections.abc import Callable
from typing import Any, cast

from activities.children.frames import LENGTH, BrokenFrame, Head, read_head
from durable_edits.errors import EngineCrashed

HEAD_LIMIT = 64 * 1024  # bytes of an answer's head: its numbers, or an error; real ones have under 10 KB
LARGE = 1024 * 1024
START = LENGTH.size + HEAD_LIMIT


class Connection(asyncio.BufferedProtocol):
    """What comes unasked, too much or in another form ends the connection: the child is not what it was."""

    def __init__(self, on_lost: Callable[[], None]) -> None:
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[list[Any]] | None = None
        self._limit = 0
        self._head: Head | None = None
        self._into = memoryview(bytearray(START))
        self._start = self._into
        self._filled = 0

    @property
    def lost(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    def send(self, pieces: list[bytes]) -> None:
        if self._transport is not None:
            for piece in pieces:
                self._transport.write(piece)

    def answer(self, limit: int) -> asyncio.Future[list[Any]]:
        """The values of the next frame, at most `limit` bytes of them; EngineCrashed when there will be none."""
        self._limit, self._answer = limit, asyncio.get_running_loop().create_future()
        if self.lost:
            self._answer.set_exception(_died())
        return self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are of no such class

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._into[self._filled :]

    def buffer_updated(self, count: int) -> None:
        self._filled += count
        try:
            self._read()
        except BrokenFrame:
            self.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(_died())
        self._on_lost()

    def _read(self) -> None:
        if self._answer is None or self._answer.done():
            raise BrokenFrame("nothing was asked")
        if self._head is None:
            self._read_head()
        if self._head is not None and self._filled == len(self._into):
            values = self._head.joined(self._head.cut(self._into))
            self._head, self._into, self._filled = None, self._start, 0
            self._answer.set_result(values)

    def _read_head(self) -> None:
        if self._filled < LENGTH.size:
            return
        [length] = LENGTH.unpack(self._into[: LENGTH.size])
        if length > HEAD_LIMIT:
            raise BrokenFrame(f"a head of {length} bytes")
        end = LENGTH.size + length
        if self._filled < end:
            return
        head = read_head(self._into[LENGTH.size : end], limit=self._limit)
        came = self._filled - end
        if came > head.body:
            raise BrokenFrame("more than one frame")
        body = _room(head.body)
        body[:came] = self._into[end : self._filled]
        self._head, self._into, self._filled = head, body, came


def _room(size: int) -> memoryview:
    """Pages that take no memory before something comes: a child may promise more than it sends."""
    return memoryview(bytearray(size) if size < LARGE else mmap.mmap(-1, size))


def _died() -> EngineCrashed:
    return EngineCrashed("The process working on the document died; the edit is tried again.")

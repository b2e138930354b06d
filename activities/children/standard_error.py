"""What a child or the forkserver writes to standard error, in the worker's log: the first lines of each job.

It is read to the end, or its writer would wait; but slowly once it is too much, or its reader would do nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import socket

LINES = 20  # of one job: a C library's last words, or a stack of a crash
LINE = 300  # characters
PIECE = 64 * 1024
PAUSE = 0.05  # seconds between two reads beyond that

log = logging.getLogger("worker.children")


class StandardError:
    def __init__(self, name: str, line: socket.socket) -> None:
        self.name = name
        self._line = line
        self._lines = LINES
        self._loop = asyncio.get_running_loop()
        line.setblocking(False)
        self._listen()

    def renew(self) -> None:
        """For the next job."""
        self._lines = LINES

    def close(self) -> None:
        """With the last words of whoever has died."""
        if self._line.fileno() >= 0:
            while self._lines and self._read():
                pass
            self._end()

    def _listen(self) -> None:
        if self._line.fileno() >= 0:
            self._loop.add_reader(self._line, self._heard)

    def _heard(self) -> None:
        if not self._read():
            self._end()
        elif self._lines == 0:
            self._loop.remove_reader(self._line)
            self._loop.call_later(PAUSE, self._listen)

    def _read(self) -> bool:
        """Whether there was something."""
        try:
            data = self._line.recv(PIECE)
        except OSError:
            return False
        for line in data.splitlines()[: self._lines]:
            self._lines -= 1
            last = "" if self._lines else " (what follows is left out)"
            log.warning("%s: %s%s", self.name, line[:LINE].decode(errors="replace"), last)
        return bool(data)

    def _end(self) -> None:
        self._loop.remove_reader(self._line)
        self._line.close()

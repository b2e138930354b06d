"""What a child does all its life: read a job from its socket, do it, write the answer."""

from __future__ import annotations

import resource
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from activities.children.confinement import limit_processor
from activities.children.frames import LENGTH, packed, read_head
from durable_edits.errors import DocumentTooComplex, EditsError, EngineCrashed

MEGABYTE = 1024 * 1024
PIECE = MEGABYTE
TRACE_LENGTH = 8_000  # characters
# Of its memory limit: a child that has needed more is replaced after the job. What one document leaves behind in a heap
# must not become the next one's fault.
RETIRES_AT = 0.5


class Ended(Exception):
    """The worker has closed the socket."""


def work(line: socket.socket, seconds: float, memory: int) -> None:
    """Until the worker closes the socket."""
    while True:
        try:
            [name, *arguments] = _receive(line)
        except Ended:
            return
        except MemoryError:
            _send(line, last=True, answer=_failed(_too_complex(memory)))
            _drain(line)
            return
        limit_processor(seconds)
        answer = _done(_job(name), arguments, memory)
        del arguments
        _send(line, last=_peak() > memory * RETIRES_AT, answer=answer)
        del answer


def _send(line: socket.socket, *, last: bool, answer: list[Any]) -> None:
    try:
        pieces = packed([last, *answer])
    except ValueError as error:  # half of a surrogate pair in a message, for one
        pieces = packed([last, *_crashed(error)])
    for piece in pieces:
        line.sendall(piece)


def _receive(line: socket.socket) -> list[Any]:
    [length] = LENGTH.unpack(_exactly(line, LENGTH.size))
    head = read_head(_exactly(line, length), limit=sys.maxsize)
    return head.joined([_exactly(line, size) for size in head.sizes if size is not None])


def _exactly(line: socket.socket, size: int) -> bytes:
    """All of it, or Ended."""
    data = line.recv(size, socket.MSG_WAITALL) if size else b""
    while len(data) < size:  # it is more than the kernel gives at once, or the other side has gone
        more = line.recv(size - len(data), socket.MSG_WAITALL)
        if not more:
            raise Ended
        data += more
    return data


def _drain(line: socket.socket) -> None:
    """Closed with something unread, a socket would take the answer back."""
    while line.recv(PIECE):
        pass


def _job(name: str) -> Callable[..., Any]:
    """Only of what was imported before the first document; the worker says no other name."""
    module, _, function = name.partition(":")
    job: Callable[..., Any] = getattr(sys.modules[module], function)
    return job


def _done(job: Callable[..., Any], arguments: list[Any], memory: int) -> list[Any]:
    try:
        return ["done", *_flat(job(*arguments))]
    except EditsError as error:
        return _failed(error)
    except MemoryError:
        return _failed(_too_complex(memory))
    except BaseException as error:  # SystemExit too: the child goes on
        return _crashed(error)


def _flat(answer: Any) -> list[Any]:
    if is_dataclass(answer) and not isinstance(answer, type):
        return [getattr(answer, field.name) for field in fields(answer)]
    return [answer]


def _failed(error: EditsError, trace: str | None = None) -> list[Any]:
    return ["failed", error.code, error.message, error.details, trace]


def _crashed(error: BaseException) -> list[Any]:
    crash = EngineCrashed("The document could not be worked on; see the worker's log.", error=type(error).__name__)
    return _failed(crash, trace(error))


def _too_complex(memory: int) -> DocumentTooComplex:
    megabytes = memory // MEGABYTE
    return DocumentTooComplex(
        f"The document needs more than {megabytes} MB of memory (EDITS_CHILD_MEMORY_MB); simplify it or raise the "
        "limit.",
        limit_mb=megabytes,
    )


def trace(error: BaseException) -> str:
    """Where it happened and what kind of error it is. Its message is left out: it may quote the document."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames[-TRACE_LENGTH:]}{type(error).__name__}"


def _peak() -> int:
    """Bytes of memory this process has held at once."""
    unit = 1024 if sys.platform == "linux" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

"""One child process, as its worker sees it."""

from __future__ import annotations

import asyncio
import functools
import logging
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter

from activities.children.connection import Connection
from activities.children.forkserver import Forkserver
from activities.children.frames import packed
from activities.children.standard_error import StandardError
from durable_edits.errors import DocumentError, EditsError, EngineCrashed, InstructionsError, from_code

MEGABYTE = 1024 * 1024
# What an answer may take of the worker's memory: four times its job, but at least this. Fonts and appearances are
# added to a document, and a damaged one is written anew.
ANSWER_BYTES, ANSWER_SHARE = 512 * MEGABYTE, 4
KNOWN = 64  # documents: as many as the engine keeps compiled (durable_edits/pdf/limits.py)
TAIL = 64  # bytes of a document's end that tell it from others, as in durable_edits/pdf/cache.py
READY_SECONDS = 20.0

log = logging.getLogger("worker.children")

Document = tuple[int, bytes]


class Failure(BaseModel):
    """What a child says of a job that failed. It is checked: whoever took a child over would be the one to say it."""

    model_config = ConfigDict(strict=True)

    code: str
    message: str
    details: dict[str, Any]
    trace: str | None


class Child:
    def __init__(self, forkserver: Forkserver, on_lost: Callable[[Child], None]) -> None:
        self.pid = 0
        self.unconfined: list[str] = []
        self._forkserver = forkserver
        self._connection = Connection(lambda: on_lost(self))
        log_line, self._their_log = socket.socketpair()
        self._stderr = StandardError("child", log_line)
        self._documents: deque[Document] = deque(maxlen=KNOWN)
        self._retired = False
        self._busy = False

    async def start(self) -> None:
        """Until it is confined and ready."""
        line, theirs = socket.socketpair()
        with theirs, self._their_log as their_log:
            await asyncio.get_running_loop().create_unix_connection(lambda: self._connection, sock=line)
            ready = self._connection.answer(limit=0)
            self.pid = await self._forkserver.fork(theirs, their_log)
        self._stderr.name = f"child {self.pid}"
        try:
            async with asyncio.timeout(READY_SECONDS):
                [unconfined] = await ready
        except TimeoutError as error:
            raise EngineCrashed("A child process did not come up in time.") from error
        self.unconfined = TypeAdapter(list[str]).validate_python(unconfined)

    @property
    def usable(self) -> bool:
        """For another job."""
        return not (self._connection.lost or self._retired or self._busy)

    def knows(self, document: Document) -> bool:
        return document in self._documents

    async def ask(self, job: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """The job's answer, or the error it ended with."""
        self._busy = True
        self._stderr.renew()
        if (document := document_of(arguments)) is not None and document not in self._documents:
            self._documents.append(document)
        pieces = packed([f"{job.__module__}:{job.__qualname__}", *arguments])
        self._connection.send(pieces)
        values = await self._connection.answer(max(ANSWER_BYTES, ANSWER_SHARE * sum(map(len, pieces))))
        try:
            self._retired, word, *told = values
            answer = _answer(job, told) if word == "done" else _error(*told)
        except (TypeError, ValueError) as error:
            raise EngineCrashed("A child's answer was not an answer; the edit is tried again.") from error
        self._busy = False
        if isinstance(answer, EditsError):
            raise answer
        return answer

    async def bury(self) -> int | None:
        """Kill it; how it ended, once it is gone. None: with the process that it was forked from."""
        self._connection.close()
        try:
            return await self._forkserver.bury(self.pid) if self.pid else None
        except EngineCrashed:
            return None
        finally:
            self._stderr.close()


def document_of(arguments: tuple[Any, ...]) -> Document | None:
    """How the document of a job is recognised when it comes again: cheaply, and right but for speed when wrong."""
    document = arguments[0] if arguments else None
    return (len(document), document[-TAIL:]) if isinstance(document, bytes) else None


@functools.cache
def _answers(job: Callable[..., Any]) -> tuple[list[str] | None, TypeAdapter[Any]]:
    kind = get_type_hints(job)["return"]
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else None
    return names, TypeAdapter(kind)


def _answer(job: Callable[..., Any], values: list[Any]) -> Any:
    """Of the type that the job says it returns: a child may be anybody by now."""
    names, adapter = _answers(job)
    if names is not None:
        return adapter.validate_python(dict(zip(names, values, strict=True)))
    [value] = values
    return adapter.validate_python(value)


def _error(code: str, message: str, details: dict[str, Any], trace: str | None) -> EditsError:
    failure = Failure(code=code, message=message, details=details, trace=trace)
    error = from_code(failure.code, failure.message, failure.details)
    if not isinstance(error, DocumentError | InstructionsError | EngineCrashed):
        raise TypeError("no error that a document can have")
    if failure.trace is not None:
        error.add_note(failure.trace)
    return error

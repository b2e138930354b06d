"""The worker's hold on the process that children are forked from (forkserver_main.py)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from pathlib import Path

from activities.children import forkserver_main
from activities.children.forkserver_main import BURY, FORK, NO_CHILD, REPLY, REQUEST, Configuration
from activities.children.standard_error import StandardError
from activities.unbroken import unbroken
from durable_edits.errors import EngineCrashed

REPLY_SECONDS = 20.0  # a fork takes milliseconds; the end of a child with gigabytes a second
END_SECONDS = 5.0
START_SECONDS = 60.0  # importing the engine takes half a second, more on a machine that is starting many processes


class Forkserver:
    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket, stderr: StandardError) -> None:
        self._process = process
        self._control = control
        self._stderr = stderr
        self._turn = asyncio.Lock()

    @property
    def lost(self) -> bool:
        return self._process.returncode is not None or self._control.fileno() < 0

    async def fork(self, line: socket.socket, log: socket.socket) -> int:
        """A new child's number, with these as its socket and its standard error."""
        child = await self._ask(FORK, 0, line, log)
        if child == NO_CHILD:
            raise EngineCrashed("This machine has no room for another process; the edit is tried again.")
        return child

    async def bury(self, child: int) -> int:
        """Kill a child; once it is gone, its exit code, or minus the signal that ended it."""
        return await self._ask(BURY, child)

    async def close(self) -> None:
        """It buries all its children when its socket closes, and ends."""
        self._control.close()
        try:
            async with asyncio.timeout(END_SECONDS):
                await self._process.wait()
        except TimeoutError:
            await self.kill()
        self._stderr.close()

    async def kill(self) -> None:
        """Its children die with it."""
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._stderr.close()

    async def _ask(self, operation: int, child: int, *sockets: socket.socket) -> int:
        async with self._turn:
            try:
                socket.send_fds(self._control, [REQUEST.pack(operation, child)], [each.fileno() for each in sockets])
                async with asyncio.timeout(REPLY_SECONDS):
                    return await _reply(self._control)
            except TimeoutError as error:
                await unbroken(self.kill())
                raise EngineCrashed("The process that starts children hung; the edit is tried again.") from error
            except OSError as error:
                self._control.close()
                raise EngineCrashed("The process that starts children died; the edit is tried again.") from error


async def start_forkserver(modules: list[str], seconds: float, memory: int) -> Forkserver:
    """Raises EngineCrashed when it does not come up; its last words are in the log."""
    control, theirs = socket.socketpair()
    log, their_log = socket.socketpair()
    control.setblocking(False)
    configuration = Configuration(os.getpid(), _path(), modules, seconds, memory)
    with theirs, their_log:
        process = await asyncio.create_subprocess_exec(
            *_command(configuration),
            stdin=theirs.fileno(),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=their_log.fileno(),
            env={},  # no secret is there to be read
            start_new_session=True,  # Ctrl-C reaches the whole foreground group; the worker decides when children end
        )
    forkserver = Forkserver(process, control, StandardError("forkserver", log))
    try:
        async with asyncio.timeout(START_SECONDS):
            await _reply(control)
    except (OSError, TimeoutError) as error:
        await unbroken(forkserver.kill())
        raise EngineCrashed("The process that starts children did not come up; see the worker's log.") from error
    except asyncio.CancelledError:
        await unbroken(forkserver.kill())
        raise
    return forkserver


def _command(configuration: Configuration) -> list[str]:
    """Isolated: no module from the working directory, no variable, no site of the user."""
    bytecode = ["-B"] if sys.dont_write_bytecode else []
    program = str(Path(forkserver_main.__file__).absolute())
    options = ["-I", "-X", "faulthandler", "-W", "ignore", *bytecode]
    return [sys.executable, *options, program, json.dumps(configuration)]


def _path() -> list[str]:
    return [os.path.abspath(entry) for entry in sys.path]


async def _reply(control: socket.socket) -> int:
    data = await asyncio.get_running_loop().sock_recv(control, REPLY.size)
    if len(data) < REPLY.size:
        raise ConnectionResetError("closed")
    [reply] = REPLY.unpack(data)
    return int(reply)

"""The program that children are forked from: `python -I forkserver_main.py CONFIGURATION`, with a socket as its input.

It imports the engine once and never sees a document, so a new child is ready in milliseconds and shares its memory.
Only it starts and ends children: a number of a process is free again when it says so, never earlier.

On its socket, one at a time: FORK with two descriptors (the child's socket and standard error), answered by the child's
number; BURY with that number, answered by how the child ended.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import logging
import os
import signal
import socket
import struct
import sys
from typing import NamedTuple

FORK, BURY = 1, 2
NO_CHILD = -1
REQUEST, REPLY = struct.Struct("=Bi"), struct.Struct("=i")


class Configuration(NamedTuple):
    worker: int
    path: list[str]
    modules: list[str]
    """Those with the jobs."""
    seconds: float
    memory: int


def main() -> None:
    configuration = Configuration(*json.loads(sys.argv[1]))
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.path += [entry for entry in configuration.path if entry not in sys.path]
    from activities.children.confinement import die_with

    die_with(configuration.worker)
    for module in configuration.modules:
        importlib.import_module(module)
    logging.disable()  # what libraries have to say of a document is in the report, or nobody's business
    gc.freeze()  # or the collector's marks would copy all that children share
    children: set[int] = set()
    control.send(REPLY.pack(0))
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, 2)
        if not request:
            break
        operation, child = REQUEST.unpack(request)
        if operation == FORK:
            [line, log] = descriptors
            child = _fork(control, line, log, configuration)
            children.add(child)
            control.send(REPLY.pack(child))
        else:
            children.discard(child)
            control.send(REPLY.pack(_bury(child)))
    for child in children - {NO_CHILD}:  # the worker has gone; where the kernel does not do it
        _bury(child)


def _fork(control: socket.socket, line: int, log: int, configuration: Configuration) -> int:
    """The child's number, or NO_CHILD where the machine has no room for one now."""
    server = os.getpid()
    try:
        child = os.fork()
    except OSError:
        child = NO_CHILD
    if child:
        os.close(line)
        os.close(log)
        return child
    try:
        control.close()
        os.dup2(log, 2)
        os.close(log)
        _live(server, line, configuration)
    except BaseException as error:
        from activities.children.job_loop import trace

        print(trace(error), file=sys.stderr, flush=True)
    finally:
        os._exit(1)  # whatever happens, a child never comes to the server's own loop


def _live(server: int, line: int, configuration: Configuration) -> None:
    from activities.children.confinement import confine, die_with
    from activities.children.frames import packed
    from activities.children.job_loop import work

    die_with(server)
    connection = socket.socket(fileno=line)
    unconfined = confine(configuration.memory)
    connection.sendall(packed([unconfined])[0])
    work(connection, configuration.seconds, configuration.memory)
    os._exit(0)


def _bury(child: int) -> int:
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    return 0


if __name__ == "__main__":
    main()

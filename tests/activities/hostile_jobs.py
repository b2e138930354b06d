"""What somebody does who has taken a child over. Each runs in one, and tells what it got."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from activities.children import job_loop

MEGABYTE = 1024 * 1024
X32 = 0x40000000
# Of x86-64, the first two of all.
IO_URING_SETUP, PIDFD_OPEN, PROCESS_VM_READV, PTRACE, SOCKET, FORK, UNSHARE = 425, 434, 310, 101, 41, 57, 272
PTRACE_ATTACH, CLONE_NEWNET = 16, 0x40000000


def tried(attempts: dict[str, Callable[[], Any]]) -> dict[str, str]:
    """What each attempt ended with: the name of its error, or what it got."""
    found = {}
    for name, attempt in attempts.items():
        try:
            found[name] = f"got {attempt()!r}"[:200]
        except (OSError, ValueError, RuntimeError, subprocess.SubprocessError) as error:
            found[name] = type(error).__name__
    return found


def reach_out(port: int) -> dict[str, str]:
    def connect(family: int, kind: int, address: Any) -> str:
        with socket.socket(family, kind) as line:
            line.settimeout(2)
            line.connect(address)
            return "connected"

    return tried(
        {
            "tcp": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", port)),
            "tcp over ipv6": lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ("::1", port)),
            "udp": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", port)),
            "unix": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0anybody"),
            "packets": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
            "the kernel": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
            "a pair": socket.socketpair,
            "a name": lambda: socket.getaddrinfo("localhost", port),
            "rings": lambda: _system_call(IO_URING_SETUP, 8, ctypes.create_string_buffer(120)),
            **_past_python(
                {
                    "past Python": lambda: _system_call(SOCKET, socket.AF_INET, socket.SOCK_STREAM, 0),
                    "by the other numbers": lambda: _system_call(X32 + SOCKET, socket.AF_INET, 1, 0),
                }
            ),
        }
    )


def read_files(secret: str, worker: int) -> dict[str, str]:
    return tried(
        {
            "a secret": Path(secret).read_text,
            "a way around": lambda: Path(f"/proc/self/root{secret}").read_text(),
            "users": Path("/etc/passwd").read_text,
            "its folder": lambda: os.listdir(Path(secret).parent),
            "its own environment": Path("/proc/self/environ").read_bytes,
            "the worker's environment": Path(f"/proc/{worker}/environ").read_bytes,
            "the worker's memory": Path(f"/proc/{worker}/mem").read_bytes,
            "the worker's files": lambda: os.listdir(f"/proc/{worker}/fd"),
            "devices": Path("/dev/zero").open,
        }
    )


def write_files(folder: str) -> dict[str, str]:
    own = Path(folder) / "written"
    return tried(
        {
            "a new file": lambda: own.write_text("x"),
            "an old file": lambda: (Path(folder) / "secret").write_text("x"),
            "a folder": own.mkdir,
            "a link": lambda: own.symlink_to("/etc/passwd"),
            "a removal": (Path(folder) / "secret").unlink,
            "a renaming": lambda: (Path(folder) / "secret").rename(own),
            "rights": lambda: (Path(folder) / "secret").chmod(0o777),
            "beside the engine": lambda: (Path(sysconfig.get_path("purelib")) / "left-by-a-child.txt").write_text(""),
            "shared memory": lambda: os.memfd_create("x"),
            "a folder of its own": lambda: os.chroot(folder),
        }
    )


def read_engine() -> int:
    """What a child must go on reading: codecs, fonts."""
    return len((Path(sysconfig.get_path("stdlib")) / "os.py").read_bytes())


def environment() -> dict[str, str]:
    return dict(os.environ)


def start_processes() -> dict[str, str]:
    return tried(
        {
            "fork": os.fork,
            "a program": lambda: subprocess.run(["/bin/true"], check=True),
            "this program": lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),  # noqa: S606
            "a shell": lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "true"], {}),
            **_past_python({"past Python": lambda: _system_call(FORK)}),
            "a thread": _start_thread,
        }
    )


def reach_processes(worker: int, children: list[int]) -> dict[str, str]:
    """Signal 0 does nothing, and is allowed to whoever may send the others."""
    [sibling] = [each for each in children if each != os.getpid()]
    return tried(
        {
            "signal the worker": lambda: os.kill(worker, 0),
            "signal a sibling": lambda: os.kill(sibling, 0),
            "signal the forkserver": lambda: os.kill(os.getppid(), 0),
            "signal its group": lambda: os.killpg(os.getpgid(0), 0),
            "slow the worker down": lambda: os.setpriority(os.PRIO_PROCESS, worker, 0),
            "the worker's limits": lambda: resource.prlimit(worker, resource.RLIMIT_NOFILE),
            **_past_python(
                {
                    "trace a sibling": lambda: _system_call(PTRACE, PTRACE_ATTACH, sibling, 0, 0),
                    "read a sibling": lambda: _system_call(PROCESS_VM_READV, sibling, 0, 0, 0, 0, 0),
                    "a handle of the worker": lambda: _system_call(PIDFD_OPEN, worker, 0),
                }
            ),
        }
    )


def grow(memory: int) -> dict[str, str]:
    """Undo what limits it."""
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    return tried(
        {
            "memory": lambda: resource.setrlimit(resource.RLIMIT_AS, unlimited),
            "a little more memory": lambda: resource.setrlimit(resource.RLIMIT_AS, (memory + 1, memory + 1)),
            "file size": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, unlimited),
            "files": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (10_000, 10_000)),
            "another user": lambda: os.setuid(1),
            "root": lambda: os.setresuid(0, 0, 0),
            **_past_python({"a namespace": lambda: _system_call(UNSHARE, CLONE_NEWNET)}),
        }
    )


def open_many() -> int:
    held: list[int] = []
    try:
        while True:
            held.append(os.open(os.__file__, os.O_RDONLY))
    except OSError:
        return len(held)
    finally:
        for each in held:
            os.close(each)


def stop_itself() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(60)


# On the socket that answers go through


def answer_line() -> int:
    """Its number: the only socket but standard error."""
    return next(each for each in range(3, 64) if _is_socket(each))


def answer_with(what: str) -> str:
    """Write it where an answer is awaited, and stay."""
    _write(ANSWERS[what])
    time.sleep(60)
    return "the answer"


def write_without_end() -> None:
    piece = b"\0" * MEGABYTE
    while True:
        os.write(answer_line(), piece)


def promise_gigabytes() -> None:
    """The most that one answer may have, and then slowly."""
    _write(_frame({"values": [False, "done", None], "sizes": [None, None, 500 * MEGABYTE]}))
    for _ in range(8):
        os.write(answer_line(), b"\0" * MEGABYTE)
    time.sleep(60)


def close_the_line() -> None:
    os.close(answer_line())
    while True:
        pass


def answer_and_go_on() -> str:
    """The true answer, and something else behind it when nobody asks any more."""
    receive = job_loop._receive

    def write_first(line: socket.socket) -> list[Any]:
        time.sleep(0.1)
        _write(b"more")
        return receive(line)

    job_loop._receive = write_first
    return "the answer"


def _frame(head: Any, *blobs: bytes) -> bytes:
    data = head if isinstance(head, bytes) else json.dumps(head).encode()
    return struct.pack("!I", len(data)) + data + b"".join(blobs)


def _done(*values: Any) -> bytes:
    return _frame({"values": [False, "done", *values], "sizes": [None] * (len(values) + 2)})


def _failed(*values: Any) -> bytes:
    return _frame({"values": [False, "failed", *values], "sizes": [None] * (len(values) + 2)})


ANSWERS: dict[str, bytes] = {
    "noise": bytes(range(256)) * 8,
    "zeros": b"\0" * 4096,
    "text": b"HTTP/1.1 200 OK\r\n\r\n",
    "a pickle": b"\x80\x04\x95" + b"\x1c\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93",
    "an empty head": _frame(b""),
    "a huge head": struct.pack("!I", 0xFFFFFFFF) + b"x" * 4096,
    "no JSON": _frame(b"{'values': []}"),
    "JSON of another kind": _frame([1, 2, 3]),
    "deep JSON": _frame(b"[" * 60_000),
    "deep values": _frame(b'{"sizes":[null],"values":[' + b"[" * 20_000 + b"]" * 20_000 + b"]}"),
    "half a surrogate": _frame(b'{"sizes":[null,null,null],"values":[false,"done","\\ud800"]}'),
    "no UTF-8": _frame(b'{"sizes":[null],"values":["\xff"]}'),
    "fewer sizes": _frame({"values": [False, "done", 1], "sizes": [None]}),
    "a negative size": _frame({"values": [False, "done", None], "sizes": [None, None, -1]}),
    "a size of words": _frame({"values": [False, "done", None], "sizes": [None, None, "1"]}),
    "a size over all bounds": _frame({"values": [False, "done", None], "sizes": [None, None, 1 << 62]}),
    "sizes that add up": _frame({"values": [None] * 1_000, "sizes": [MEGABYTE] * 1_000}),
    "a number without end": _frame(b'{"sizes":[null],"values":[' + b"9" * 60_000 + b"]}"),
    "nothing": _frame({"values": [], "sizes": []}),
    "one word": _frame({"values": [False], "sizes": [None]}),
    "another word": _frame({"values": [False, "begun", 1], "sizes": [None, None, None]}),
    "another type": _done({"a": 1}),
    "a number for a text": _done(1),
    "too many values": _done("a", "b"),
    "too few values": _done(),
    "an answer, and more": _done("a") + b"x",
    "two answers": _done("a") + _done("b"),
    "an error of the store": _failed("blobs_unavailable", "No.", {}, None),
    "an error of keys": _failed("unauthorized", "No.", {}, None),
    "an unknown error": _failed("no_such_error", "No.", {}, None),
    "an error without words": _failed("invalid_document"),
    "an error of other types": _failed(1, ["a"], "b", {}),
    "an error with no number": _frame(
        b'{"sizes":[null,null,null,null,null,null],"values":[false,"failed","invalid_document","m",{"a":NaN},null]}'
    ),
    "an error that ends the worker": _failed("SystemExit", "0", {}, None),
}


def _write(data: bytes) -> None:
    line = answer_line()
    while data:
        data = data[os.write(line, data) :]


def _is_socket(number: int) -> bool:
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


def _past_python(attempts: dict[str, Callable[[], Any]]) -> dict[str, Callable[[], Any]]:
    """By numbers that are those of one architecture."""
    return attempts if platform.machine() == "x86_64" else {}


def _system_call(number: int, *arguments: Any) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = int(libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _start_thread() -> str:
    import threading

    threading.Thread(target=time.sleep, args=(0,)).start()
    return "a thread"

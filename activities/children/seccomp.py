"""A filter for system calls (seccomp): what is not on the list fails with EPERM from now on.

What a child needs once its engine is imported: memory, time, its own signals, reading files, and the socket it was
given. No new socket, process, program or file, and no look into another process.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from collections.abc import Iterator

PR_SET_SECCOMP, MODE_FILTER = 22, 2  # linux/prctl.h, linux/seccomp.h
KILL, ALLOW, REFUSE = 0x80000000, 0x7FFF0000, 0x00050000 | errno.EPERM
# What a filter is made of (linux/bpf_common.h): load a word, compare with a constant, mask, return.
LOAD, EQUAL, AT_LEAST, MASK, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # where they lie in struct seccomp_data
X32 = 0x40000000  # numbers of x86-64's second interface, by which filters have been passed
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column below, name in linux/audit.h
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
MISSING = -1

# Name: number on x86-64, on arm64 (asm/unistd.h).
ALLOWED = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "lseek": (8, 62),
    "close": (3, 57), "getdents64": (217, 61), "getcwd": (79, 17),
    "stat": (4, MISSING), "fstat": (5, 80), "lstat": (6, MISSING), "newfstatat": (262, 79), "statx": (332, 291),
    "access": (21, MISSING), "faccessat": (269, 48), "faccessat2": (439, 439),
    "readlink": (89, MISSING), "readlinkat": (267, 78),
    "mmap": (9, 222), "munmap": (11, 215), "mremap": (25, 216), "mprotect": (10, 226), "madvise": (28, 233),
    "brk": (12, 214), "membarrier": (324, 283),
    "futex": (202, 98), "rseq": (334, 293), "set_robust_list": (273, 99), "sched_yield": (24, 124),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "gettimeofday": (96, 169), "time": (201, MISSING), "getrandom": (318, 278),
    "sendto": (44, 206), "sendmsg": (46, 211), "recvfrom": (45, 207), "recvmsg": (47, 212),
    "poll": (7, MISSING), "ppoll": (271, 73), "select": (23, MISSING), "pselect6": (270, 72),
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175),
    "getgid": (104, 176), "getegid": (108, 177), "uname": (63, 160), "sysinfo": (99, 179),
    "sched_getaffinity": (204, 123), "getrusage": (98, 165), "getrlimit": (97, 163), "setrlimit": (160, 164),
    "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
OPEN, OPEN_AT = (2, MISSING), (257, 56)
TO_ITSELF = {"kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261)}  # first argument: a process


Line = tuple[int, int, int, int]


class Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("constant", ctypes.c_uint32),
    )


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(Instruction)))


def forbid_all_but_work() -> None:
    """For this thread and what it starts, for good. Needs no_new_privs.

    Raises OSError where the kernel has no filters, or their numbers are not known here.
    """
    if platform.machine() not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no list of system calls for {platform.machine()}")
    install(list(_program(*ARCHITECTURES[platform.machine()])))


def install(lines: list[Line]) -> None:
    code = [Instruction(*each) for each in lines]
    program = Program(len(code), (Instruction * len(code))(*code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _program(column: int, architecture: int) -> Iterator[Line]:
    yield (LOAD, 0, 0, ARCHITECTURE)
    yield (EQUAL, 1, 0, architecture)
    yield (RETURN, 0, 0, KILL)
    yield (LOAD, 0, 0, NUMBER)
    yield (AT_LEAST, 0, 1, X32)
    yield (RETURN, 0, 0, REFUSE)
    for numbers in ALLOWED.values():
        yield from _where(numbers[column], [(RETURN, 0, 0, ALLOW)])
    for numbers in TO_ITSELF.values():
        yield from _where(numbers[column], [*_argument_is(0, os.getpid()), *_argument_is(0, 0), (RETURN, 0, 0, REFUSE)])
    for numbers, place in ((OPEN, 1), (OPEN_AT, 2)):
        yield from _where(numbers[column], _reads(place))
    yield (RETURN, 0, 0, REFUSE)


def _where(number: int, lines: list[Line]) -> Iterator[Line]:
    """`lines` for the system call of this number, past them for all others."""
    if number != MISSING:
        yield (EQUAL, 0, len(lines), number)
        yield from lines


def _argument_is(place: int, value: int) -> list[Line]:
    return [(LOAD, 0, 0, ARGUMENTS + 8 * place), (EQUAL, 0, 1, value), (RETURN, 0, 0, ALLOW)]


def _reads(place: int) -> list[Line]:
    return [
        (LOAD, 0, 0, ARGUMENTS + 8 * place),
        (MASK, 0, 0, WRITING),
        (EQUAL, 0, 1, 0),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]

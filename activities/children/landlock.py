"""Landlock (Linux 5.13): a process gives up all files but those it names, and TCP where the kernel knows how.

By system calls: the packages that bind it are young and small, and this is all of it that is used here.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

# linux/landlock.h; the numbers of these system calls are the same on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG, RULE_PATH_BENEATH = 1, 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
# How many rights of files each version of the interface knows, from the first on.
FILE_RIGHTS = (13, 14, 15, 15, 16)
TCP_SINCE, BIND_AND_CONNECT_TCP = 4, 0b11
SCOPES_SINCE, ABSTRACT_SOCKETS_AND_SIGNALS = 6, 0b11


def restrict_to_reading(folders: Iterable[str]) -> None:
    """From now on this process reads below `folders`, and opens nothing else. Needs no_new_privs.

    Raises OSError where the kernel has no Landlock, or has it switched off.
    """
    version = _call(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION_FLAG)
    handled = struct.pack(
        "=QQQ",
        (1 << FILE_RIGHTS[min(version, len(FILE_RIGHTS)) - 1]) - 1,
        BIND_AND_CONNECT_TCP if version >= TCP_SINCE else 0,
        ABSTRACT_SOCKETS_AND_SIGNALS if version >= SCOPES_SINCE else 0,
    )
    ruleset = _call(CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    try:
        for folder in folders:
            _allow_reading(ruleset, folder)
        _call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow_reading(ruleset: int, folder: str) -> None:
    try:
        below = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return  # not there: then nothing is to be read there
    try:
        _call(ADD_RULE, ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", READ_FILE | READ_DIR, below), 0)
    finally:
        os.close(below)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = int(libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result

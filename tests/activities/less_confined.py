"""A worker's children where the kernel refuses parts of their confinement: `landlock`, `seccomp`, or both.

The kernel really refuses: this process first filters those system calls away for itself and all that it starts.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import logging
import sys

from activities.children import landlock, seccomp
from activities.children.pool import open_children
from tests.activities import jobs

PRCTL = {"x86_64": 157, "aarch64": 167}
PR_SET_NO_NEW_PRIVS = 38
NOT_THERE = 0x00050000 | errno.ENOSYS


def refuse(parts: list[str]) -> None:
    import platform

    lines: list[tuple[int, int, int, int]] = [(seccomp.LOAD, 0, 0, seccomp.NUMBER)]
    if "landlock" in parts:
        lines += [(seccomp.EQUAL, 0, 1, landlock.CREATE_RULESET), (seccomp.RETURN, 0, 0, NOT_THERE)]
    if "seccomp" in parts:
        lines += [
            (seccomp.EQUAL, 0, 3, PRCTL[platform.machine()]),
            (seccomp.LOAD, 0, 0, seccomp.ARGUMENTS),
            (seccomp.EQUAL, 0, 1, seccomp.PR_SET_SECCOMP),
            (seccomp.RETURN, 0, 0, NOT_THERE),
        ]
    lines.append((seccomp.RETURN, 0, 0, seccomp.ALLOW))
    ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    seccomp.install(lines)


async def main(parts: list[str]) -> None:
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    refuse(parts)
    async with open_children(2, 30.0, 400, (jobs.__name__,)) as children:
        print("answered", await asyncio.gather(*(children.run(jobs.echo, turn) for turn in range(4))))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1].split(",")))

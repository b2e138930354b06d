"""Become another program that dies with its parent: `python -I -S leash.py PARENT_PID PROGRAM ARGUMENTS…`.

Linux keeps the death signal across exec. Done in a program of its own because the other way, a hook between fork and
exec, is unsafe with threads about, and Temporal's client has several. Elsewhere this only starts the program.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the signal was set
            sys.exit(1)
    try:
        os.execvp(program[0], program)  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"{program[0]}: {error.strerror}")


if __name__ == "__main__":
    main()

"""What a child gives up before it sees a document: files, network, processes, privileges, and more than its share.

Each part that this machine does not allow is named, for the worker's log, and the others hold without it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from activities.children.landlock import restrict_to_reading
from activities.children.seccomp import forbid_all_but_work

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38  # linux/prctl.h
CAPABILITIES_VERSION = 0x20080522
DAC_READ_SEARCH = 1 << 2  # root goes on reading fonts of whoever installed them; Landlock says where
FILES = 64  # open at once: a font or two, and the socket
# Where pdfium looks for the fonts that a page names and does not hold.
SYSTEM_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts")


def die_with(parent: int) -> None:
    """`parent`: who started this process, and takes it along when it dies; at once if it has died already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def confine(memory: int) -> list[str]:
    """Confine this process for good; what could not be done, and why."""
    _limit(resource.RLIMIT_CORE, 0)  # a core would be a copy of somebody's document
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, FILES)
    if sys.platform != "linux":
        return ["memory, system calls and files: no such limits on this platform"]
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_NPROC, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    steps: list[tuple[str, Callable[[], None]]] = [
        ("capabilities", _drop_capabilities),
        ("files (Landlock)", lambda: restrict_to_reading(_readable())),
        ("system calls (seccomp)", forbid_all_but_work),  # the last: it forbids the others
    ]
    return [f"{name}: {fault}" for name, step in steps if (fault := _fault(step))]


def limit_processor(seconds: float) -> None:
    """For the job that begins now: it must end while its worker is frozen, too."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 2  # the worker's clock comes first
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _fault(step: Callable[[], None]) -> str | None:
    try:
        step()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _drop_capabilities() -> None:
    """Root's: what is left of it is a user who may read."""
    held = DAC_READ_SEARCH if os.geteuid() == 0 else 0
    header = struct.pack("=Ii", CAPABILITIES_VERSION, 0)
    data = struct.pack("=6I", held, held, 0, 0, 0, 0)  # effective, permitted, inheritable; twice 32 bits
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(header, data) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _readable() -> list[str]:
    """Where Python and what was imported lie: codecs are loaded and fonts are read when a document needs them.

    The worker's own folder is not among them: EDITS_HOME may lie in it.
    """
    installed = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    packages = {
        folder for name, module in sys.modules.items() if "." not in name for folder in getattr(module, "__path__", ())
    }
    return sorted(folder for folder in {*installed, *packages, *SYSTEM_FONTS} if Path(folder).is_dir())

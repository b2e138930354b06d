"""Child processes that leave nothing behind: own session, own log, killed with their parent; and free ports."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev.errors import NotReady, ProcessDied

LEASH = Path(__file__).with_name("leash.py")
POLL = 0.02  # seconds between two looks at a process or its log
ENDS = 400  # characters of each end of a line that is shown: servers write stack traces in one
DRAIN = 15.0  # seconds from SIGTERM to SIGKILL unless the caller knows better


class Process:
    """A started program with everything it starts itself (one session, one process group)."""

    def __init__(self, name: str, popen: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.log = log
        self._popen = popen

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; -9 after SIGKILL."""
        return self._popen.poll()

    def wait(self, seconds: float) -> int:
        """Until it ends by itself; returns the exit code."""
        return self._popen.wait(seconds)

    def stop(self, grace: float = DRAIN) -> int:
        """SIGTERM, then SIGKILL after `grace` seconds; returns the exit code. Whatever it started goes too."""
        if self.exit_code is None:
            self._popen.terminate()
            self.thaw()  # a frozen process takes no SIGTERM
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(grace)
        return self.kill()

    def kill(self) -> int:
        """SIGKILL to the process and all it started, as a container's death would be; returns the exit code."""
        self._signal_group(signal.SIGKILL)
        return self._popen.wait()

    def freeze(self) -> None:
        """SIGSTOP: alive for the kernel, silent for everybody else."""
        self._signal_group(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_group(signal.SIGCONT)

    def tail(self, lines: int = 20) -> str:
        """The end of its log."""
        return "\n".join(_ends(line) for line in self.log.read_text(errors="replace").splitlines()[-lines:])

    def wait_for_line(self, text: str, seconds: float) -> None:
        """Until its log has a line with `text`. Raises ProcessDied or NotReady, with the end of the log."""
        end = time.monotonic() + seconds
        while text not in self.log.read_text(errors="replace"):
            self.check()
            if time.monotonic() > end:
                raise NotReady(f"{self.name} did not say {text!r} within {seconds:g} s. Its log ends:\n{self.tail()}")
            time.sleep(POLL)

    def check(self) -> None:
        """Raises ProcessDied, with the end of its log, if it has ended."""
        if self.exit_code is not None:
            raise ProcessDied(f"{self.name} ended with code {self.exit_code}. Its log ends:\n{self.tail()}")

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # nobody is left
            os.killpg(self.pid, number)


def _ends(line: str) -> str:
    return line if len(line) <= 2 * ENDS else f"{line[:ENDS]} … {line[-ENDS:]}"


def start(
    name: str, command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Process:
    """Start `command` in a session of its own, its output appended to `log`. Raises ProcessDied if it cannot start.

    On Linux it is killed when this process dies. The kernel means the starting *thread* by that, so a process that is
    started from another thread than the main one is not tied to it.
    """
    tied = threading.current_thread() is threading.main_thread()
    leash = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid())] if tied else []
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        try:
            popen = subprocess.Popen(
                [*leash, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )
        except OSError as error:
            raise ProcessDied(f"{name} could not be started: {error}. Command: {' '.join(command)}") from error
    return Process(name, popen, log)


def free_ports(count: int) -> list[int]:
    """Different ports of the loopback nobody listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

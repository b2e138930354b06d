"""A started program is in our hands: it can be stopped, killed, frozen, and goes when we go."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from dev.errors import NotReady, ProcessDied
from dev.processes import Process, free_ports, is_free, start

SOON = 10.0  # seconds; on a busy machine

OBEDIENT = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
DRAINING = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print('up', flush=True)
time.sleep(600)
"""
PARENT = """
import subprocess, sys, time
print('child', subprocess.Popen(['sleep', '600']).pid, flush=True)
time.sleep(600)
"""
STARTER = """
import sys, time
from pathlib import Path
from dev.processes import start
child = start('child', [sys.executable, '-c', 'import time; time.sleep(600)'], log=Path(sys.argv[1]))
print('child', child.pid, flush=True)
time.sleep(600)
"""

Run = Callable[[str], Process]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started: list[Process] = []

    def run(program: str) -> Process:
        process = start("sample", [sys.executable, "-c", program], log=tmp_path / f"log-{len(started)}")
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()


def gone(pid: int) -> bool:
    end = time.monotonic() + SOON
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def child_of(process: Process) -> int:
    process.wait_for_line("child", SOON)
    return int(process.tail(1).split()[-1])


def test_stop_lets_a_program_drain_and_returns_its_own_exit_code(run: Run) -> None:
    process = run(DRAINING)
    process.wait_for_line("up", SOON)

    assert process.stop() == 7


def test_stop_kills_a_program_that_ignores_it(run: Run) -> None:
    process = run(STUBBORN)
    process.wait_for_line("up", SOON)

    assert process.stop(grace=0.1) == -signal.SIGKILL


def test_stop_reaches_a_frozen_program(run: Run) -> None:
    process = run(DRAINING)
    process.wait_for_line("up", SOON)
    process.freeze()

    assert process.stop() == 7


def test_kill_takes_what_the_program_started_along(run: Run) -> None:
    process = run(PARENT)
    child = child_of(process)

    process.kill()

    assert gone(child)


def test_a_frozen_program_lives_on_after_a_thaw(run: Run) -> None:
    process = run(OBEDIENT)
    process.wait_for_line("up", SOON)
    process.freeze()
    end = time.monotonic() + SOON
    while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED and time.monotonic() < end:
        time.sleep(0.01)
    stopped = psutil.Process(process.pid).status()

    process.thaw()

    assert (stopped, process.exit_code) == (psutil.STATUS_STOPPED, None)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a process to its parent")
def test_a_program_dies_when_whoever_started_it_is_killed(tmp_path: Path, run: Run) -> None:
    starter = run(f"import sys; sys.argv = ['-', {str(tmp_path / 'child.log')!r}]\n{STARTER}")
    child = child_of(starter)

    os.kill(starter.pid, signal.SIGKILL)

    assert gone(child)


def test_waiting_for_a_line_ends_when_the_program_does(run: Run) -> None:
    process = run("import sys; print('no such room'); sys.exit(3)")

    with pytest.raises(ProcessDied, match=r"(?s)ended with code 3.*no such room"):
        process.wait_for_line("up", SOON)


def test_waiting_for_a_line_has_an_end(run: Run) -> None:
    with pytest.raises(NotReady, match="did not say 'ready' within"):
        run(OBEDIENT).wait_for_line("ready", 0.1)


def test_a_program_that_is_not_there_is_named(tmp_path: Path, run: Run) -> None:
    process = start("nothing", [str(tmp_path / "no-such-program")], log=tmp_path / "log")
    assert gone(process.pid)

    with pytest.raises(ProcessDied, match="no-such-program"):
        process.check()


def test_free_ports_are_different_and_free() -> None:
    ports = free_ports(3)

    assert len(set(ports)) == 3
    assert all(is_free(port) for port in ports)


def test_a_port_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not is_free(listener.getsockname()[1])

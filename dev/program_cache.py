"""Programs that are fetched or built once and kept in the user's cache, however many ask for them at once."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from dev.errors import NotMade
from dev.processes import start

BUILD = 1_800.0  # seconds for a build: 2-4 minutes on 2 cores, more where the module proxy is slow
PROGRESS = 10.0  # seconds between two lines that say how long it has taken

Say = Callable[[str], None]
Source = Callable[[Path, Mapping[str, str], Say], Path]
"""Makes the program in the folder it is given; raises NotMade."""


def cached(name: str, env: Mapping[str, str] = os.environ) -> Path:
    cache = env.get("XDG_CACHE_HOME") or str(Path(env.get("HOME") or Path.home()) / ".cache")
    return Path(cache) / "durable-edits" / "bin" / name


def runnable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def named(name: str, say: Say) -> Say:
    return lambda line: say(f"{name}: {line}")


def make_once(target: Path, sources: Sequence[Source], env: Mapping[str, str], say: Say) -> None:
    """See that `target` is there, by the first source that makes it. Raises NotMade with every attempt."""
    if runnable(target):
        return
    with _alone(target.parent, say):
        if not runnable(target):  # somebody else may have made it while we waited
            _make(target, sources, env, say)


def versioned(name: str, package: str) -> str:
    """As the cache calls it, so that another release is another program."""
    return f"{name}-{package.rpartition('@v')[2]}"


def go_program(package: str, about: str) -> Source:
    """What `go install` makes of `package`, which has its version."""

    def build(folder: Path, env: Mapping[str, str], say: Say) -> Path:
        go = shutil.which("go", path=env.get("PATH", os.defpath))
        if go is None:
            raise NotMade("no `go` on PATH to build it with")
        say(f"building {package} with {go}; {about}, once per machine")
        run_telling(
            "the build", [go, "install", package], {**env, "GOBIN": str(folder)}, lambda elapsed: elapsed > BUILD, say
        )
        program = folder / package.partition("@")[0].rpartition("/")[2]
        if not runnable(program):
            raise NotMade("the build left no program")
        return program

    return build


def run_telling(
    what: str, command: Sequence[str], env: Mapping[str, str], late: Callable[[float], bool], say: Say
) -> None:
    """Run to the end, saying how long it takes. Raises NotMade when it fails or is late."""
    began, told = time.monotonic(), 0.0
    with tempfile.TemporaryDirectory() as folder:
        process = start(what, command, log=Path(folder) / "log", env=env)
        try:
            while process.exit_code is None:
                elapsed = time.monotonic() - began
                if late(elapsed):
                    raise NotMade(f"{what} was given up after {elapsed:.0f} s")
                if elapsed - told >= PROGRESS:
                    told = elapsed
                    say(f"{what}, {elapsed:.0f} s")
                time.sleep(0.1)
        finally:
            process.kill()
        if process.exit_code != 0:
            raise NotMade(f"{what} failed: {process.tail(1)[:300] or 'it said nothing'}")


def _make(target: Path, sources: Sequence[Source], env: Mapping[str, str], say: Say) -> None:
    failures = []
    folder = target.parent / "making"
    for source in sources:
        shutil.rmtree(folder, ignore_errors=True)  # also what a killed attempt left: the lock is ours
        folder.mkdir()
        try:
            source(folder, env, say).replace(target)  # in one step: nobody ever sees half a program
        except NotMade as failure:
            say(str(failure))
            failures.append(str(failure))
        else:
            return
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise NotMade("; ".join(failures))


@contextmanager
def _alone(folder: Path, say: Say) -> Iterator[None]:
    """One download or build at a time on this machine: two would fight over two cores."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "making.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is fetching or building; waiting for that")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield

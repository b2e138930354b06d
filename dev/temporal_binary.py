"""Where the Temporal dev server comes from: PATH, the user's cache, the SDK's download, or Go; in this order."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dev.errors import NoTemporalServer
from dev.processes import start

# Newer tags cannot be installed by `go install`: their go.mod has a replace directive.
GO_PACKAGE = "github.com/temporalio/cli/cmd/temporal@v1.5.1"
ROOT = Path(__file__).parent.parent
FIRST_BYTE = 10.0  # seconds for a download to begin: without the open internet it never does
DOWNLOAD = 300.0  # seconds for a whole download: 60 MB on a slow line
BUILD = 1_800.0  # seconds for a build: 3 minutes on 2 cores, more where the module proxy is slow
PROGRESS = 10.0  # seconds between two lines that say how long it has taken

Say = Callable[[str], None]


def find_server(env: Mapping[str, str] = os.environ, say: Say = print) -> Path:
    """The `temporal` program: found, or downloaded or built once into the user's cache. Says which it is.

    Raises NoTemporalServer with every attempt and what to install.
    """
    on_path = shutil.which("temporal", path=env.get("PATH", os.defpath))
    if on_path:
        say(f"Temporal server: {on_path} (on PATH)")
        return Path(on_path)
    cached = cached_server(env)
    if not runnable(cached):
        with _alone(cached.parent, say):
            if not runnable(cached):  # somebody else may have made it while we waited
                _make(cached, env, say)
    say(f"Temporal server: {cached}")
    return cached


def cached_server(env: Mapping[str, str] = os.environ) -> Path:
    cache = env.get("XDG_CACHE_HOME") or str(Path(env.get("HOME") or Path.home()) / ".cache")
    return Path(cache) / "durable-edits" / "bin" / "temporal"


def runnable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _make(target: Path, env: Mapping[str, str], say: Say) -> None:
    failures = []
    folder = target.parent / "making"
    for source in (_download, _build):
        shutil.rmtree(folder, ignore_errors=True)  # also what a killed attempt left: the lock is ours
        folder.mkdir()
        try:
            source(folder, env, say).replace(target)  # in one step: nobody ever sees half a program
        except NoTemporalServer as failure:
            say(f"Temporal server: {failure}")
            failures.append(str(failure))
        else:
            return
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise NoTemporalServer(
        "There is no Temporal dev server here. Install the `temporal` command line (https://docs.temporal.io/cli), or "
        "Go 1.24 or newer, or set TEMPORAL_ADDRESS to a running server. Tried: " + "; ".join(failures)
    )


def _download(folder: Path, env: Mapping[str, str], say: Say) -> Path:
    say("Temporal server: trying the SDK's download (temporal.download)")
    command = [sys.executable, "-m", "dev.sdk_download", str(folder)]

    def late(elapsed: float) -> bool:
        return elapsed > DOWNLOAD or (elapsed > FIRST_BYTE and not any(folder.iterdir()))

    _run("the SDK's download", command, {**env, "PYTHONPATH": str(ROOT)}, late, say)
    made = [path for path in folder.iterdir() if runnable(path)]
    if len(made) != 1:
        raise NoTemporalServer(f"the SDK's download left {len(made)} programs instead of one")
    return made[0]


def _build(folder: Path, env: Mapping[str, str], say: Say) -> Path:
    go = shutil.which("go", path=env.get("PATH", os.defpath))
    if go is None:
        raise NoTemporalServer("no `go` on PATH to build it with")
    say(f"Temporal server: building {GO_PACKAGE} with {go}; about 3 minutes on 2 cores, once per machine")
    _run("the build", [go, "install", GO_PACKAGE], {**env, "GOBIN": str(folder)}, lambda elapsed: elapsed > BUILD, say)
    if not runnable(folder / "temporal"):
        raise NoTemporalServer("the build left no program")
    return folder / "temporal"


def _run(what: str, command: list[str], env: dict[str, str], late: Callable[[float], bool], say: Say) -> None:
    """Run to the end, saying how long it takes. Raises NoTemporalServer when it fails or is late."""
    began, told = time.monotonic(), 0.0
    with tempfile.TemporaryDirectory() as folder:
        process = start(what, command, log=Path(folder) / "log", env=env)
        try:
            while process.exit_code is None:
                elapsed = time.monotonic() - began
                if late(elapsed):
                    raise NoTemporalServer(f"{what} was given up after {elapsed:.0f} s")
                if elapsed - told >= PROGRESS:
                    told = elapsed
                    say(f"Temporal server: {what}, {elapsed:.0f} s")
                time.sleep(0.1)
        finally:
            process.kill()
        if process.exit_code != 0:
            raise NoTemporalServer(f"{what} failed: {process.tail(1)[:300] or 'it said nothing'}")


@contextmanager
def _alone(folder: Path, say: Say) -> Iterator[None]:
    """One download or build at a time on this machine: two would fight over two cores."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "temporal.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Temporal server: another process is fetching or building it; waiting for that")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""A PostgreSQL server for tests: on a Unix socket, without fsync, gone with the test."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dev.postgres import as_postgres_user, postgres_programs
from dev.processes import Process, start
from tests.live import until


@contextmanager
def running_postgres() -> Iterator[tuple[Process, str]]:
    """The server and the URL of its one empty database; skips the test where none is installed.

    In a folder of its own: another session of pytest may take the rights of those above a test's away meanwhile.
    """
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="edits-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        as_user = as_postgres_user()
        if as_user:
            shutil.chown(folder, "postgres")
        initdb = [*as_user, str(programs / "initdb"), "-D", str(folder / "data"), "-U", "edits", "-A", "trust"]
        subprocess.run(initdb, check=True, capture_output=True)
        command = [*as_user, str(programs / "postgres"), "-D", str(folder / "data"), "-k", name, "-h", "", "-F"]
        server = start("postgres", command, log=folder / "log")
        try:
            _wait(server, programs, folder)
            yield server, f"postgresql+asyncpg://edits@/postgres?host={folder}"
        finally:
            # At once: otherwise it waits for clients that were cut off and have not noticed.
            stop = [*as_user, str(programs / "pg_ctl"), "stop", "-D", str(folder / "data"), "-m", "fast"]
            subprocess.run(stop, check=False, capture_output=True)
            server.stop()


def _wait(server: Process, programs: Path, folder: Path) -> None:
    def ready() -> bool:
        server.check()
        return subprocess.run([programs / "pg_isready", "-h", folder, "-q"], check=False).returncode == 0

    until(ready, 30)

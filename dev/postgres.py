"""A PostgreSQL server in a folder, from the programs that are installed here."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from dev.errors import NoPostgres, NotReady
from dev.processes import POLL, Process, start

START = 60.0  # seconds until it must answer: under one, unless a killed server's log has to be played back
OWNER = "edits"


def postgres_programs() -> Path | None:
    """The folder of the newest PostgreSQL here; Debian keeps it off PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    on_path = shutil.which("postgres")
    program = Path(on_path).resolve() if on_path else (found[-1] if found else None)
    return program.parent if program else None


def as_postgres_user() -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it.

    The change of user undoes the signal that a parent's death would send, so it is asked for again.
    """
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", "--pdeathsig", "KILL"]


class Postgres:
    """One server on 127.0.0.1 with a password; `folder` holds its data from one run to the next."""

    def __init__(self, folder: Path, port: int, password: str) -> None:
        found = postgres_programs()
        if found is None:
            raise NoPostgres("No PostgreSQL server is installed. Debian: apt-get install postgresql")
        self.programs = found
        self.port = port
        self.password = password
        self._folder = folder
        self._data = folder / "data"

    def start(self) -> Process:
        """Made on the first start. Raises NoPostgres, ProcessDied, NotReady."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        if not (self._data / "PG_VERSION").exists():
            self._initdb()
        (self._data / "postmaster.pid").unlink(missing_ok=True)  # of a run that was killed: no server outlives us
        listen = ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        command = [*as_postgres_user(), str(self.programs / "postgres"), "-D", str(self._data), *listen]
        server = start("PostgreSQL", [*command, "-c", "max_connections=200"], log=self._folder.parent / "postgres.log")
        try:
            self._wait(server)
        except BaseException:
            server.kill()
            raise
        return server

    def stop(self, server: Process, grace: float) -> int:
        """A fast shutdown: a plain SIGTERM waits for clients, also for those that were cut off."""
        if server.exit_code is None:
            command = [str(self.programs / "pg_ctl"), "stop", "-D", str(self._data), "-m", "fast", "-t", f"{grace:.0f}"]
            subprocess.run([*as_postgres_user(), *command], check=False, capture_output=True)
        return server.stop(grace)

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What psql prints, without headings."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, "-d", database]
        command = [str(self.programs / "psql"), *where, "-XAtqc", statement]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, env={**os.environ, "PGPASSWORD": self.password}
        ).stdout.strip()

    def create_database(self, name: str) -> None:
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608 - a name of ours
            self.sql(f'CREATE DATABASE "{name}"')

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://{OWNER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def _initdb(self) -> None:
        secret = self._folder / "password"
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(self.password)
        if os.geteuid() == 0:
            shutil.chown(secret, "postgres")
        options = ["-D", str(self._data), "-U", OWNER, "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8"]
        made = subprocess.run(
            [*as_postgres_user(), str(self.programs / "initdb"), *options], capture_output=True, text=True, check=False
        )
        secret.unlink()
        if made.returncode != 0:
            why = made.stderr.strip().splitlines()[-1:] or ["it said nothing"]
            hint = f" As root it runs as the user postgres, who must reach {self._folder}; EDITS_HOME moves it."
            raise NoPostgres(f"initdb failed: {why[0]}.{hint if os.geteuid() == 0 else ''}")

    def _wait(self, server: Process) -> None:
        end = time.monotonic() + START
        ready = [str(self.programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        while subprocess.run(ready, check=False).returncode != 0:
            server.check()
            if time.monotonic() > end:
                raise NotReady(f"PostgreSQL did not answer within {START:g} s. Its log ends:\n{server.tail()}")
            time.sleep(POLL)

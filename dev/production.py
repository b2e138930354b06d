"""What the service stands on in production, on this machine: PostgreSQL, the real Temporal server, an object store.

`with Production(home) as platform:` starts all of it; `platform.settings` is what workers and gateways need to know.
"""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from dev.errors import NotMade, StackError
from dev.object_store import ObjectStore, find_versitygw
from dev.postgres import Postgres
from dev.processes import Process, free_ports
from dev.temporal_cluster import Certificates, TemporalCluster, find_temporal

GRACE = 30.0  # seconds for each to end; about one
CATALOG = "edits"
POSTGRES, STORE, TEMPORAL, UI = "PostgreSQL", "object store", "Temporal server", "Temporal UI"


class Production:
    """State in `home`. `ui_port` None: no Temporal UI; `certificates`: Temporal asks everybody for one.

    Each of `processes` can be killed or frozen, and started again by `restart`, at the same address.
    """

    def __init__(
        self, home: Path, *, temporal_port: int, ui_port: int | None = None, certificates: Certificates | None = None
    ) -> None:
        self.home = home.absolute()
        self.temporal_address = f"127.0.0.1:{temporal_port}"
        self.ui_url = None if ui_port is None else f"http://127.0.0.1:{ui_port}"
        self.processes: dict[str, Process] = {}
        self._temporal_port = temporal_port
        self._ui_port = ui_port
        self._certificates = certificates

    def __enter__(self) -> Self:
        try:
            programs, versitygw = find_temporal(), find_versitygw()
        except NotMade as failure:
            raise StackError(
                f"The production stack needs Go 1.25 or newer, to build its servers once. Tried: {failure}"
            ) from failure
        self.home.mkdir(parents=True, exist_ok=True)
        postgres_port, store_port = free_ports(2)
        self.postgres = Postgres(self.home / "postgres", postgres_port, self._secret("postgres-password"))
        self.temporal = TemporalCluster(programs, self.home, self.postgres, self._temporal_port, self._certificates)
        self.object_store = ObjectStore(versitygw, self.home, store_port, self._secret("object-store-secret"))
        try:
            self.restart(POSTGRES)
            self.postgres.create_database(CATALOG)
            self.restart(STORE)
            self.restart(TEMPORAL)
            if self._ui_port is not None:
                self.restart(UI)
            write_secret(self.environment_file, "".join(f"{name}='{value}'\n" for name, value in self.settings.items()))
        except BaseException:
            self.stop()
            raise
        return self

    def restart(self, name: str) -> None:
        """Start one of them, also anew after its death. Raises StackError."""
        if name == POSTGRES:
            self.processes[name] = self.postgres.start()
        elif name == STORE:
            self.processes[name] = self.object_store.start()
        elif name == TEMPORAL:
            self.processes[name] = self.temporal.start()
        elif self._ui_port is not None:
            self.processes[name] = self.temporal.start_ui(self._ui_port)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def settings(self) -> dict[str, str]:
        """The environment of workers and gateways."""
        return {
            "TEMPORAL_ADDRESS": self.temporal_address,
            "TEMPORAL_CONFIG_FILE": os.devnull,
            **(self._certificates.settings if self._certificates else {}),
            "EDITS_CATALOG_URL": self.postgres.url(CATALOG),
            **self.object_store.settings,
        }

    @property
    def environment_file(self) -> Path:
        """The settings as lines for a shell."""
        return self.home / "environment"

    def environment(self, env: Mapping[str, str]) -> dict[str, str]:
        """`env` with the settings; without the namespace, key or profile of another Temporal server."""
        kept = {name: value for name, value in env.items() if not name.startswith("TEMPORAL_")}
        return {"EDITS_PDF_SLOTS": str(max(1, (os.cpu_count() or 1) // 2)), **kept, **self.settings}

    def stop(self) -> dict[str, int]:
        """In the reverse of the order in which they started; the exit code of each by its name."""
        codes = {}
        for name, process in reversed(self.processes.items()):
            codes[name] = self.postgres.stop(process, GRACE) if name == POSTGRES else process.stop(GRACE)
        if codes.get(UI) == -signal.SIGTERM:  # that is how it ends: it has no handler
            codes[UI] = 0
        return codes

    def check(self) -> None:
        """Raises ProcessDied, with the end of its log, if one of them has ended."""
        for process in self.processes.values():
            process.check()

    def _secret(self, name: str) -> str:
        return kept_secret(self.home / name, secrets.token_urlsafe(24))


def kept_secret(path: Path, new: str) -> str:
    """What `path` holds; `new` where there is none yet."""
    if not path.exists():
        write_secret(path, f"{new}\n")
    return path.read_text().strip()


def write_secret(path: Path, text: str) -> None:
    """Readable by its owner alone."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)

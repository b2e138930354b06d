"""A store that is slow, deaf, refusing, cut off or full for a while: edits wait and finish, callers are told so.

PostgreSQL and an object store of S3's kind, each behind a proxy that makes the fault; SQLite on a disk that is
full, and locked for longer than anybody waits.
"""

from __future__ import annotations

import base64
import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from dev.processes import Process
from tests.faults.faulty import Fault, FaultyProxy
from tests.forms import many_fields_form, text_form
from tests.live import Gateway, Live, inline, until
from tests.postgres import running_postgres
from tests.s3_server import running_s3
from tests.storm.documents import wrong_values

AWAY = 3.0  # seconds
A_MINUTE = 60.0
LOCKED = 13.0  # seconds: SQLite's busy time-out is ten
FIELDS = 300  # a document longer than what a cut connection lets through
FORM, VALUES = many_fields_form(FIELDS), {f"f{index}": f"Value {index}" for index in range(FIELDS)}
INSTRUCTIONS = "\n".join(f"{key}: {value}" for key, value in VALUES.items())
FAULTS: list[Fault] = ["slow", "silent", "refusing", "cutting"]


@dataclass
class Site:
    live: Live
    server: Process
    catalog: FaultyProxy
    blobs: FaultyProxy

    @property
    def gateway(self) -> Gateway:
        return self.live.gateways[0]


@pytest.fixture(scope="module")
def site(temporal_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_postgres() as (server, url), running_s3() as s3:
        folder = Path(parse_qs(urlsplit(url).query)["host"][0])
        catalog = FaultyProxy(folder / ".s.PGSQL.5432")
        blobs = FaultyProxy(("127.0.0.1", int(s3.url.rpartition(":")[2])))
        settings = s3.settings | {
            "AWS_ENDPOINT": f"http://127.0.0.1:{blobs.port}",
            "EDITS_CATALOG_URL": f"postgresql+asyncpg://edits@127.0.0.1:{catalog.port}/postgres?ssl=disable",
            "EDITS_TASK_QUEUE": "stores",
        }
        live = Live(tmp_path_factory.mktemp("stores"), temporal_address, settings)
        live.gateway()
        live.worker()
        yield Site(live, server, catalog, blobs)
        live.stop()
        catalog.close()
        blobs.close()


def holds_its_values(edit: dict[str, object]) -> bool:
    output = edit["output"]
    assert isinstance(output, dict), edit
    return wrong_values(base64.b64decode(output["filled_document"]["url"].partition(",")[2]), VALUES) == []


@pytest.mark.parametrize("store", ["catalog", "blobs"])
@pytest.mark.parametrize("fault", ["silent", "refusing", "cutting"])
def test_edits_wait_for_a_store_and_finish(site: Site, store: str, fault: Fault) -> None:
    proxy: FaultyProxy = getattr(site, store)
    edits = [site.gateway.start(FORM, INSTRUCTIONS) for _ in range(4)]

    with proxy.having(fault):
        time.sleep(AWAY)

    assert all(holds_its_values(site.gateway.wait(edit_id, "completed", 60)) for edit_id in edits)


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("store", ["catalog", "blobs"])
@pytest.mark.parametrize("fault", FAULTS)
def test_edits_wait_for_a_store_that_is_away_for_a_minute(site: Site, store: str, fault: Fault) -> None:
    proxy: FaultyProxy = getattr(site, store)
    edits = [site.gateway.start(FORM, INSTRUCTIONS) for _ in range(4)]

    with proxy.having(fault):
        time.sleep(A_MINUTE)

    assert all(holds_its_values(site.gateway.wait(edit_id, "completed", 120)) for edit_id in edits)


@pytest.mark.parametrize("store", ["catalog", "blobs"])
@pytest.mark.parametrize("fault", [pytest.param("silent", marks=pytest.mark.long), "refusing", "cutting"])
def test_a_gateway_whose_store_is_away_says_when_to_come_back(site: Site, store: str, fault: Fault) -> None:
    with getattr(site, store).having(fault):
        answer = site.gateway.create(FORM, INSTRUCTIONS)

    assert (answer.status_code, answer.headers.get("retry-after")) == (503, "1"), answer.text
    assert site.gateway.wait(site.gateway.start(FORM, INSTRUCTIONS))["status"] == "completed"


@pytest.mark.parametrize("store", ["catalog", "blobs"])
def test_a_cancel_while_a_store_is_away_is_final_once_it_is_answered(site: Site, store: str) -> None:
    edit_id = site.gateway.start(FORM, INSTRUCTIONS)

    with getattr(site, store).having("refusing"):
        first = site.gateway.http.post(f"/v1/edits/{edit_id}/cancel")
    answer = site.gateway.cancel(edit_id)

    assert first.status_code in {200, 503}
    assert answer["status"] in {"cancelled", "completed"}
    assert site.gateway.get(edit_id) == answer


def test_postgresql_restarts_in_mid_run(site: Site) -> None:
    edits = [site.gateway.start(FORM, INSTRUCTIONS) for _ in range(6)]

    restart_postgres(site.server)
    until(lambda: site.gateway.http.get("/readyz").status_code == 200, 30)

    assert all(holds_its_values(site.gateway.wait(edit_id, "completed", 60)) for edit_id in edits)


def restart_postgres(server: Process) -> None:
    """A crash of one backend: the server ends all of them, recovers from its log, and takes connections again."""
    children = subprocess.run(
        ["pgrep", "-P", str(server.pid), "-f", "postgres: edits"], capture_output=True, check=True
    )
    os.kill(int(children.stdout.split()[0]), 9)


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    folder.mkdir()
    mount = [*root, "mount", "-t", "tmpfs", "-o", f"size=6m,uid={os.geteuid()}", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here (needs root)")
    try:
        yield
    finally:
        subprocess.run([*root, "umount", "-l", str(folder)], check=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()


def test_a_full_disk_is_waited_out(live: Live) -> None:
    with small_disk(live.home / "disk"):
        live.settings["EDITS_HOME"] = str(live.home / "disk")
        gateway, worker = live.gateway(), live.worker()
        edits = [gateway.start(FORM, INSTRUCTIONS) for _ in range(4)]

        with full(live.home / "disk"):
            refused = gateway.create(FORM, INSTRUCTIONS)
            time.sleep(AWAY)

        assert (refused.status_code, refused.headers.get("retry-after")) == (503, "1"), refused.text
        assert all(holds_its_values(gateway.wait(edit_id, "completed", 60)) for edit_id in edits)
        for process in (worker, gateway.process):
            process.stop()


@pytest.mark.long
def test_a_catalog_that_is_locked_for_longer_than_anybody_waits_is_an_outage(live: Live) -> None:
    gateway = live.gateway()
    live.worker()
    refused: list[httpx.Response] = []
    edits = [gateway.start(FORM, INSTRUCTIONS) for _ in range(2)]

    with closing(sqlite3.connect(live.home / "catalog.db", isolation_level=None)) as catalog:
        catalog.execute("BEGIN IMMEDIATE")
        asking = threading.Thread(target=lambda: refused.append(gateway.create(text_form(["name"]), "name: Ada")))
        asking.start()
        time.sleep(LOCKED)
        catalog.execute("ROLLBACK")
    asking.join()

    assert [(answer.status_code, answer.headers.get("retry-after")) for answer in refused] == [(503, "1")]
    assert all(holds_its_values(gateway.wait(edit_id, "completed", 60)) for edit_id in edits)


def test_nothing_of_a_create_that_was_refused_is_left(site: Site) -> None:
    with site.blobs.having("refusing"):
        assert site.gateway.create(inline(FORM, "lost.pdf"), INSTRUCTIONS).is_error

    assert site.gateway.page(filename="lost.pdf")["data"] == []
    until(lambda: site.gateway.http.get("/readyz").status_code == 200, 10)

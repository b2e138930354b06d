"""What one edit costs where it runs for real: Temporal's own server and the catalog on PostgreSQL, blobs behind S3.

CPU of each process, commits and bytes of both databases; from these docs/sizing.md is worked out.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from dataclasses import astuple, dataclass
from pathlib import Path

import psutil

from benchmarks.cpu import tree_seconds
from benchmarks.edits import SETTLE, closed_loop, create, forms, upload_body, varied
from benchmarks.lab import KEY, open_client
from dev.processes import free_ports
from dev.production import CATALOG, POSTGRES, STORE, TEMPORAL, Production
from dev.stack import Stack
from dev.temporal_cluster import free_cluster_ports

CALLERS = 20
EDITS = 300
TEMPORAL_DATABASES = ("temporal", "temporal_visibility")


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds."""

    temporal: float
    postgres: float
    store: float
    worker: float
    children: float
    gateway: float

    @property
    def total(self) -> float:
        return self.temporal + self.postgres + self.store + self.worker + self.children + self.gateway


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit on average. `wal` is what both databases write ahead: what replicas and archives get."""

    form: str
    document: int
    edits: int
    per_second: float
    cpu: Cpu
    catalog_commits: float
    temporal_commits: float
    catalog_bytes: float
    temporal_bytes: float
    wal_bytes: float
    blob_bytes: float
    blobs: float


@dataclass(frozen=True, slots=True)
class _Seen:
    cpu: Cpu
    commits: tuple[int, int]
    sizes: tuple[int, int]
    wal: int
    blobs: tuple[int, int]


def measure_production(home: Path, edits: int = EDITS) -> list[Edit]:
    home.chmod(0o711)  # as root, PostgreSQL runs as a user of its own, and must reach its folder
    env = {name: value for name, value in os.environ.items() if not name.startswith(("EDITS_", "TEMPORAL_"))}
    [temporal_port], [gateway_port] = free_cluster_ports(1), free_ports(1)
    with Production(home / "platform", temporal_port=temporal_port) as platform:
        settings = platform.environment(env) | {"EDITS_API_KEYS": f"benchmarks:{KEY}"}
        with Stack(home, temporal_port=temporal_port, ui_port=None, gateway_port=gateway_port, env=settings) as stack:
            return [asyncio.run(_measure(platform, stack, *form, edits)) for form in forms()]


async def _measure(
    platform: Production,
    stack: Stack,
    form: str,
    document: bytes,
    instructions: str,
    edits: int,
) -> Edit:
    numbers = itertools.count()

    async with open_client(stack) as client:

        async def run() -> None:
            await create(client, upload_body(document, varied(instructions, next(numbers))))

        await closed_loop(run, 3 * CALLERS, CALLERS)
        before, began = _seen(platform, stack), time.perf_counter()
        await closed_loop(run, edits, CALLERS)
        took = time.perf_counter() - began
    await asyncio.sleep(SETTLE)
    after = _seen(platform, stack)
    commits = [(now - then) / edits for now, then in zip(after.commits, before.commits, strict=True)]
    sizes = [(now - then) / edits for now, then in zip(after.sizes, before.sizes, strict=True)]
    blobs = [(now - then) / edits for now, then in zip(after.blobs, before.blobs, strict=True)]
    found = Edit(
        form=form,
        document=len(document),
        edits=edits,
        per_second=edits / took,
        cpu=_each(before.cpu, after.cpu, edits),
        catalog_commits=commits[0],
        temporal_commits=commits[1],
        catalog_bytes=sizes[0],
        temporal_bytes=sizes[1],
        wal_bytes=(after.wal - before.wal) / edits,
        blob_bytes=blobs[0],
        blobs=blobs[1],
    )
    print(shown(found), flush=True)
    return found


def _seen(platform: Production, stack: Stack) -> _Seen:
    catalog = (CATALOG,)
    wal = platform.postgres.sql("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")
    return _Seen(
        cpu=_cpu(platform, stack),
        commits=(_commits(platform, catalog), _commits(platform, TEMPORAL_DATABASES)),
        sizes=(_size(platform, catalog), _size(platform, TEMPORAL_DATABASES)),
        wal=int(wal),
        blobs=_blobs(platform.home),
    )


def _cpu(platform: Production, stack: Stack) -> Cpu:
    pids = {each.name: each.pid for each in stack.processes}
    worker = psutil.Process(pids["worker"])
    own = worker.cpu_times()
    of = {name: tree_seconds(psutil.Process(process.pid)) for name, process in platform.processes.items()}
    return Cpu(
        temporal=of[TEMPORAL],
        postgres=of[POSTGRES],
        store=of[STORE],
        worker=own.user + own.system,
        children=tree_seconds(worker) - own.user - own.system,
        gateway=tree_seconds(psutil.Process(pids["gateway"])),
    )


def _each(before: Cpu, after: Cpu, edits: int) -> Cpu:
    return Cpu(*((now - then) / edits for now, then in zip(astuple(after), astuple(before), strict=True)))


def _commits(platform: Production, databases: tuple[str, ...]) -> int:
    query = "SELECT xact_commit FROM pg_stat_database WHERE datname = '{}'"
    return sum(int(platform.postgres.sql(query.format(name))) for name in databases)


def _size(platform: Production, databases: tuple[str, ...]) -> int:
    return sum(int(platform.postgres.sql(f"SELECT pg_database_size('{name}')")) for name in databases)


def _blobs(folder: Path) -> tuple[int, int]:
    """Bytes, and how many."""
    found = [path.stat().st_size for path in (folder / "objects").rglob("*") if path.is_file()]
    return sum(found), len(found)


def shown(edit: Edit) -> str:
    cpu = edit.cpu
    names = ("temporal", "postgres", "store", "worker", "children", "gateway")
    parts = ", ".join(f"{name} {1000 * getattr(cpu, name):.1f}" for name in names)
    return (
        f"{edit.form}: {edit.per_second:.1f} edits/s; CPU {1000 * cpu.total:.1f} ms ({parts}); commits "
        f"{edit.catalog_commits:.1f} catalog, {edit.temporal_commits:.1f} Temporal; bytes "
        f"{edit.catalog_bytes:.0f} catalog, {edit.temporal_bytes:.0f} Temporal, {edit.wal_bytes:.0f} WAL, "
        f"{edit.blobs:.0f} blobs of {edit.blob_bytes:.0f}"
    )

"""Edits a second and CPU of an edit beside a bare workflow of two activities, with 20, 50 and 100 callers.

A closed loop: each caller starts its next run when its last has answered. Blocks of both kinds take turns.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.cpu import Spent
from benchmarks.edits import SETTLE, Kind, bare_kind, closed_loop, forms, upload_kind
from benchmarks.figures import Spread, percentile, ratios
from benchmarks.lab import Lab

CONCURRENCIES = (20, 50, 100)
ROUNDS = 5
RUNS_PER_CALLER = 3  # in one block: a head and a tail that are not full weigh the same for both kinds
PACE_GOAL = 0.7  # times the bare workflow's runs a second
CPU_GOAL = 1.5


@dataclass(frozen=True, slots=True)
class Block:
    """`latencies` in seconds; `cpu` in seconds of one run on average."""

    per_second: float
    latencies: list[float]
    cpu: Spent


@dataclass(frozen=True, slots=True)
class PaceRow:
    """Medians over the rounds; ratios to the bare block of the same round."""

    form: str
    concurrency: int
    per_second: float
    bare_per_second: float
    pace: Spread
    cpu: Spent
    bare_cpu: Spent
    cpu_ratio: Spread
    p50: float
    p95: float


async def measure_pace(lab: Lab, concurrencies: Sequence[int], rounds: int) -> list[PaceRow]:
    temporal = await lab.temporal()
    async with lab.http() as http:
        bare = bare_kind(lab, temporal)
        kinds = [upload_kind(lab, http, name, document, text) for name, document, text in forms()]
        for kind in [bare, *kinds]:
            await closed_loop(kind.run, 40, 20)
        return [row for each in concurrencies for row in await _side_by_side(bare, kinds, each, rounds)]


async def _side_by_side(bare: Kind, kinds: list[Kind], concurrency: int, rounds: int) -> list[PaceRow]:
    order, blocks = [bare, *kinds], dict[str, list[Block]]()
    for turn in range(rounds):
        # Each round begins with another kind, so that none always follows the same one.
        first = turn % len(order)
        for kind in order[first:] + order[:first]:
            blocks.setdefault(kind.name, []).append(await _block(kind, concurrency))
    rows = [_row(kind.name, concurrency, blocks[kind.name], blocks[bare.name]) for kind in kinds]
    for row in rows:
        print(shown(row), flush=True)
    return rows


async def _block(kind: Kind, concurrency: int) -> Block:
    runs = concurrency * RUNS_PER_CALLER
    before, began = kind.meter.read(), time.perf_counter()
    latencies = await closed_loop(kind.run, runs, concurrency)
    took = time.perf_counter() - began
    await asyncio.sleep(SETTLE)
    return Block(runs / took, latencies, (kind.meter.read() - before) / runs)


def _row(form: str, concurrency: int, ours: list[Block], bare: list[Block]) -> PaceRow:
    latencies = [latency for block in ours for latency in block.latencies]
    return PaceRow(
        form=form.removesuffix(", upload"),
        concurrency=concurrency,
        per_second=percentile([block.per_second for block in ours], 50),
        bare_per_second=percentile([block.per_second for block in bare], 50),
        pace=ratios([block.per_second for block in ours], [block.per_second for block in bare]),
        cpu=_middle(ours),
        bare_cpu=_middle(bare),
        cpu_ratio=ratios([block.cpu.total for block in ours], [block.cpu.total for block in bare]),
        p50=percentile(latencies, 50),
        p95=percentile(latencies, 95),
    )


def _middle(blocks: list[Block]) -> Spent:
    return sorted((block.cpu for block in blocks), key=lambda cpu: cpu.total)[len(blocks) // 2]


def shown(row: PaceRow) -> str:
    cpu = row.cpu
    parts = (cpu.server, cpu.worker, cpu.children, cpu.caller, cpu.total)
    server, worker, children, gateway, total = (f"{1000 * part:.1f}" for part in parts)
    return (
        f"{row.form:7} c={row.concurrency:<4} {row.per_second:5.1f} edits/s, bare {row.bare_per_second:5.1f}: "
        f"{row.pace} x, goal {PACE_GOAL}; CPU {total} ms (server {server}, worker {worker}, children {children}, "
        f"gateway {gateway}): {row.cpu_ratio} x, goal {CPU_GOAL}; p50 {row.p50:.2f} s, p95 {row.p95:.2f} s"
    )

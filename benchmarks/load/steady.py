"""Thousands of edits one after the other through the same processes: memory stays flat, nothing is left open."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import psutil

from benchmarks.edits import closed_loop, forms, upload_kind
from benchmarks.figures import slope
from benchmarks.lab import Lab

CALLERS = 20
SAMPLES = 40  # over all edits
WARM_PART = 0.2  # of the edits, before which caches fill
# Bytes for an edit. 1,000,000 edits a day would be 20 MB: a restart a month is no leak an operator sees.
GOAL_BYTES = 400.0
QUIET = 3.0  # seconds until connections and threads that the last edits needed have gone


@dataclass(frozen=True, slots=True)
class Held:
    """What one process holds, with its child processes where `children` are counted in."""

    memory: int
    handles: int
    threads: int
    children: int


@dataclass(frozen=True, slots=True)
class SteadyRow:
    """`growth`: bytes of memory for each edit, by least squares over all but the first fifth of them.

    `before` is after that fifth, `after` when everything has ended.
    """

    process: str
    edits: int
    memory: list[int]
    growth: float
    before: Held
    after: Held


async def measure_steady(lab: Lab, edits: int) -> list[SteadyRow]:
    processes = {each.name: psutil.Process(each.pid) for each in lab.stack.processes if each.name != "Temporal server"}
    _, document, instructions = forms()[0]
    samples: dict[str, list[Held]] = {name: [] for name in processes}
    step = max(CALLERS, edits // SAMPLES)
    async with lab.http() as http:
        kind = upload_kind(lab, http, "steady", document, instructions)
        await closed_loop(kind.run, step, CALLERS)
        for done in range(step, edits + 1, step):
            await closed_loop(kind.run, step, CALLERS)
            for name, process in processes.items():
                samples[name].append(_held(process))
            print(
                f"  {done} edits: " + ", ".join(f"{n} {h[-1].memory / 1e6:.1f} MB" for n, h in samples.items()),
                flush=True,
            )
    await asyncio.sleep(QUIET)
    return [_row(name, samples[name], _held(processes[name]), step) for name in processes]


def _held(process: psutil.Process) -> Held:
    children = process.children(recursive=True)
    return Held(
        memory=sum(each.memory_info().rss for each in [process, *children]),
        handles=process.num_fds(),
        threads=process.num_threads(),
        children=len(children),
    )


def _row(name: str, samples: list[Held], after: Held, step: int) -> SteadyRow:
    warm = round(len(samples) * WARM_PART)
    memory = [each.memory for each in samples]
    numbers = [step * (place + 1) for place in range(len(samples))]
    return SteadyRow(
        process=name,
        edits=numbers[-1],
        memory=memory,
        growth=slope(numbers[warm:], memory[warm:]),
        before=samples[warm],
        after=after,
    )


def shown(row: SteadyRow) -> str:
    before, after = row.before, row.after
    return (
        f"{row.process}: {before.memory / 1e6:.1f} MB after a fifth, {after.memory / 1e6:.1f} MB after {row.edits} "
        f"edits, "
        f"{row.growth:.0f} bytes an edit (goal {GOAL_BYTES:.0f}); handles {before.handles} -> {after.handles}, threads "
        f"{before.threads} -> {after.threads}, children {before.children} -> {after.children}"
    )

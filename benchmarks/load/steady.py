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
GOAL = 0.05  # of what a process holds after that fifth, by the last edit: bounded caches fill for a while yet
QUIET = 3.0  # seconds until connections and threads that the last edits needed have gone


@dataclass(frozen=True, slots=True)
class Held:
    """What one process holds. `below` is the memory of its child processes: each counts what it shares."""

    memory: int
    below: int
    handles: int
    threads: int
    children: int


@dataclass(frozen=True, slots=True)
class SteadyRow:
    """`growth`: bytes of memory for each edit, by least squares over all but the first fifth of them; `below` that of
    child processes.

    `before` is after that fifth, `after` when everything has ended.
    """

    process: str
    edits: int
    memory: list[int]
    below: list[int]
    growth: float
    growth_below: float
    before: Held
    after: Held

    @property
    def share(self) -> float:
        return self.growth * self.edits / self.before.memory

    @property
    def share_below(self) -> float:
        return self.growth_below * self.edits / self.before.below if self.before.below else 0.0


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
        memory=process.memory_info().rss,
        below=sum(each.memory_info().rss for each in children),
        handles=process.num_fds(),
        threads=process.num_threads(),
        children=len(children),
    )


def _row(name: str, samples: list[Held], after: Held, step: int) -> SteadyRow:
    warm = round(len(samples) * WARM_PART)
    memory, below = [each.memory for each in samples], [each.below for each in samples]
    numbers = [step * (place + 1) for place in range(len(samples))]
    return SteadyRow(
        process=name,
        edits=numbers[-1],
        memory=memory,
        below=below,
        growth=slope(numbers[warm:], memory[warm:]),
        growth_below=slope(numbers[warm:], below[warm:]),
        before=samples[warm],
        after=after,
    )


def shown(row: SteadyRow) -> str:
    before, after = row.before, row.after
    return (
        f"{row.process}: {before.memory / 1e6:.1f} MB after a fifth, "
        f"{after.memory / 1e6:.1f} MB after {row.edits} edits, "
        f"{row.growth:.0f} bytes an edit, {row.share:.1%} in all; its children {before.below / 1e6:.1f} -> "
        f"{after.below / 1e6:.1f} MB, {row.growth_below:.0f} an edit, {row.share_below:.1%} (goal {GOAL:.0%} each); "
        f"handles {before.handles} -> {after.handles}, "
        f"threads {before.threads} -> {after.threads}, children {before.children} -> {after.children}"
    )

"""One worker, then two: edits a second.

Of small forms, where all processes share the cores and the Temporal server takes the most of them; and of a form that
keeps a core busy for about a second, with one PDF slot for each worker, where a second worker has a core to itself.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
import psutil

from benchmarks.edits import closed_loop, create, forms, upload_body, upload_kind
from benchmarks.figures import Spread, ratios
from benchmarks.lab import Lab
from tests.forms import many_fields_form, many_values

CALLERS = 50
SMALL_RUNS = 150
LARGE_CALLERS = 6
LARGE_RUNS = 18
FIELDS = 1_000
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """Edits a second; `gain` is two workers' over one's, round by round; `busy`: cores in use by anybody."""

    form: str
    one: list[float]
    two: list[float]
    gain: Spread
    busy_one: float
    busy_two: float


async def measure_workers(lab: Lab, rounds: int) -> list[ScaleRow]:
    async with lab.http() as http:
        _, document, instructions = forms()[0]
        small = upload_kind(lab, http, "small", document, instructions).run
        large = _large(http)
        await closed_loop(small, 40, 20)
        await closed_loop(large, 2, 2)
        return [
            await _row(lab, f"large ({FIELDS} fields)", large, LARGE_RUNS, LARGE_CALLERS, rounds),
            await _row(lab, "small", small, SMALL_RUNS, CALLERS, rounds),
        ]


def _large(http: httpx.AsyncClient) -> Callable[[], Awaitable[None]]:
    body = upload_body(many_fields_form(FIELDS), many_values(FIELDS))

    async def run() -> None:
        await create(http, body)

    return run


async def _row(
    lab: Lab, form: str, run: Callable[[], Awaitable[None]], runs: int, callers: int, rounds: int
) -> ScaleRow:
    one, two, busy_one, busy_two = list[float](), list[float](), list[float](), list[float]()
    for _ in range(rounds):
        rate, busy = await _rate(run, runs, callers)
        one.append(rate)
        busy_one.append(busy)
        with lab.another_worker():
            await closed_loop(run, callers, callers)  # its children and caches get warm
            rate, busy = await _rate(run, runs, callers)
        two.append(rate)
        busy_two.append(busy)
    row = ScaleRow(form, one, two, ratios(two, one), _middle(busy_one), _middle(busy_two))
    print(shown(row), flush=True)
    return row


async def _rate(run: Callable[[], Awaitable[None]], runs: int, callers: int) -> tuple[float, float]:
    before, began = _busy(), time.perf_counter()
    await closed_loop(run, runs, callers)
    took = time.perf_counter() - began
    return runs / took, (_busy() - before) / took


def _busy() -> float:
    """Seconds all cores have worked, whoever for."""
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice + getattr(times, "softirq", 0.0))


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def shown(row: ScaleRow) -> str:
    return (
        f"{row.form}: one worker {_middle(row.one):.1f} edits/s ({row.busy_one:.2f} cores busy), "
        f"two {_middle(row.two):.1f} ({row.busy_two:.2f} cores busy): {row.gain} x"
    )

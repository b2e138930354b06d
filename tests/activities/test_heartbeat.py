"""Signs of life: they bring a cancel to a step, and tell the server that its worker lives."""

from __future__ import annotations

import asyncio
import time

import pytest

from durable_edits.contracts import Status
from tests.activities.bench import LONG_FORM, LONG_VALUES, Bench


@pytest.mark.parametrize("step", ["plan", "fill"])
async def test_a_step_at_work_beats_and_stops_beating_with_its_end(bench: Bench, step: str) -> None:
    planning = bench.planning(LONG_FORM, LONG_VALUES)
    filling = bench.filling(await bench.plan(planning)) if step == "fill" else None
    beats: list[float] = []
    env = bench.attempt(1)
    env.on_heartbeat = lambda *_: beats.append(time.monotonic())

    began = time.monotonic()
    if filling is not None:
        await bench.fill(filling, env)
    else:
        await bench.plan(planning, env)
    took = time.monotonic() - began

    counted = len(beats)
    assert counted >= took / 0.5
    await asyncio.sleep(0.4)
    assert len(beats) == counted


async def test_a_short_step_costs_the_server_no_beat(bench: Bench) -> None:
    await bench.close(bench.closing(Status.CANCELLED))
    beats: list[float] = []
    env = bench.attempt(1)
    env.on_heartbeat = lambda *_: beats.append(time.monotonic())

    await bench.plan(env=env)

    assert beats == []

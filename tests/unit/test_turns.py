"""Places that are few: who sent most waits longest, and a place is never lost."""

from __future__ import annotations

import asyncio

from activities.turns import Turns


async def test_organizations_take_turns_whoever_sent_more() -> None:
    turns = Turns(1)
    order: list[str] = []

    async def work(name: str) -> None:
        async with turns.place(name[:-1]):
            order.append(name)

    async with turns.place("nobody"):
        names = ["acme0", "acme1", "acme2", "acme3", "beta0", "gamma0"]
        waiting = [asyncio.create_task(work(name)) for name in names]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)

    assert order == ["acme0", "beta0", "gamma0", "acme1", "acme2", "acme3"]


async def test_there_are_never_more_at_work_than_places() -> None:
    turns, working, most = Turns(3), 0, 0

    async def work(number: int) -> None:
        nonlocal working, most
        async with turns.place(str(number % 4)):
            working += 1
            most = max(most, working)
            await asyncio.sleep(0.001)
            working -= 1

    await asyncio.gather(*(work(number) for number in range(40)))

    assert most == 3


async def test_a_cancel_while_waiting_or_just_when_the_turn_comes_loses_no_place() -> None:
    turns = Turns(1)

    async def work(seconds: float) -> None:
        async with turns.place("acme"):
            await asyncio.sleep(seconds)

    for delay in range(6):
        first, waiting, last = (asyncio.create_task(work(0.001)) for _ in range(3))
        for _ in range(delay):
            await asyncio.sleep(0.0005)
        waiting.cancel()
        await asyncio.wait({first, waiting, last})

    async with asyncio.timeout(1):
        await work(0)

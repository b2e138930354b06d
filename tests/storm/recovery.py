"""How long an edit waits when its worker is killed: from SIGKILL until another worker has begun the step anew."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client

from tests.storm.clients import Callers, Sent
from tests.storm.documents import hard_work
from tests.storm.stack import Member, Stack, wait_for_start

UNDER_WAY = 6  # edits at any moment: each worker holds some steps, and none waits long for a slot
SETTLED = 3.0
LOOK = 0.1
LONGEST = 60.0
GOAL = 8.0  # seconds, p95


@dataclass(frozen=True)
class Step:
    """One attempt at one step, as Temporal shows it."""

    name: str
    attempt: int
    worker: str
    at_work: bool


@dataclass
class Recovery:
    stack: Stack
    temporal: Client
    callers: Callers
    sent: list[Sent] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, kills: int, first: int) -> list[float]:
        """Seconds for each step that a killed worker had, in order; `first` is the number of the first edit."""
        feeding = asyncio.create_task(self._feed(first))
        seconds: list[float] = []
        try:
            for number in range(kills):
                await asyncio.sleep(SETTLED)
                seconds += await self._kill(self.stack.of("worker")[number % len(self.stack.of("worker"))])
        finally:
            self.enough.set()
            await feeding
        return sorted(seconds)

    async def _feed(self, first: int) -> None:
        """As many as before are under way again and again."""
        slots = asyncio.Semaphore(UNDER_WAY)

        async def one(sent: Sent) -> None:
            try:
                await self.callers.send(sent)
                await self._ended(sent)
            finally:
                slots.release()

        async with asyncio.TaskGroup() as group:
            while not self.enough.is_set():
                await slots.acquire()
                number = first + len(self.sent)
                sent = Sent(number, "http", hard_work(number))
                self.sent.append(sent)
                group.create_task(one(sent))

    async def _kill(self, worker: Member) -> list[float]:
        mine = f"{worker.process.pid}@"
        steps = [(sent.id, await self._step(sent.id)) for sent in self.sent if sent.ids and sent.ended is None]
        victims = [(edit_id, step) for edit_id, step in steps if step and step.at_work and step.worker.startswith(mine)]
        killed = time.monotonic()
        await self.stack.in_main_thread(lambda: _kill(worker))
        seconds = await asyncio.gather(*(self._begun_anew(edit_id, step, killed) for edit_id, step in victims))
        await self.stack.in_main_thread(worker.again)
        await asyncio.to_thread(wait_for_start, worker.process)
        return seconds

    async def _begun_anew(self, edit_id: str, step: Step, killed: float) -> float:
        """Or ended: then it was begun, and a little later than is said here at most."""
        while time.monotonic() < killed + LONGEST:
            now = await self._step(edit_id)
            if now is None or now.name != step.name or (now.attempt > step.attempt and now.at_work):
                break
            await asyncio.sleep(LOOK)
        return time.monotonic() - killed

    async def _step(self, edit_id: str) -> Step | None:
        described = await self.temporal.get_workflow_handle(edit_id).describe()
        for step in described.raw_description.pending_activities:
            at_work = step.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
            return Step(step.activity_type.name, step.attempt, step.last_worker_identity, at_work)
        return None

    async def _ended(self, sent: Sent) -> None:
        end = time.monotonic() + 120
        while sent.ended is None and time.monotonic() < end:
            body = await self.callers.read(sent.id, include_output="false")
            if body["status"] in {"completed", "failed", "cancelled"}:
                sent.ended = body
            await asyncio.sleep(0.1)


def percentile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, round(share * (len(values) - 1)))] if values else float("nan")


def _kill(worker: Member) -> None:
    worker.process.kill()

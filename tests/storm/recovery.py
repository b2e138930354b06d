"""How long an edit waits when its worker is killed: from SIGKILL until another worker has begun the step anew."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client

from tests.storm.clients import Callers, Sent
from tests.storm.documents import work
from tests.storm.stack import Member, Stack, wait_for_start

UNDER_WAY = 12  # edits at any moment: each worker holds some steps, and none waits long for a slot
SETTLED = 3.0
GOAL = 8.0  # seconds, p95


@dataclass(frozen=True)
class Victim:
    """A step that a worker had when it was killed."""

    edit_id: str
    attempt: int
    step: str
    killed: datetime


@dataclass
class Recovery:
    stack: Stack
    temporal: Client
    callers: Callers
    seed: int
    chance: random.Random
    sent: list[Sent] = field(default_factory=list)
    victims: list[Victim] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, kills: int, first: int) -> list[float]:
        """Seconds for each victim, in order; `first` is the number of the first edit."""
        feeding = asyncio.create_task(self._feed(first))
        try:
            for number in range(kills):
                await asyncio.sleep(SETTLED)
                await self._kill(self.stack.of("worker")[number % len(self.stack.of("worker"))])
        finally:
            self.enough.set()
            await feeding
        return sorted([each for each in [await self._seconds(victim) for victim in self.victims] if each is not None])

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
                sent = Sent(first + len(self.sent), "http", work(first + len(self.sent), self.seed, self.chance))
                self.sent.append(sent)
                group.create_task(one(sent))

    async def _kill(self, worker: Member) -> None:
        pid = worker.process.pid
        found = await asyncio.gather(*(self._held_by(pid, sent) for sent in self.sent[-4 * UNDER_WAY :] if sent.ids))
        killed = datetime.now(UTC)
        await self.stack.in_main_thread(lambda: _kill(worker))
        self.victims += [
            Victim(edit_id, attempt, step, killed) for each in found if each for edit_id, attempt, step in [each]
        ]
        await asyncio.sleep(GOAL)
        await self.stack.in_main_thread(worker.again)
        await asyncio.to_thread(wait_for_start, worker.process)

    async def _held_by(self, pid: int, sent: Sent) -> tuple[str, int, str] | None:
        described = await self.temporal.get_workflow_handle(sent.id).describe()
        for step in described.raw_description.pending_activities:
            at_work = step.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
            if at_work and step.last_worker_identity.startswith(f"{pid}@"):
                return sent.id, step.attempt, step.activity_type.name
        return None

    async def _seconds(self, victim: Victim) -> float | None:
        """None where its step had ended before the kill came."""
        wanted: set[int] = set()
        async for event in self.temporal.get_workflow_handle(victim.edit_id).fetch_history_events():
            if event.HasField("activity_task_scheduled_event_attributes"):
                if event.activity_task_scheduled_event_attributes.activity_type.name == victim.step:
                    wanted.add(event.event_id)
            elif event.HasField("activity_task_started_event_attributes"):
                started = event.activity_task_started_event_attributes
                if started.scheduled_event_id in wanted and started.attempt > victim.attempt:
                    return (event.event_time.ToDatetime(tzinfo=UTC) - victim.killed).total_seconds()
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

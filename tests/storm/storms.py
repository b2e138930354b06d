"""The two storms: edits while processes die, and cancels at any instant while workers die."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from temporalio.client import Client, WorkflowExecutionStatus

from durable_edits.storage.blobs import Blobs
from durable_edits.storage.catalog import Catalog
from tests.storm.audit import Audit
from tests.storm.clients import Callers, Sent, http_client
from tests.storm.documents import work
from tests.storm.locks import hold_commits
from tests.storm.recovery import GOAL, Recovery, percentile
from tests.storm.stack import Stack
from tests.storm.watch import Watch
from tests.storm.weather import Weather

OVER_TEMPORAL = 0.35  # of the edits; the rest come over HTTP
WAYS = ["http", "temporal", "cli"]
SHARES = [6, 3, 1]  # a command line costs a process
UNDER_WAY = 60
CALM = 240.0  # seconds after the storm in which everything must have ended: no wait of ours is nearly as long


@dataclass
class Report:
    what: str
    seed: int
    sent: int
    took: float = 0.0
    lines: list[str] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def text(self) -> str:
        shown = [
            f"{self.what}: {self.sent} edits in {self.took:.0f} s, seed {self.seed}",
            *(f"  {line}" for line in self.lines),
        ]
        for what, cases in self.faults.items():
            shown += [f"  BROKEN {len(cases)} x {what}", *(f"    {case}" for case in cases[:5])]
        broken = sum(map(len, self.faults.values()))
        return "\n".join([*shown, f"  broken promises: {broken}" if broken else "  every promise kept"])


@dataclass
class Field:
    """A stack with everything that looks at it."""

    stack: Stack
    seed: int
    temporal: Client
    callers: Callers
    catalog: Catalog
    blobs: Blobs
    watch: Watch
    before: set[str]
    known: set[str] = field(default_factory=set)
    """Edits of earlier parts of this run."""

    async def closed_in_temporal(self, sent: Sent) -> bool:
        described = await self.temporal.get_workflow_handle(sent.id).describe()
        return described.status is not WorkflowExecutionStatus.RUNNING

    def chance(self, what: str) -> random.Random:
        return random.Random(f"{self.seed} {what}")


@contextlib.asynccontextmanager
async def open_field(stack: Stack, seed: int) -> AsyncIterator[Field]:
    settings = stack.settings
    temporal = await stack.client()
    catalog, blobs = Catalog(settings.catalog), Blobs(settings.blobs)
    async with http_client() as http:
        callers = Callers(stack, temporal, http, random.Random(f"{seed} callers"))
        watch = Watch(callers, catalog, random.Random(f"{seed} watch"))
        yield Field(stack, seed, temporal, callers, catalog, blobs, watch, set(await blobs.keys()))
    await catalog.close()


async def kill_storm(field: Field, count: int, seconds: float, first: int) -> Report:
    chance = field.chance("edits")
    sent = [Sent(first + n, _way(chance), work(first + n, field.seed, chance)) for n in range(count)]
    weather = Weather(field.stack, field.chance("weather"))

    async def one(each: Sent) -> None:
        await field.callers.send(each)

    return await _storm(field, "kill storm", sent, one, weather, seconds, cancelled=False)


async def cancel_storm(field: Field, count: int, seconds: float, first: int) -> Report:
    """Each edit is cancelled once, or twice at the same moment, at an instant that is anywhere in its life."""
    chance = field.chance("cancels")
    sent = [Sent(first + n, _way(chance), work(first + n, field.seed, chance)) for n in range(count)]
    weather = Weather(field.stack, field.chance("cancel weather"), roles=("worker",), nights=True)

    async def one(each: Sent) -> None:
        await field.callers.send(each)
        await asyncio.sleep(chance.uniform(0, chance.choice([0.1, 0.6, 3.0, 10.0])))
        ways = chance.choices(WAYS, SHARES, k=chance.choice([1, 2]))
        await asyncio.gather(*(field.callers.cancel(each, way) for way in ways))

    holding = asyncio.create_task(hold_commits(field.catalog, field.chance("locks")))
    try:
        return await _storm(field, "cancel storm", sent, one, weather, seconds, cancelled=True, holding=holding)
    finally:
        holding.cancel()


async def _storm(
    field: Field,
    what: str,
    sent: list[Sent],
    one: Callable[[Sent], Awaitable[None]],
    weather: Weather,
    seconds: float,
    *,
    cancelled: bool,
    holding: asyncio.Task[None] | None = None,
) -> Report:
    began = time.monotonic()
    report = Report(what, field.seed, len(sent))
    looking = [
        asyncio.create_task(field.watch.readers(lambda: [each for each in sent if each.ids])),
        asyncio.create_task(field.watch.records()),
    ]
    sending = asyncio.create_task(_spread(sent, one, seconds, field.chance("pace")))
    # What befalls the processes is decided in the main thread: a process is tied to the thread that starts it.
    await field.stack.in_main_thread(lambda: weather.rage(seconds))
    if holding is not None:
        holding.cancel()
    await field.stack.in_main_thread(weather.clear)
    report.faults |= _broken("a caller was never answered", await sending)
    await _all_ended(field, sent, report)
    for task in looking:
        task.cancel()
    await asyncio.gather(*looking, return_exceptions=True)
    await field.watch.compare()
    audit = Audit(field.stack, field.temporal, field.callers, field.catalog, field.blobs, sent, field.before, cancelled)
    audit.known = field.known
    await audit.run()
    report.took = time.monotonic() - began
    for name, cases in (
        ("an answer that was not promised", field.callers.wrong),
        ("what readers and records told", field.watch.wrong),
        ("a process that ended as it should not", weather.wrong),
    ):
        report.faults |= _broken(name, cases)
    report.faults |= audit.found
    report.lines += [
        "faults: " + ", ".join(f"{count} {name}" for name, count in sorted(weather.counted.items())),
        "callers met: " + ", ".join(f"{count} {name}" for name, count in sorted(field.callers.counted.items())),
        "edits ended: " + ", ".join(f"{count} {name}" for name, count in sorted(audit.ends.items())),
    ]
    if cancelled:
        report.lines.append(f"cancels: {sum(len(each.cancels) for each in sent)}")
    if audit.unclaimed:
        report.lines.append(f"documents of gateways killed before they wrote a record: {len(audit.unclaimed)}")
    return report


async def _spread(
    sent: list[Sent], one: Callable[[Sent], Awaitable[None]], seconds: float, chance: random.Random
) -> list[str]:
    """At random moments over the whole time; what went wrong."""
    slots = asyncio.Semaphore(UNDER_WAY)
    begin = time.monotonic()
    moments = sorted(chance.uniform(0, seconds) for _ in sent)

    async def at(moment: float, each: Sent) -> str | None:
        await asyncio.sleep(max(0.0, begin + moment - time.monotonic()))
        async with slots:
            try:
                await one(each)
            except TimeoutError:
                return str(each.number)
        return None

    return [each for each in await asyncio.gather(*map(at, moments, sent)) if each]


async def _all_ended(field: Field, sent: list[Sent], report: Report) -> None:
    """For a reader, and for Temporal."""
    end = time.monotonic() + CALM
    left = [each for each in sent if each.ids]
    while left and time.monotonic() < end:
        for each in left:
            if each.ended is None:
                await field.watch.look(each)
        left = [each for each in left if each.ended is None or not await field.closed_in_temporal(each)]
        await asyncio.sleep(0.5)
    report.faults |= _broken("not ended", [f"{each.id}: {field.watch.told.get(each.id)}" for each in left])


def _broken(what: str, cases: list[str]) -> dict[str, list[str]]:
    return {what: list(cases)} if cases else {}


def _way(chance: random.Random) -> str:
    return "temporal" if chance.random() < OVER_TEMPORAL else "http"


async def recoveries(field: Field, kills: int, first: int) -> Report:
    began = time.monotonic()
    recovery = Recovery(field.stack, field.temporal, field.callers)
    seconds = await recovery.run(kills, first)
    field.known |= {edit_id for each in recovery.sent for edit_id in each.ids}
    report = Report("recovery from a killed worker", field.seed, len(recovery.sent), time.monotonic() - began)
    p50, p95 = percentile(seconds, 0.5), percentile(seconds, 0.95)
    report.lines.append(f"{len(seconds)} steps of {kills} killed workers begun anew: p50 {p50:.1f} s, p95 {p95:.1f} s")
    if not p95 < GOAL:
        report.faults |= _broken(
            f"recovery took longer than {GOAL:g} s (p95)", [f"{each:.1f}" for each in seconds[-5:]]
        )
    return report

"""CPU and latency of a whole edit beside a bare workflow of two activities."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
from temporalio.client import Client

from benchmarks.bare import BareWorkflow, Job
from benchmarks.cpu import Meter, Spent
from benchmarks.lab import BARE_QUEUE, Lab, checked
from dev.edits_api import data_url
from dev.sample_form import sample_form, sample_instructions
from durable_edits.pdf import fill_form, read_form
from durable_edits.planner import plan
from tests.forms import text_form

CONCURRENCIES = (1, 20)
ROUNDS = 5
RUNS = {1: 16, 20: 40}  # in one batch, by concurrency: about a second of CPU, a hundred of the steps it is counted in
SETTLE = 0.2  # seconds the server gets to finish what it does behind a closed run; counted as that batch's
PDF_RUNS = 20
BARE = "bare"
SMALL_FIELDS = ["name", "city", "day"]
SMALL_INSTRUCTIONS = "name: Ada Lovelace\ncity: London\nday: 2026-03-02"


@dataclass(frozen=True)
class Kind:
    """One thing to run: `run` returns when the answer is there."""

    name: str
    run: Callable[[], Awaitable[None]]
    meter: Meter


@dataclass(frozen=True, slots=True)
class Batch:
    """`latencies` in seconds, each of one run; `cpu` of one run on average."""

    kind: str
    concurrency: int
    latencies: list[float]
    cpu: Spent


async def measure_edits(lab: Lab) -> list[Batch]:
    temporal = await lab.temporal()
    async with lab.http() as http:
        kinds = [bare_kind(lab, temporal)]
        for name, document, instructions in forms():
            kinds += [upload_kind(lab, http, name, document, instructions)]
            kinds += [await stored_kind(lab, http, name, document, instructions)]
        for kind in kinds:
            await closed_loop(kind.run, 20, 20)  # warm: fonts, connections, caches
        # Each round begins with another kind, so that none always follows the same one.
        turns = [kinds[turn:] + kinds[:turn] for turn in range(ROUNDS)]
        return [await _batch(kind, concurrency) for turn in turns for concurrency in CONCURRENCIES for kind in turn]


def forms() -> list[tuple[str, bytes, str]]:
    """(name, document, instructions)."""
    return [
        ("small", text_form(SMALL_FIELDS), SMALL_INSTRUCTIONS),
        ("sample", sample_form(), sample_instructions()),
    ]


def bare_kind(lab: Lab, temporal: Client) -> Kind:
    numbers = itertools.count()

    async def run() -> None:
        number = next(numbers)
        job = Job(name="form.pdf", number=number)
        await temporal.execute_workflow(BareWorkflow.run, job, id=f"bare-{number}", task_queue=BARE_QUEUE)

    return Kind(BARE, run, lab.bare_meter)


def upload_kind(lab: Lab, http: httpx.AsyncClient, name: str, document: bytes, instructions: str) -> Kind:
    """The document travels with every edit."""
    numbers = itertools.count()

    async def run() -> None:
        await create(http, upload_body(document, varied(instructions, next(numbers))))

    return Kind(f"{name}, upload", run, lab.edit_meter)


async def stored_kind(lab: Lab, http: httpx.AsyncClient, name: str, document: bytes, instructions: str) -> Kind:
    """The document is there already, from an earlier edit."""
    first = await create(http, upload_body(document, instructions))
    stored, numbers = {"id": first["file"]["id"]}, itertools.count()

    async def run() -> None:
        await create(http, _body(stored, varied(instructions, next(numbers))))

    return Kind(f"{name}, stored", run, lab.edit_meter)


async def create(http: httpx.AsyncClient, body: bytes) -> dict[str, Any]:
    return checked(await http.post("/v1/edits", content=body), 201)


def pdf_seconds(document: bytes, instructions: str) -> float:
    """CPU of the PDF work alone, warm, in this process: read_form and fill_form."""
    values = plan(read_form(document), instructions).values
    fill_form(document, values)
    began = time.thread_time()
    for _ in range(PDF_RUNS):
        read_form(document)
        fill_form(document, values)
    return (time.thread_time() - began) / PDF_RUNS


def varied(instructions: str, number: int) -> str:
    """No two edits alike: by their values it is decided which of the larger fills are proved."""
    return instructions.replace("name:", f"name: {number}", 1)


def upload_body(document: bytes, instructions: str, *, background: bool = False) -> bytes:
    return _body({"filename": "form.pdf", "url": data_url(document)}, instructions, background=background)


def _body(document: dict[str, str], instructions: str, *, background: bool = False) -> bytes:
    """By default a synchronous create: the answer is the finished edit, with its filled document."""
    return json.dumps({"document": document, "instructions": instructions, "background": background}).encode()


async def _batch(kind: Kind, concurrency: int) -> Batch:
    before = kind.meter.read()
    latencies = await closed_loop(kind.run, RUNS[concurrency], concurrency)
    await asyncio.sleep(SETTLE)
    return Batch(kind.name, concurrency, latencies, (kind.meter.read() - before) / len(latencies))


async def closed_loop(run: Callable[[], Awaitable[None]], runs: int, concurrency: int) -> list[float]:
    """The latency of each run, by `concurrency` callers that each start their next run when their last has answered."""
    left, latencies = iter(range(runs)), list[float]()

    async def caller() -> None:
        for _ in left:
            began = time.perf_counter()
            await run()
            latencies.append(time.perf_counter() - began)

    await asyncio.gather(*(caller() for _ in range(concurrency)))
    return latencies

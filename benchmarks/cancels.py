"""How long a cancel of an edit that is being worked on takes: until the answer, and until Temporal shows Canceled."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from dataclasses import dataclass

import httpx
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError

from benchmarks.lab import Lab, checked
from dev.edits_api import data_url
from dev.errors import PromiseBroken
from tests.forms import many_fields_form, many_values

CANCELS = 32
FIELDS = 3_000  # about two seconds of reading and one and a half of filling
LATEST = 2.0  # seconds after the edit is in progress: some cancels meet the reading, some the filling
SEED = 7
POLL = 0.02
LONG = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Cancels:
    """Seconds from the moment the request is sent; `late` counts edits that had completed before it arrived."""

    answers: list[float]
    shown: list[float]
    late: int


async def measure_cancels(lab: Lab) -> Cancels:
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    temporal = await lab.temporal()
    done, late = list[tuple[float, float]](), 0
    async with lab.http() as http:
        while len(done) < CANCELS:
            cancelled = await _cancel_one(http, temporal, chance.uniform(0, LATEST))
            late += cancelled is None
            done += [cancelled] if cancelled else []
            if late > CANCELS:
                raise PromiseBroken(f"More than {CANCELS} edits had completed before their cancel came: raise FIELDS.")
    return Cancels([answer for answer, _ in done], [shown for _, shown in done], late)


async def start_long_edit(http: httpx.AsyncClient) -> str:
    """The id of an edit of a big form, once it is in progress."""
    document = {"filename": "big.pdf", "url": data_url(many_fields_form(FIELDS))}
    body = {"document": document, "instructions": many_values(FIELDS), "background": True}
    edit = checked(await http.post("/v1/edits", content=json.dumps(body)), 201)
    end = time.monotonic() + LONG
    while edit["status"] != "in_progress":
        if time.monotonic() > end:
            raise PromiseBroken(f"The edit {edit['id']} is still {edit['status']} after {LONG:g} s.")
        await asyncio.sleep(POLL)
        edit = checked(await http.get(f"/v1/edits/{edit['id']}", params={"include_output": "false"}), 200)
    return str(edit["id"])


async def _cancel_one(http: httpx.AsyncClient, temporal: Client, after: float) -> tuple[float, float] | None:
    """(until the answer, until Temporal shows it); None for an edit that was faster."""
    edit_id = await start_long_edit(http)
    await asyncio.sleep(after)
    closed = asyncio.create_task(_closed(temporal, edit_id))
    began = time.perf_counter()
    edit = checked(await http.post(f"/v1/edits/{edit_id}/cancel"), 200)
    answer = time.perf_counter() - began
    shown = await closed - began
    if edit["status"] == "completed":
        return None
    status = (await temporal.get_workflow_handle(edit_id).describe()).status
    if edit["status"] != "cancelled" or status is not WorkflowExecutionStatus.CANCELED:
        raise PromiseBroken(f"The cancelled edit {edit_id} is {edit['status']}, and for Temporal {status}.")
    return answer, shown


async def _closed(temporal: Client, edit_id: str) -> float:
    """The moment Temporal says that the run is closed, by a call that was waiting for it."""
    with contextlib.suppress(WorkflowFailureError):
        await temporal.get_workflow_handle(edit_id).result()
    return time.perf_counter()

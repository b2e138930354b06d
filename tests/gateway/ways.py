"""The ways to start and to cancel an edit, each as the people who take it do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from temporalio.client import Client

from durable_edits.client import EditsClient
from durable_edits.contracts import SourceDocument
from tests.live import Gateway, inline, until
from tests.temporal_cli import TemporalCli


@dataclass(frozen=True)
class Doors:
    gateway: Gateway
    edits: EditsClient
    temporal: Client
    cli: TemporalCli
    ui: str
    queue: str


Start = Callable[[Doors, bytes, str], Awaitable[str]]
Cancel = Callable[[Doors, str], Awaitable[None]]


async def post_in_the_background(doors: Doors, form: bytes, instructions: str) -> str:
    return doors.gateway.start(form, instructions)


async def post_and_wait(doors: Doors, form: bytes, instructions: str) -> str:
    return doors.gateway.start(form, instructions, background=False)


async def edits_client(doors: Doors, form: bytes, instructions: str) -> str:
    return (await doors.edits.create(SourceDocument(**inline(form)), instructions)).id


async def bare_temporal_client(doors: Doors, form: bytes, instructions: str, edit_id: str = "") -> str:
    """Knows a type's name, a queue and JSON."""
    wanted = {"document": inline(form), "instructions": instructions}
    edit_id = edit_id or f"bare {uuid4()}"
    await doors.temporal.start_workflow("EditWorkflow", wanted, id=edit_id, task_queue=doors.queue)
    return edit_id


async def temporal_command_line(doors: Doors, form: bytes, instructions: str) -> str:
    """The command line makes up an id, a UUID."""
    wanted = json.dumps({"document": inline(form), "instructions": instructions})
    named = ("--type", "EditWorkflow", "--task-queue", doors.queue, "--input", wanted)
    started = await asyncio.to_thread(doors.cli.workflow, "start", *named)
    return str(started["workflowId"])


async def cancel_over_http(doors: Doors, edit_id: str) -> None:
    doors.gateway.cancel(edit_id)


async def cancel_by_edits_client(doors: Doors, edit_id: str) -> None:
    await doors.edits.cancel(edit_id)


async def cancel_in_the_temporal_ui(doors: Doors, edit_id: str) -> None:
    """What the page's button sends, with the page's own token."""
    async with httpx.AsyncClient(base_url=doors.ui, trust_env=False) as browser:
        (await browser.get("/")).raise_for_status()
        path = f"/api/v1/namespaces/default/workflows/{quote(edit_id, safe='')}/cancel"
        answer = await browser.post(path, json={}, headers={"x-csrf-token": browser.cookies["_csrf"]})
        answer.raise_for_status()


async def cancel_by_command_line(doors: Doors, edit_id: str) -> None:
    await asyncio.to_thread(doors.cli.workflow, "cancel", "--workflow-id", edit_id)


STARTS: list[Start] = [
    post_in_the_background,
    post_and_wait,
    edits_client,
    bare_temporal_client,
    temporal_command_line,
]
CANCELS: list[Cancel] = [
    cancel_over_http,
    cancel_by_edits_client,
    cancel_in_the_temporal_ui,
    cancel_by_command_line,
]


@dataclass(frozen=True)
class End:
    """How an edit ended: on the wire, without its ids and its time, and in Temporal."""

    body: dict[str, Any]
    run: str
    steps: list[str]


async def end(doors: Doors, edit_id: str) -> End:
    """Once it is closed in both."""
    body = doors.gateway.wait(edit_id)
    until(lambda: doors.cli.is_closed(edit_id), 20)
    assert body["id"] == edit_id
    steps = [
        event.activity_task_scheduled_event_attributes.activity_type.name
        async for event in doors.temporal.get_workflow_handle(edit_id).fetch_history_events()
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    return End(_without_ids_and_time(body), doors.cli.run_status(edit_id), steps)


def _without_ids_and_time(body: dict[str, Any]) -> dict[str, Any]:
    left = {name: value for name, value in body.items() if name not in {"id", "created_at"}}
    for name in ("file", "filled_document_ref"):
        if left[name] is not None:
            left[name] = {key: value for key, value in left[name].items() if key != "id"}
    return left

"""Callers who do not give up: they send an edit, or a cancel, until it is answered, and keep what they were told."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from durable_edits.contracts import EDIT_WORKFLOW
from tests.live import TERMINAL
from tests.storm.documents import Work
from tests.storm.stack import KEY, Stack

PATIENCE = 25.0  # seconds a caller waits for one answer
PAUSE = 0.5
GIVES_UP = 300.0  # seconds: far longer than any fault of a storm lasts
TWICE = 0.3  # of the callers send an accepted edit again with the same key, TOGETHER of them at the same moment
TOGETHER = 0.1
BUSY = {409, 503}  # to be sent again; each says so


@dataclass
class Sent:
    """One edit, as its caller knows it."""

    number: int
    way: str
    work: Work
    ids: set[str] = field(default_factory=set)
    ended: dict[str, Any] | None = None
    """The body that told first that it has ended."""
    cancels: list[tuple[str, dict[str, Any] | None]] = field(default_factory=list)
    """The ways in which it was cancelled, and what was answered."""

    @property
    def id(self) -> str:
        return next(iter(self.ids))


@dataclass
class Callers:
    stack: Stack
    temporal: Client
    http: httpx.AsyncClient
    chance: random.Random
    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    async def send(self, sent: Sent) -> None:
        async with asyncio.timeout(GIVES_UP):
            await (self._over_temporal(sent) if sent.way == "temporal" else self._over_http(sent))

    async def _over_http(self, sent: Sent) -> None:
        together = 2 if self.chance.random() < TOGETHER else 1
        await asyncio.gather(*(self._post(sent) for _ in range(together)))
        if self.chance.random() < TWICE:
            await asyncio.sleep(self.chance.uniform(0, 5))
            self.counted["sent again with its key"] += 1
            await self._post(sent)

    async def _post(self, sent: Sent) -> None:
        body = {"document": sent.work.document, "instructions": sent.work.instructions, "background": True}
        headers = {"idempotency-key": f"{self.stack.name}-{sent.number}"}
        answer = await self._answered("POST", "/v1/edits", 201, json=body, headers=headers)
        sent.ids.add(str(answer.json()["id"]))

    async def _over_temporal(self, sent: Sent) -> None:
        wanted = {
            "document": sent.work.document,
            "instructions": sent.work.instructions,
            "organization": self.stack.organization,
        }
        edit_id = f"{self.stack.name}-{sent.number}"
        while True:
            try:
                await self.temporal.start_workflow(
                    EDIT_WORKFLOW,
                    wanted,
                    id=edit_id,
                    task_queue=self.stack.name,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                )
            except WorkflowAlreadyStartedError:  # by a call of ours whose answer was lost
                self.counted["start known already"] += 1
            except RPCError as error:
                self.counted[f"start {error.status.name}"] += 1
                await asyncio.sleep(PAUSE)
                continue
            sent.ids.add(edit_id)
            return

    async def cancel(self, sent: Sent, way: str) -> None:
        async with asyncio.timeout(GIVES_UP):
            if way == "http":
                answer = await self._answered("POST", f"/v1/edits/{sent.id}/cancel", 200)
                body = answer.json()
                if body["status"] not in TERMINAL:
                    self.wrong.append(f"{sent.id}: a cancel was answered with {body['status']}")
                sent.cancels.append((way, body))
            elif way == "temporal":
                await self._cancel_in_temporal(sent.id)
                sent.cancels.append((way, None))
            else:
                await self._cancel_by_command(sent.id)
                sent.cancels.append((way, None))

    async def _cancel_in_temporal(self, edit_id: str) -> None:
        while True:
            try:
                await self.temporal.get_workflow_handle(edit_id).cancel()
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return
                await asyncio.sleep(PAUSE)
                continue
            return

    async def _cancel_by_command(self, edit_id: str) -> None:
        command = [self.stack.binary, "workflow", "cancel", "--address", self.stack.temporal, "--workflow-id", edit_id]
        process = await asyncio.create_subprocess_exec(
            *map(str, command), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        await process.wait()  # 1 for a run that has ended, and while the server is away

    async def read(self, edit_id: str, **query: str) -> dict[str, Any]:
        return dict((await self._answered("GET", f"/v1/edits/{edit_id}", 200, params=query)).json())

    async def _answered(self, method: str, path: str, wanted: int, **request: Any) -> httpx.Response:
        """By whichever gateway; whatever else than what may be sent again is noted."""
        while True:
            url = self.chance.choice(self.stack.urls)
            try:
                answer = await self.http.request(method, url + path, **request)
            except httpx.TransportError as error:
                self.counted[f"{method} {type(error).__name__}"] += 1
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code == wanted:
                return answer
            self.counted[f"{method} {answer.status_code}"] += 1
            if answer.status_code not in BUSY:
                self.wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            elif answer.status_code == 503 and "retry-after" not in answer.headers:
                self.wrong.append(f"{method} {path}: 503 without Retry-After")
            await asyncio.sleep(PAUSE)


def http_client() -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {KEY}"}
    limits = httpx.Limits(max_connections=200)
    return httpx.AsyncClient(headers=headers, timeout=PATIENCE, limits=limits, trust_env=False)

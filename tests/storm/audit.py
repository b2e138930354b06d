"""The auditor: from catalog, object store, Temporal's histories and what callers saw, were the promises kept?"""

from __future__ import annotations

import asyncio
import base64
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus

from durable_edits.contracts import BlobRef
from durable_edits.storage.blobs import Blobs, edit_folder
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.schema import edits, files
from tests.storm.clients import Callers, Sent
from tests.storm.documents import wrong_values
from tests.storm.stack import Stack

AT_ONCE = 12
RUN = {
    "completed": WorkflowExecutionStatus.COMPLETED,
    "failed": WorkflowExecutionStatus.FAILED,
    "cancelled": WorkflowExecutionStatus.CANCELED,
}


@dataclass
class Audit:
    stack: Stack
    temporal: Client
    callers: Callers
    catalog: Catalog
    blobs: Blobs
    sent: list[Sent]
    before: set[str]
    """What the object store held before the storm."""
    cancelled: bool
    """Whether anybody cancelled anything; otherwise every edit must have completed."""
    known: set[str] = field(default_factory=set)
    """Edits of an earlier part of the same run."""
    unclaimed: list[str] = field(default_factory=list)
    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ends: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        rows, file_rows = await self._rows()
        self._one_edit_each(rows)
        await self._one_run_each(rows)
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(sent: Sent) -> None:
            async with slots:
                await self._edit(sent, rows.get(sent.id), file_rows)

        await asyncio.gather(*(one(sent) for sent in self.sent if sent.ids))
        await self._nothing_left(rows, file_rows)

    def _one_edit_each(self, rows: dict[str, Any]) -> None:
        for sent in self.sent:
            if not sent.ids:
                self.found["lost: never accepted"].append(str(sent.number))
            elif len(sent.ids) > 1:
                self.found["doubled: one key, several edits"].append(f"{sent.number}: {sorted(sent.ids)}")
            elif sent.id not in rows:
                self.found["lost: no record"].append(sent.id)
        known = self.known | {edit_id for sent in self.sent for edit_id in sent.ids}
        strays = [row.id for row in rows.values() if row.id not in known and row.deleted_at is None]
        self._note("doubled: an edit that nobody asked for", strays)

    async def _one_run_each(self, rows: dict[str, Any]) -> None:
        """By Temporal's own list of this storm's queue, which may be behind by a second."""
        await asyncio.sleep(2)
        runs: Counter[str] = Counter()
        async for run in self.temporal.list_workflows(
            f"TaskQueue = '{self.stack.name}' AND WorkflowType = 'EditWorkflow'"
        ):
            runs[run.id] += 1
        self._note("doubled: several runs", [edit_id for edit_id, count in runs.items() if count > 1])
        self._note("doubled: a run without a record", [edit_id for edit_id in runs if edit_id not in rows])

    async def _edit(self, sent: Sent, row: Any, file_rows: dict[str, Any]) -> None:
        if row is None:
            return
        body = await self.callers.read(sent.id)
        status = str(body["status"])
        self.ends[status] += 1
        if row.status is None or status != row.status:
            self.found["not ended"].append(f"{sent.id}: {status}, record {row.status}")
            return
        if not self.cancelled and status != "completed":
            self.found["not completed"].append(f"{sent.id} ({sent.way}): {status} {body['error']}")
        self._same_as_told(sent, body)
        await self._same_in_temporal(sent, row)
        if status == "completed":
            await self._whole(sent, row, body, file_rows)
        elif any((row.filled, row.filled_id, row.result, row.credits, body["output"])):
            self.found["an output of an edit that did not complete"].append(sent.id)

    def _same_as_told(self, sent: Sent, body: dict[str, Any]) -> None:
        if sent.ended is not None and _without_output(sent.ended) != _without_output(body):
            self.found["changed after it had ended"].append(f"{sent.id}: {_difference(sent.ended, body)}")
        for way, answer in sent.cancels:
            if answer is not None and answer != body:
                self.found["a cancel's answer was not final"].append(f"{sent.id} by {way}: {_difference(answer, body)}")

    async def _same_in_temporal(self, sent: Sent, row: Any) -> None:
        handle = self.temporal.get_workflow_handle(sent.id)
        described = await handle.describe()
        if described.status is not RUN[row.status]:
            self.found["Temporal and record disagree"].append(f"{sent.id}: {described.status} and {row.status}")
        first = described.raw_description.workflow_execution_info.first_run_id or described.run_id
        if row.run_id not in {None, first}:
            self.found["the record is another run's"].append(sent.id)
        commits = 0
        async for event in handle.fetch_history_events():
            commits += event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
        if commits != (row.status == "completed"):
            self.found["not one outcome in its history"].append(f"{sent.id}: {commits}")

    async def _whole(self, sent: Sent, row: Any, body: dict[str, Any], file_rows: dict[str, Any]) -> None:
        document = await self.blobs.get(BlobRef.model_validate(row.filled))
        await self.blobs.get(BlobRef.model_validate(row.result))
        told = base64.b64decode(re.sub("^data:[^,]*,", "", body["output"]["filled_document"]["url"]))
        if told != document:
            self.found["the output is not what was stored"].append(sent.id)
        if row.filled_id not in file_rows:
            self.found["no file of a completed edit"].append(sent.id)
        if wrong := await asyncio.to_thread(wrong_values, document, sent.work.expected):
            self.found["a PDF without its values"].append(f"{sent.id}: {wrong[:3]}")

    async def _nothing_left(self, rows: dict[str, Any], file_rows: dict[str, Any]) -> None:
        """Each object is named by a record; of a completed edit, its plan is kept as well."""
        named = {row.blob["key"] for row in file_rows.values()}
        plans = set()
        for row in rows.values():
            named |= {ref["key"] for ref in (row.filled, row.result) if ref}
            if row.status == "completed" and row.deleted_at is None:
                plans.add(f"{edit_folder(row.id)}/plan")
        left = [
            key for key in set(await self.blobs.keys()) - self.before - named if key.rpartition("-")[0] not in plans
        ]
        of_plans = Counter(key.rpartition("-")[0] for key in await self.blobs.keys() if key.rpartition("-")[0] in plans)
        self._note("orphans of edits", [key for key in left if key.startswith("edits/")])
        self._note("orphans: two plans of one edit", [key for key, count in of_plans.items() if count > 1])
        # A gateway that is killed between storing a document and writing its record leaves it to the housekeeping.
        self.unclaimed = [key for key in left if not key.startswith("edits/")]
        gone = [key for key in named if key not in set(await self.blobs.keys())]
        self._note("lost: an object that a record names", gone)

    async def _rows(self) -> tuple[dict[str, Any], dict[str, Any]]:
        found = []
        for table in (edits, files):
            query = select(table).where(table.c.organization == self.stack.organization)
            rows = await self.catalog.read(lambda connection, query=query: connection.execute(query).all())  # type: ignore[misc]
            found.append({row.id: row for row in rows})
        return found[0], found[1]

    def _note(self, what: str, cases: Iterable[str]) -> None:
        if cases := list(cases):
            self.found[what] += cases


def _without_output(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "output"}


def _difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    changed = [name for name in {*one, *other} if one.get(name) != other.get(name)]
    return ", ".join(f"{name}: {str(one.get(name))[:80]} -> {str(other.get(name))[:80]}" for name in sorted(changed))

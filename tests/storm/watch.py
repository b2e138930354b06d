"""Looking on while it storms: what readers are told, and what the catalog holds from the moment an edit has ended."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from durable_edits.errors import CatalogUnavailable
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.schema import edits
from tests.live import TERMINAL
from tests.storm.clients import Callers, Sent

EVERY = 0.25
LOOK_AT_CATALOG = 2.0
ORDER = ["pending", "queued", "in_progress", "completed"]
OUTCOME = ("status", "problem", "filled", "filled_id", "result", "credits", "closed_at")


@dataclass
class Watch:
    callers: Callers
    catalog: Catalog
    chance: random.Random
    told: dict[str, str] = field(default_factory=dict)
    closed: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    async def readers(self, known: Callable[[], list[Sent]]) -> None:
        """One reader after another, so that a later answer can be held against an earlier one."""
        while True:
            await asyncio.sleep(EVERY)
            open_ones = [sent for sent in known() if sent.ended is None]
            for sent in self.chance.sample(open_ones, min(4, len(open_ones))):
                await self.look(sent)

    async def look(self, sent: Sent) -> None:
        body = await self.callers.read(sent.id, include_output="false")
        before, now = self.told.get(sent.id, "pending"), str(body["status"])
        if now not in TERMINAL and (before in TERMINAL or ORDER.index(now) < ORDER.index(before)):
            self.wrong.append(f"{sent.id}: the status went back from {before} to {now}")
        self.told[sent.id] = now
        if now in TERMINAL and sent.ended is None:
            sent.ended = body

    async def records(self) -> None:
        """As a program beside ours would read them."""
        while True:
            await asyncio.sleep(LOOK_AT_CATALOG)
            try:
                await self.compare()
            except CatalogUnavailable:
                continue

    async def compare(self) -> None:
        query = select(edits.c.id, *(edits.c[name] for name in OUTCOME)).where(
            edits.c.organization == self.callers.stack.organization,
            edits.c.status.is_not(None),
            edits.c.deleted_at.is_(None),
        )
        rows = await self.catalog.read(lambda connection: connection.execute(query).all())
        for row in rows:
            now = tuple(row)
            if self.closed.setdefault(row.id, now) != now:
                self.wrong.append(f"{row.id}: its record changed after it was closed: {self.closed[row.id]} -> {now}")

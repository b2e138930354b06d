"""A catalog with as many closed edits as wanted, written in bulk."""

from __future__ import annotations

import functools
import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text
from ulid import ULID

from durable_edits.contracts import Status
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.records import to_microseconds
from durable_edits.storage.schema import edits

ORGANIZATION = "benchmarks"
TEMPLATES = 50
RARE, SOME, COMMON = "rare", "some", "form"  # names begin so in 1 of 2 000, 1 of 100 and all the other edits
STATUSES = [Status.COMPLETED.value] * 17 + [Status.FAILED.value] * 2 + [Status.CANCELLED.value]
BATCH = 5_000
FIRST = to_microseconds(datetime(2026, 1, 1, tzinfo=UTC))
APART = 1_000_000  # microseconds between two edits


async def fill(catalog: Catalog, count: int, *, already: int = 0) -> None:
    """Bring the catalog from `already` edits to `count`; the same ones every time."""
    rows = _rows(already, count)
    while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
        await catalog.write(functools.partial(_insert, batch))
    if catalog.engine.dialect.name == "postgresql":  # its own vacuum comes within a minute; SQLite has no such thing
        async with catalog.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM ANALYZE edits"))


def _insert(rows: list[dict[str, Any]], connection: Connection) -> None:
    connection.execute(edits.insert(), rows)


def edit_id(number: int) -> str:
    """In the order of creation."""
    return f"edt_{ULID.from_int(number + 1)}"


def _rows(start: int, end: int) -> Iterator[dict[str, Any]]:
    for number in range(start, end):
        chance = random.Random(number)  # noqa: S311
        beginning = RARE if number % 2_000 == 7 else SOME if number % 100 == 3 else COMMON
        name = f"{beginning}-{chance.randrange(10**6):06}.pdf"
        status = chance.choice(STATUSES)
        yield {
            "id": edit_id(number),
            "organization": ORGANIZATION,
            "created_at": FIRST + number * APART,
            "file_id": f"file_{number}",
            "filename": name,
            "filename_folded": name,
            "mime_type": "application/pdf",
            "model": "retab-small",
            "color": "#000080",
            "instructions": "Full name: Ada Lovelace\nDate of birth: 1815-12-10",
            "template_id": f"edittplt_{number % TEMPLATES}" if number % 3 == 0 else None,
            "run_id": f"run-{number}",
            "started_at": FIRST + number * APART,
            "status": status,
            "problem": {"code": "invalid_document", "message": "…", "details": None} if status == "failed" else None,
            "filled": _blob(number, "filled.pdf") if status == "completed" else None,
            "filled_id": f"file_{number}_filled" if status == "completed" else None,
            "result": _blob(number, "result.json") if status == "completed" else None,
            "credits": 3.0 if status == "completed" else None,
            "closed_at": FIRST + number * APART,
        }


def _blob(number: int, name: str) -> dict[str, Any]:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return {"key": f"edits/{edit_id(number)}/{name}-{digest[:32]}", "size": 40_000, "sha256": digest}

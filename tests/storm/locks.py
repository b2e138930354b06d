"""Commits that have to wait: the catalog's write lock is held now and then, as by another program.

A worker that has stored its document then waits to commit it, which is where a cancel hurts most.
"""

from __future__ import annotations

import asyncio
import random

from sqlalchemy.exc import SQLAlchemyError

from durable_edits.storage.catalog import Catalog

EVERY, HELD = (1.0, 4.0), (0.2, 2.5)  # seconds; longer than a cancel waits for its worker, too


async def hold_commits(catalog: Catalog, chance: random.Random) -> None:
    sqlite = catalog.engine.dialect.name == "sqlite"
    while True:
        await asyncio.sleep(chance.uniform(*EVERY))
        seconds = chance.uniform(*HELD)
        try:
            async with catalog.engine.connect() as connection:
                await connection.exec_driver_sql("BEGIN IMMEDIATE" if sqlite else "LOCK TABLE edits IN EXCLUSIVE MODE")
                await asyncio.sleep(seconds)
                await connection.rollback()
        except SQLAlchemyError:  # somebody was before us
            continue

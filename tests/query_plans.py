"""How a database would run a query."""

from __future__ import annotations

import re

from sqlalchemy import Select, text

from durable_edits.storage.catalog import Catalog


async def plan(catalog: Catalog, query: Select[object]) -> str:
    compiled = query.compile(catalog.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if catalog.engine.dialect.name == "sqlite" else "EXPLAIN"
    statement = text(f"{explain} {compiled}".replace(":", "\\:"))
    return await catalog.read(lambda connection: "\n".join(str(row[-1]) for row in connection.execute(statement)))


def indexes(shown: str) -> set[str]:
    return set(re.findall(r"\b((?:edits|files)_[a-z]\w+)", shown))


def reads_all(shown: str) -> bool:
    """SQLite scans a table, PostgreSQL too; a scan of what a subquery has collected is none."""
    return bool(re.search(r"SCAN (edits|files)\b|Seq Scan on (edits|files)\b", shown))


def sorts(shown: str) -> bool:
    return bool(re.search(r"TEMP B-TREE FOR ORDER BY|Sort", shown))

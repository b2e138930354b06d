"""Changes of the catalog's tables while others read and write them.

PostgreSQL builds and drops an index beside its users only outside a transaction: a revision that does so can be stopped
half-way, so every step of it must bear being done again. SQLite does a whole revision in one transaction, which readers
do not see before its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from alembic import op
from sqlalchemy import Column, text

# A change of a table waits for whoever uses it, and everybody else waits behind the change: not for longer than this.
LOCK_TIMEOUT = "1s"


@contextmanager
def online() -> Iterator[None]:
    """Outside a transaction where the database needs it."""
    if op.get_bind().dialect.name != "postgresql":
        yield
        return
    with op.get_context().autocommit_block():
        yield


def add_column(table: str, column: Column[Any]) -> None:
    op.add_column(table, column, if_not_exists=True if op.get_bind().dialect.name == "postgresql" else None)


def make_index(name: str, table: str, columns: Sequence[str], where: str | None = None) -> None:
    """Within `online`."""
    # Who builds beside others waits for all of them, and holds up nobody. What was stopped half-way is there, invalid.
    with _patience():
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
        condition = text(where) if where else None
        op.create_index(
            name,
            table,
            list(columns),
            sqlite_where=condition,
            postgresql_where=condition,
            postgresql_concurrently=True,
        )


def drop_index(name: str, table: str) -> None:
    """Within `online`."""
    with _patience():
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)


@contextmanager
def _patience() -> Iterator[None]:
    if op.get_bind().dialect.name != "postgresql":
        yield
        return
    op.execute("SET lock_timeout = 0")
    yield
    op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")

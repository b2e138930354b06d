"""Alembic's entry: runs on the connection that `migrate` hands over."""

from __future__ import annotations

from alembic import context

from durable_edits.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=True,  # so that one of them can leave its own (durable_edits/storage/online.py)
)
with context.begin_transaction():
    context.run_migrations()

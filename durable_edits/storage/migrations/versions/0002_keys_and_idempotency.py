"""API keys, idempotency keys, and an index for every way in which edits are listed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from durable_edits.storage.online import drop_index, make_index, online

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LISTED = "deleted_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("organization", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        if_not_exists=True,
    )
    op.create_index("api_keys_by_digest", "api_keys", ["digest"], unique=True, if_not_exists=True)
    op.create_table(
        "idempotency_keys",
        sa.Column("organization", sa.Text(), primary_key=True),
        sa.Column("scope", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("renewed_at", sa.BigInteger(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        if_not_exists=True,
    )
    op.create_index("idempotency_keys_by_time", "idempotency_keys", ["created_at"], if_not_exists=True)
    with online():
        _list_indexes()


def _list_indexes() -> None:
    drop_index("edits_by_filename", "edits")
    if op.get_bind().dialect.name == "postgresql":
        # A prefix is a range only where text is ordered by its bytes, as SQLite does anyway. Without an index to be
        # built anew it is done at once.
        op.execute('ALTER TABLE edits ALTER COLUMN filename_folded TYPE TEXT COLLATE "C"')
    _index("edits_by_time", ["created_at", "id"])
    _index("edits_by_filename", ["filename_folded", "created_at", "id", "status", "template_id", "deleted_at"])
    _index("edits_by_status", ["status", "created_at", "id"])
    _index("edits_open", ["created_at", "id"], "status IS NULL")
    _index("edits_by_template", ["template_id", "created_at", "id"], "template_id IS NOT NULL")


def _index(name: str, columns: list[str], where: str = "") -> None:
    make_index(name, "edits", ["organization", *columns], f"{LISTED} AND {where}" if where else LISTED)

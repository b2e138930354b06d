"""Templates, uploads, and the key that signs links; files are found by the beginning of their name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from durable_edits.storage.online import add_column, make_index, online

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AT_ONCE = 5_000  # each look for the next ones reads the table


def _bytewise() -> sa.Text:
    return sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()


def upgrade() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("organization", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("mime_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.JSON(), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        if_not_exists=True,
    )
    op.create_table(
        "templates",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("organization", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", _bytewise(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("mime_type", sa.Text(), nullable=False),
        sa.Column("compiled", sa.JSON(), nullable=False),
        sa.Column("field_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        if_not_exists=True,
    )
    add_column("files", sa.Column("filename_folded", _bytewise(), nullable=True))
    with online():
        make_index("templates_by_time", "templates", ["organization", "created_at", "id"], "deleted_at IS NULL")
        make_index("templates_by_name", "templates", ["organization", "name_folded", "id"], "deleted_at IS NULL")
        while _fold_filenames():
            pass
        with op.batch_alter_table("files") as batch:
            batch.alter_column("filename_folded", existing_type=sa.Text(), nullable=False)
        make_index("files_by_filename", "files", ["organization", "filename_folded", "created_at", "id"])


def _fold_filenames() -> bool:
    """Some at a time, so that no row is locked for long; False where none is left."""
    files = sa.table("files", sa.column("id", sa.Text()), sa.column("filename"), sa.column("filename_folded"))
    connection = op.get_bind()
    unfolded = sa.select(files.c.id, files.c.filename).where(files.c.filename_folded.is_(None)).limit(AT_ONCE)
    folded = [{"file": row.id, "folded": row.filename.casefold()} for row in connection.execute(unfolded)]
    if folded:
        change = files.update().where(files.c.id == sa.bindparam("file"))
        connection.execute(change.values(filename_folded=sa.bindparam("folded")), folded)
    return bool(folded)

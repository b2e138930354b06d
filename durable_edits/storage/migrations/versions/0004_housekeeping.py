"""What housekeeping needs to know: whose bytes are to be erased, and who still needs a file."""

from __future__ import annotations

import sqlalchemy as sa

from durable_edits.storage.online import add_column, make_index, online

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_column("edits", sa.Column("erasing_since", sa.BigInteger(), nullable=True))
    with online():
        make_index("edits_by_file", "edits", ["file_id"], "deleted_at IS NULL")
        make_index("edits_erasing", "edits", ["erasing_since", "id"], "erasing_since IS NOT NULL")
        make_index("edits_deleted", "edits", ["deleted_at", "id"], "deleted_at IS NOT NULL")
        make_index("templates_by_file", "templates", ["file_id"], "deleted_at IS NULL")
        make_index("uploads_open", "uploads", ["expires_at", "id"], "completed_at IS NULL")

"""Lists of files by type, and in the order of their changes."""

from __future__ import annotations

from durable_edits.storage.online import make_index, online

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with online():
        make_index("files_by_update", "files", ["organization", "updated_at", "id"])
        make_index("files_by_type", "files", ["organization", "mime_type", "created_at", "id"])
        by_name = ["organization", "filename_folded", "created_at", "id", "mime_type"]
        make_index("files_by_filename", "files", by_name)

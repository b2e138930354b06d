"""The catalog's tables. A change here needs a revision under migrations/versions (a test compares the two)."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, MetaData, Table, Text

metadata = MetaData()

# Times are microseconds since 1970 in UTC: SQLite has no zone, and whole numbers compare the same everywhere.
edits = Table(
    "edits",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("file_id", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("filename_folded", Text, nullable=False),
    Column("mime_type", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("color", Text, nullable=False),
    Column("instructions", Text, nullable=True),
    Column("template_id", Text, nullable=True),
    # Which run of the workflow owns this record, and when its first step began.
    Column("run_id", Text, nullable=True),
    Column("started_at", BigInteger, nullable=True),
    # The outcome: all null until the one statement that closes the edit.
    Column("status", Text, nullable=True),
    Column("problem", JSON(none_as_null=True), nullable=True),
    Column("filled", JSON(none_as_null=True), nullable=True),
    Column("filled_id", Text, nullable=True),
    Column("result", JSON(none_as_null=True), nullable=True),
    Column("credits", Float, nullable=True),
    Column("closed_at", BigInteger, nullable=True),
    # A deleted edit keeps its row: its cursor still works and a running workflow cannot bring it back.
    Column("deleted_at", BigInteger, nullable=True),
    Index("edits_by_time", "organization", "created_at", "id"),
    Index("edits_by_filename", "organization", "filename_folded"),
    Index("edits_by_status", "organization", "status", "created_at"),
)

files = Table(
    "files",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("mime_type", Text, nullable=False),
    Column("blob", JSON, nullable=False),
    Column("page_count", Integer, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("files_by_time", "organization", "created_at", "id"),
)

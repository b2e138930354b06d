"""The catalog's tables. A change here needs a revision under migrations/versions (a test compares the two)."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, MetaData, Table, Text, text

metadata = MetaData()

# A prefix is a range only where text is ordered by its bytes, as SQLite does anyway.
BYTEWISE = Text().with_variant(Text(collation="C"), "postgresql")


def _list_index(name: str, *columns: str, also: tuple[str, ...] = (), where: str = "") -> Index:
    """An index that gives the rows of a list in their order; without the deleted ones, however many there are.

    `also`: what a list of few is filtered by, so that the index alone is read.
    """
    listed = text(f"deleted_at IS NULL AND {where}" if where else "deleted_at IS NULL")
    keys = ("organization", *columns, "created_at", "id", *also)
    return Index(name, *keys, sqlite_where=listed, postgresql_where=listed)


def _partial_index(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


# Times are microseconds since 1970 in UTC: SQLite has no zone, and whole numbers compare the same everywhere.
edits = Table(
    "edits",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("file_id", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("filename_folded", BYTEWISE, nullable=False),
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
    # Since when its bytes are to be erased: null where none are left, or where nobody has asked.
    Column("erasing_since", BigInteger, nullable=True),
    _list_index("edits_by_time"),
    _list_index("edits_by_filename", "filename_folded", also=("status", "template_id", "deleted_at")),
    _list_index("edits_by_status", "status"),
    _list_index("edits_open", where="status IS NULL"),
    _list_index("edits_by_template", "template_id", where="template_id IS NOT NULL"),
    # What housekeeping asks: who still needs a file, what is to be erased, and what can be forgotten.
    _partial_index("edits_by_file", "file_id", where="deleted_at IS NULL"),
    _partial_index("edits_erasing", "erasing_since", "id", where="erasing_since IS NOT NULL"),
    _partial_index("edits_deleted", "deleted_at", "id", where="deleted_at IS NOT NULL"),
)

files = Table(
    "files",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("filename_folded", BYTEWISE, nullable=False),
    Column("mime_type", Text, nullable=False),
    Column("blob", JSON, nullable=False),
    Column("page_count", Integer, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("files_by_time", "organization", "created_at", "id"),
    Index("files_by_update", "organization", "updated_at", "id"),
    Index("files_by_type", "organization", "mime_type", "created_at", "id"),
    Index("files_by_filename", "organization", "filename_folded", "created_at", "id", "mime_type"),
)

# A revoked key keeps its row: a gateway that has ever had keys never again serves whoever has none.
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # What a list of keys shows: the beginning and the end of the key.
    Column("shown", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger, nullable=True),
    Index("api_keys_by_digest", "digest", unique=True),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("organization", Text, primary_key=True),
    # Method and path.
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_sha256", Text, nullable=False),
    # The request that works under this key, and when it last said so.
    Column("claim", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("renewed_at", BigInteger, nullable=False),
    # What it made, written with the made thing itself; or the error it was answered with.
    Column("object_id", Text, nullable=True),
    Column("status", Integer, nullable=True),
    Column("problem", JSON(none_as_null=True), nullable=True),
    Column("done_at", BigInteger, nullable=True),
    Index("idempotency_keys_by_time", "created_at"),
)

# What every process signs links with; made once, by the first that needs it.
secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# A session keeps its row when it is over: to complete it again gives the same answer, and an expired one is told so.
uploads = Table(
    "uploads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("mime_type", Text, nullable=False),
    # As declared when the session began.
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    # What came through the gateway; null where the bytes go to the object store directly.
    Column("received", JSON(none_as_null=True), nullable=True),
    Column("completed_at", BigInteger, nullable=True),
    _partial_index("uploads_open", "expires_at", "id", where="completed_at IS NULL"),
)

templates = Table(
    "templates",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", BYTEWISE, nullable=False),
    Column("file_id", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("mime_type", Text, nullable=False),
    # A blob with the form as it was read and the template's fields.
    Column("compiled", JSON, nullable=False),
    Column("field_count", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    # A deleted template keeps its row for cursors.
    Column("deleted_at", BigInteger, nullable=True),
    _partial_index("templates_by_time", "organization", "created_at", "id", where="deleted_at IS NULL"),
    _partial_index("templates_by_name", "organization", "name_folded", "id", where="deleted_at IS NULL"),
    _partial_index("templates_by_file", "file_id", where="deleted_at IS NULL"),
)

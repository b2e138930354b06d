"""Lists of files read an index in the order of the list, in both databases; a name that many have is met in its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from durable_edits.contracts import DEFAULT_ORGANIZATION, BlobRef
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.files import FileFilter, FileRows, wanted_files
from durable_edits.storage.keyset import Place
from durable_edits.storage.lists import names, page_query
from durable_edits.storage.migrate import migrate
from durable_edits.storage.records import FileRecord, Order, from_microseconds
from durable_edits.storage.rows import file_row
from durable_edits.storage.schema import files
from tests.query_plans import indexes, plan, reads_all, sorts

COUNT = 8_000  # as many as it takes for a planner not to read them all
ORGANIZATION = "files"
OLD_NAME = "scan.pdf"  # the whole name of the older half
ALL = FileFilter((ORGANIZATION,))


def moment(number: int) -> int:
    return 1_770_000_000_000_000 + number * 1_000_000


def file_id(number: int) -> str:
    return f"file_{number:026}"


MIDDLE = (moment(COUNT // 2), file_id(COUNT // 2))


def a_file(number: int) -> FileRecord:
    return FileRecord(
        id=file_id(number),
        organization=ORGANIZATION,
        filename=OLD_NAME if number < COUNT // 2 else f"form-{number}.pdf",
        mime_type="image/png" if number % 100 == 0 else "application/pdf",
        blob=BlobRef(key=f"files/{number}", size=1, sha256="0" * 64),
        created_at=from_microseconds(moment(number)),
        updated_at=from_microseconds(moment(COUNT + number * 7 % COUNT)),
    )


@pytest.fixture(scope="module")
async def catalog(new_database: Callable[[], Awaitable[str]]) -> AsyncIterator[Catalog]:
    catalog = Catalog(await new_database())
    await migrate(catalog)
    rows = [file_row(a_file(number)) for number in range(COUNT)]
    await catalog.write(lambda connection: connection.execute(files.insert(), rows))
    if catalog.engine.dialect.name == "postgresql":  # its own vacuum comes within a minute; SQLite has no such thing
        async with catalog.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM ANALYZE files"))
    yield catalog
    await catalog.close()


IN_ORDER = {
    "none": (ALL, "files_by_time"),
    "window": (replace(ALL, created_to=from_microseconds(moment(COUNT // 3))), "files_by_time"),
    "type": (replace(ALL, mime_type="image/png"), "files_by_type"),
    "changed": (replace(ALL, sort_by="updated_at"), "files_by_update"),
    "two organizations": (replace(ALL, organizations=(ORGANIZATION, DEFAULT_ORGANIZATION)), "files_by_time"),
}


@pytest.mark.parametrize("behind", [None, MIDDLE], ids=["first page", "later page"])
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("name", IN_ORDER)
async def test_a_list_reads_its_index_in_its_order(
    catalog: Catalog, name: str, order: Order, behind: Place | None
) -> None:
    wanted, index = IN_ORDER[name]

    shown = await plan(catalog, page_query(wanted_files(wanted), order, behind, 10))

    assert (indexes(shown), reads_all(shown)) == ({index}, False), shown
    assert not sorts(shown) or len(wanted.organizations) > 1, shown


@pytest.mark.parametrize("mime_type", [None, "image/png"])
async def test_names_that_few_have_are_found_by_their_beginning(catalog: Catalog, mime_type: str | None) -> None:
    wanted = wanted_files(replace(ALL, filename_prefix="form-5", mime_type=mime_type))

    shown = await plan(catalog, page_query(wanted, "desc", MIDDLE, 10, few=True))

    assert indexes(shown) <= {"files_by_filename", "files_pkey"}, shown
    assert "COVERING INDEX files_by_filename" in shown or "Index Only Scan using files_by_filename" in shown, shown


@pytest.mark.parametrize("behind", [None, MIDDLE], ids=["first page", "later page"])
@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_a_name_that_many_old_ones_have_is_read_past_no_newer_one(
    catalog: Catalog, order: Order, behind: Place | None
) -> None:
    wanted = wanted_files(replace(ALL, filename_prefix=OLD_NAME))

    shown = await plan(catalog, page_query(wanted, order, behind, 10, name=OLD_NAME))

    assert (indexes(shown), reads_all(shown), sorts(shown)) == ({"files_by_filename"}, False, False), shown


@pytest.mark.parametrize(
    ("prefix", "way"),
    [("form-71", (True, None)), ("none", (True, None)), (OLD_NAME, (False, OLD_NAME)), ("form-", (False, None))],
)
async def test_few_names_are_collected_and_one_is_met_in_its_own_order(
    catalog: Catalog, prefix: str, way: tuple[bool, str | None]
) -> None:
    wanted = wanted_files(replace(ALL, filename_prefix=prefix))

    assert await catalog.read(lambda connection: names(connection, wanted, 100)) == way


@pytest.mark.parametrize("sort_by", ["created_at", "updated_at"])
@pytest.mark.parametrize("prefix", [OLD_NAME, "SCAN", "form-", "form-71", "none"])
@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_a_page_is_the_same_in_whatever_way_it_is_found(
    catalog: Catalog, order: Order, prefix: str, sort_by: str
) -> None:
    wanted = replace(ALL, filename_prefix=prefix, sort_by="created_at" if sort_by == "created_at" else "updated_at")
    behind = (moment(COUNT // 3), file_id(COUNT // 3)) if sort_by == "created_at" else (moment(COUNT + 99), "")

    found = await FileRows(catalog).rows(wanted, order, behind, 20)

    def stands(file: FileRecord) -> Place:
        time = file.created_at if sort_by == "created_at" else file.updated_at or file.created_at
        return int(time.timestamp() * 1_000_000), file.id

    every = [a_file(number) for number in range(COUNT)]
    named = [file for file in every if file.filename.startswith(prefix.lower())]
    there = [file for file in named if (stands(file) < behind if order == "desc" else stands(file) > behind)]
    expected = sorted(there, key=stands, reverse=order == "desc")[:20]
    assert [file.id for file in found] == [file.id for file in expected]

"""The record of every edit, the same in SQLite and PostgreSQL: one outcome each, pages in order, nothing unstorable."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from ulid import ULID

from durable_edits.contracts import BlobRef, Outcome, Problem, Status, new_edit_id, new_file_id
from durable_edits.errors import CatalogUnavailable
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.records import EditFilter, EditRecord, FileRecord, Order, Position, to_microseconds
from durable_edits.storage.schema import files

NOON = datetime(2026, 1, 31, 12, 0, 0, 123_456, tzinfo=UTC)
BLOB = BlobRef(key="edits/x/filled-0.pdf", size=3, sha256="0" * 64)
PLAN = BlobRef(key="edits/x/result-0.json", size=2, sha256="1" * 64)


@pytest.fixture
def organization() -> str:
    """One that no other test has edits in."""
    return f"org-{ULID()}"


def an_edit(organization: str, **differently: object) -> EditRecord:
    record = EditRecord(
        id=new_edit_id(),
        organization=organization,
        created_at=NOON,
        file_id=new_file_id(),
        filename="form.pdf",
        mime_type="application/pdf",
        model="retab-small",
        color="#000080",
        instructions="Name: Ada",
    )
    return replace(record, **differently)  # type: ignore[arg-type]


def a_file(organization: str, **differently: object) -> FileRecord:
    file = FileRecord(
        id=new_file_id(),
        organization=organization,
        filename="form.pdf",
        mime_type="application/pdf",
        blob=BLOB,
        created_at=NOON,
    )
    return replace(file, **differently)  # type: ignore[arg-type]


def completed(edit_id: str) -> Outcome:
    return Outcome(
        edit_id=edit_id, status=Status.COMPLETED, filled=BLOB, filled_id=new_file_id(), result=PLAN, credits=3.0
    )


def cancelled(edit_id: str) -> Outcome:
    return Outcome(edit_id=edit_id, status=Status.CANCELLED)


async def some_edits(catalog: Catalog, records: list[EditRecord]) -> list[str]:
    for record in records:
        await catalog.create_edit(record, None)
    return [record.id for record in records]


async def listed(catalog: Catalog, wanted: EditFilter, order: Order = "asc") -> list[str]:
    return [record.id for record in await catalog.list_edits(wanted, order=order, limit=100)]


# Writing and reading


async def test_a_record_is_read_as_it_was_written(catalog: Catalog, organization: str) -> None:
    record = an_edit(organization, instructions=None, template_id="tpl_1", filename="Ürkunde 東京.pdf")

    await catalog.create_edit(record, None)

    assert await catalog.edit(record.id) == record


async def test_an_edit_brings_its_file_along(catalog: Catalog, organization: str) -> None:
    file = a_file(organization, page_count=7)

    await catalog.create_edit(an_edit(organization, file_id=file.id), file)

    assert (await catalog.file(file.id, organization)) == replace(file, page_count=7)


async def test_an_edit_that_cannot_be_written_leaves_no_file(catalog: Catalog, organization: str) -> None:
    record, file = an_edit(organization), a_file(organization)
    await catalog.create_edit(record, None)

    with pytest.raises(CatalogUnavailable):
        await catalog.create_edit(record, file)

    assert await catalog.file(file.id, organization) is None


async def test_storing_a_file_twice_keeps_the_first(catalog: Catalog, organization: str) -> None:
    file = a_file(organization)
    await catalog.store_file(file)

    await catalog.store_file(replace(file, filename="other.pdf"))

    assert await catalog.file(file.id, organization) == file


async def test_what_is_unknown_is_none(catalog: Catalog, organization: str) -> None:
    found = (
        await catalog.edit("edt_unknown"),
        await catalog.file("file_unknown", organization),
        await catalog.position("edt_unknown", [organization]),
    )

    assert found == (None, None, None)


async def test_a_database_without_tables_is_not_ready(new_database: Callable[[], Awaitable[str]]) -> None:
    catalog = Catalog(await new_database())

    with pytest.raises(CatalogUnavailable, match="check EDITS_CATALOG_URL"):
        await catalog.ping()

    await catalog.close()


async def test_a_database_with_tables_is_ready(catalog: Catalog) -> None:
    await catalog.ping()


# An edit's run


async def test_an_edit_from_elsewhere_is_adopted_once(catalog: Catalog, organization: str) -> None:
    record = an_edit(organization)
    await catalog.adopt_edit(record)

    second = await catalog.adopt_edit(replace(record, filename="other.pdf"))

    assert second == record


async def test_beginning_an_unknown_edit_writes_its_record(catalog: Catalog, organization: str) -> None:
    record = an_edit(organization)

    begun = await catalog.begin_edit(record, "run-1")

    assert replace(begun, started_at=None) == replace(record, run_id="run-1")


async def test_beginning_keeps_what_the_record_says_already(catalog: Catalog, organization: str) -> None:
    record = an_edit(organization)
    await catalog.create_edit(record, None)

    begun = await catalog.begin_edit(replace(record, instructions=None, filename="other.pdf"), "run-1")

    assert (begun.instructions, begun.filename) == ("Name: Ada", "form.pdf")


async def test_the_first_run_keeps_the_edit(catalog: Catalog, organization: str) -> None:
    record = an_edit(organization)
    first = await catalog.begin_edit(record, "run-1")

    second = await catalog.begin_edit(record, "run-2")

    assert second == first


async def test_of_many_runs_at_once_one_gets_the_edit(catalog: Catalog, organization: str) -> None:
    record = an_edit(organization)

    begun = await asyncio.gather(*(catalog.begin_edit(record, f"run-{number}") for number in range(10)))

    assert len({(each.run_id, each.started_at) for each in begun}) == 1


# The commit point


@pytest.mark.parametrize(
    "outcome",
    [
        completed("edt"),
        cancelled("edt"),
        Outcome(edit_id="edt", status=Status.FAILED, problem=Problem(code="invalid_document", message="ä\0")),
        Outcome(
            edit_id="edt", status=Status.FAILED, problem=Problem(code="x", message="", details={"keys": ["a", None]})
        ),
    ],
    ids=["completed", "cancelled", "failed", "failed with details"],
)
async def test_an_outcome_is_read_as_it_was_written(catalog: Catalog, organization: str, outcome: Outcome) -> None:
    [edit_id] = await some_edits(catalog, [an_edit(organization)])
    outcome = outcome.model_copy(update={"edit_id": edit_id})
    if outcome.filled_id is not None:
        outcome = outcome.model_copy(update={"filled_id": new_file_id()})

    await catalog.close_edit(outcome)

    record = await catalog.edit(edit_id)
    assert record is not None
    assert record.outcome == outcome


@pytest.mark.parametrize("first_is_completed", [True, False])
async def test_the_first_to_close_wins_and_the_second_reads_it(
    catalog: Catalog, organization: str, first_is_completed: bool
) -> None:
    [edit_id] = await some_edits(catalog, [an_edit(organization)])
    outcomes = [completed(edit_id), cancelled(edit_id)]
    first, second = outcomes if first_is_completed else reversed(outcomes)
    await catalog.close_edit(first)

    assert await catalog.close_edit(second) == first


async def test_completing_registers_the_filled_file(catalog: Catalog, organization: str) -> None:
    [edit_id] = await some_edits(catalog, [an_edit(organization, filename="tax.2026.pdf")])

    outcome = await catalog.close_edit(completed(edit_id))

    file = await catalog.file(outcome.filled_id or "", organization)
    assert file is not None
    assert (file.filename, file.mime_type, file.blob) == ("tax.2026_filled.pdf", "application/pdf", BLOB)


async def test_losing_to_a_cancel_registers_no_file(catalog: Catalog, organization: str) -> None:
    [edit_id] = await some_edits(catalog, [an_edit(organization)])
    late = completed(edit_id)
    await catalog.close_edit(cancelled(edit_id))

    await catalog.close_edit(late)

    assert await catalog.file(late.filled_id or "", organization) is None


async def test_of_twenty_closers_on_two_engines_exactly_one_wins(catalog: Catalog, url: str, organization: str) -> None:
    [edit_id] = await some_edits(catalog, [an_edit(organization)])
    other = Catalog(url)
    tries = [completed(edit_id) if number % 2 else cancelled(edit_id) for number in range(20)]

    answers = await asyncio.gather(
        *((catalog if number % 4 < 2 else other).close_edit(outcome) for number, outcome in enumerate(tries))
    )

    await other.close()
    async with catalog.engine.connect() as connection:
        stored = await connection.scalar(
            select(func.count()).where(files.c.organization == organization).select_from(files)
        )
    winner = answers[0]
    assert all(answer == winner for answer in answers)
    assert stored == (1 if winner.status is Status.COMPLETED else 0)


# Deleting


async def test_deleting_an_open_edit_closes_it_as_cancelled(catalog: Catalog, organization: str) -> None:
    [edit_id] = await some_edits(catalog, [an_edit(organization)])
    await catalog.delete_edit(edit_id)

    late = await catalog.close_edit(completed(edit_id))

    assert late == cancelled(edit_id)


async def test_deleting_takes_the_texts_and_the_filled_file(catalog: Catalog, organization: str) -> None:
    [edit_id] = await some_edits(catalog, [an_edit(organization)])
    outcome = await catalog.close_edit(completed(edit_id))

    await catalog.delete_edit(edit_id)

    record = await catalog.edit(edit_id)
    assert record is not None
    assert (record.deleted, record.instructions, record.outcome and record.outcome.filled) == (True, None, None)
    assert record.filename == ""
    assert await catalog.file(outcome.filled_id or "", organization) is None


async def test_an_error_of_the_database_does_not_tell_what_people_wrote(
    new_database: Callable[[], Awaitable[str]], organization: str
) -> None:
    """It goes into the log with its causes; here, of a catalog without tables."""
    catalog, secret = Catalog(await new_database()), f"Ada {ULID()}"

    with pytest.raises(CatalogUnavailable) as failed:
        await catalog.create_edit(an_edit(organization, instructions=secret), None)

    assert secret not in "".join(traceback.format_exception(failed.value))
    await catalog.close()


async def test_an_edit_is_deleted_once(catalog: Catalog, organization: str) -> None:
    [edit_id] = await some_edits(catalog, [an_edit(organization)])

    assert [await catalog.delete_edit(edit_id) for _ in range(2)] == [True, False]


async def test_a_deleted_edit_is_in_no_list(catalog: Catalog, organization: str) -> None:
    kept, gone = await some_edits(catalog, [an_edit(organization), an_edit(organization)])

    await catalog.delete_edit(gone)

    assert await listed(catalog, EditFilter((organization,))) == [kept]


async def test_a_deleted_edit_is_still_a_cursor(catalog: Catalog, organization: str) -> None:
    times = [NOON + timedelta(seconds=number) for number in range(3)]
    _, gone, last = await some_edits(catalog, [an_edit(organization, created_at=time) for time in times])
    await catalog.delete_edit(gone)

    behind = await catalog.position(gone, [organization])

    page = await catalog.list_edits(EditFilter((organization,)), order="asc", behind=behind, limit=10)
    assert [record.id for record in page] == [last]


# Lists


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_a_list_is_in_the_order_of_creation_then_of_ids(
    catalog: Catalog, organization: str, order: Order
) -> None:
    times = [NOON, NOON - timedelta(microseconds=1), NOON, NOON + timedelta(days=1), NOON]
    records = [an_edit(organization, created_at=time) for time in times]
    await some_edits(catalog, records[::-1])

    found = await listed(catalog, EditFilter((organization,)), order)

    ordered = [record.id for record in sorted(records, key=lambda record: (record.created_at, record.id))]
    assert found == (ordered if order == "asc" else ordered[::-1])


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_pages_of_edits_made_at_the_same_moment_miss_none_and_repeat_none(
    catalog: Catalog, organization: str, order: Order
) -> None:
    made = await some_edits(catalog, [an_edit(organization) for _ in range(7)])
    walked: list[str] = []
    behind = None

    while page := await catalog.list_edits(EditFilter((organization,)), order=order, behind=behind, limit=2):
        walked += [record.id for record in page]
        behind = Position(to_microseconds(page[-1].created_at), page[-1].id)

    assert walked == sorted(made, reverse=order == "desc")


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", ["100%.pdf", "a_b.pdf", "axb.pdf", "Über.pdf", "Straße.pdf", "c\\d.pdf"]),
        ("100%", ["100%.pdf"]),
        ("%", []),
        ("a_", ["a_b.pdf"]),
        ("A_B", ["a_b.pdf"]),
        ("üBER", ["Über.pdf"]),
        ("STRASSE.", ["Straße.pdf"]),
        ("c\\", ["c\\d.pdf"]),
        ("pdf", []),
        ("100%.pdf and more", []),
        ("\0", []),
    ],
)
async def test_a_filename_is_found_by_its_beginning_as_written_in_either_case(
    catalog: Catalog, organization: str, prefix: str, found: list[str]
) -> None:
    names = ["100%.pdf", "a_b.pdf", "axb.pdf", "Über.pdf", "Straße.pdf", "c\\d.pdf"]
    await some_edits(catalog, [an_edit(organization, filename=name) for name in names])

    page = await catalog.list_edits(EditFilter((organization,), filename_prefix=prefix), order="asc", limit=100)

    assert sorted(record.filename for record in page) == sorted(found)


async def test_lists_by_status_and_of_what_is_open(catalog: Catalog, organization: str) -> None:
    done, stopped, running = await some_edits(catalog, [an_edit(organization) for _ in range(3)])
    await catalog.close_edit(completed(done))
    await catalog.close_edit(cancelled(stopped))

    found = [
        await listed(catalog, EditFilter((organization,), status=Status.COMPLETED)),
        await listed(catalog, EditFilter((organization,), status=Status.CANCELLED)),
        await listed(catalog, EditFilter((organization,), status=Status.FAILED)),
        await listed(catalog, EditFilter((organization,), open_only=True)),
    ]

    assert found == [[done], [stopped], [], [running]]


async def test_a_span_of_time_includes_both_its_ends(catalog: Catalog, organization: str) -> None:
    times = [NOON + timedelta(microseconds=number) for number in range(4)]
    edits = await some_edits(catalog, [an_edit(organization, created_at=time) for time in times])

    found = await listed(catalog, EditFilter((organization,), created_from=times[1], created_to=times[2]))

    assert found == edits[1:3]


async def test_lists_by_template(catalog: Catalog, organization: str) -> None:
    _, of_one = await some_edits(
        catalog, [an_edit(organization), an_edit(organization, template_id="tpl_1", filename="other.pdf")]
    )

    assert await listed(catalog, EditFilter((organization,), template_id="tpl_1")) == [of_one]


# Organizations


async def test_an_organization_sees_its_own_edits_alone(catalog: Catalog, organization: str) -> None:
    other = organization + "-other"
    mine, theirs = await some_edits(catalog, [an_edit(organization), an_edit(other)])

    found = [await listed(catalog, EditFilter(who)) for who in [(organization,), (other,), (organization, other), ()]]

    assert found == [[mine], [theirs], [mine, theirs], []]


async def test_a_cursor_of_another_organization_is_unknown(catalog: Catalog, organization: str) -> None:
    [theirs] = await some_edits(catalog, [an_edit("theirs")])

    assert await catalog.position(theirs, [organization]) is None


async def test_a_file_of_another_organization_is_unknown(catalog: Catalog, organization: str) -> None:
    file = a_file("theirs")
    await catalog.store_file(file)

    assert await catalog.file(file.id, organization) is None


# What a database cannot hold

ODD = ["a\0b", "\0", "\ud800", "x\udfff\0"]


@pytest.mark.parametrize("odd", ODD, ids=ascii)
async def test_text_a_database_cannot_hold_is_no_error_when_written(
    catalog: Catalog, organization: str, odd: str
) -> None:
    file = a_file(organization, filename=odd, mime_type=f"application/{odd}")
    record = an_edit(
        organization + odd,
        filename=odd,
        instructions=odd,
        model=odd,
        color=odd,
        template_id=odd,
        mime_type=f"application/{odd}",
    )

    await catalog.create_edit(record, file)

    found = await catalog.edit(record.id)
    assert found is not None
    assert "\0" not in found.filename + found.model + (found.instructions or "") + found.mime_type


@pytest.mark.parametrize("odd", ODD, ids=ascii)
async def test_text_a_database_cannot_hold_is_no_error_when_asked_for(
    catalog: Catalog, organization: str, odd: str
) -> None:
    found = (
        await catalog.edit(odd),
        await catalog.file(odd, organization),
        await catalog.position(odd, [organization]),
        await listed(catalog, EditFilter((organization,), filename_prefix=odd, template_id=odd)),
    )

    assert found == (None, None, None, [])


async def test_an_id_with_a_nul_is_not_the_id_without_it(catalog: Catalog, organization: str) -> None:
    [edit_id] = await some_edits(catalog, [an_edit(organization)])

    assert await catalog.edit(edit_id + "\0") is None

"""Every list of edits reads an index in the order of the list, in both databases: none sorts or reads them all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.many_edits import APART, COMMON, FIRST, ORGANIZATION, RARE, SOME, edit_id, fill
from durable_edits.contracts import DEFAULT_ORGANIZATION, Status
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.edit_lists import wanted_edits
from durable_edits.storage.keyset import Place
from durable_edits.storage.lists import after_prefix, names_query, one_name_query, page_query
from durable_edits.storage.migrate import migrate
from durable_edits.storage.records import EditFilter, Order, from_microseconds
from tests.query_plans import indexes, plan, reads_all, sorts

COUNT = 8_000  # as many as it takes for a planner not to read them all
ALL = EditFilter((ORGANIZATION,))
MIDDLE = (FIRST + COUNT // 2 * APART, edit_id(COUNT // 2))


@pytest.fixture(scope="module")
async def catalog(new_database: Callable[[], Awaitable[str]]) -> AsyncIterator[Catalog]:
    catalog = Catalog(await new_database())
    await migrate(catalog)
    await fill(catalog, COUNT)
    yield catalog
    await catalog.close()


IN_ORDER = {
    "none": (ALL, {"edits_by_time"}),
    "window": (
        replace(ALL, created_from=from_microseconds(FIRST), created_to=from_microseconds(FIRST + 9 * APART)),
        {"edits_by_time"},
    ),
    # Most edits are: to look at each in order is as good.
    "completed": (replace(ALL, status=Status.COMPLETED), {"edits_by_status", "edits_by_time"}),
    "cancelled": (replace(ALL, status=Status.CANCELLED), {"edits_by_status"}),
    # SQLite takes the rows without a status out of the index of statuses in order, PostgreSQL cannot.
    "open": (replace(ALL, open_only=True), {"edits_open", "edits_by_status"}),
    "template": (replace(ALL, template_id="edittplt_3"), {"edits_by_template"}),
    "names that many have": (replace(ALL, filename_prefix=COMMON), {"edits_by_time"}),
}


@pytest.mark.parametrize("behind", [None, MIDDLE], ids=["first page", "later page"])
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("name", IN_ORDER)
async def test_a_list_reads_its_index_in_its_order(
    catalog: Catalog, name: str, order: Order, behind: Place | None
) -> None:
    wanted, good = IN_ORDER[name]

    shown = await plan(catalog, page_query(wanted_edits(wanted), order, behind, 10))

    assert (len(indexes(shown) & good), indexes(shown) - good) == (1, set()), shown
    assert (reads_all(shown), sorts(shown)) == (False, False), shown


BESIDE_A_NAME: list[dict[str, Any]] = [
    {},
    {"status": Status.FAILED},
    {"open_only": True},
    {"template_id": "edittplt_3"},
    {"organizations": (ORGANIZATION, DEFAULT_ORGANIZATION)},
    {"created_to": from_microseconds(FIRST + COUNT // 3 * APART)},
]


@pytest.mark.parametrize("behind", [None, MIDDLE], ids=["first page", "later page"])
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("also", BESIDE_A_NAME, ids=lambda also: " ".join(also) or "alone")
@pytest.mark.parametrize("prefix", [RARE, SOME, "no such name"])
async def test_names_that_few_have_are_found_by_their_beginning(
    catalog: Catalog, prefix: str, also: dict[str, Any], order: Order, behind: Place | None
) -> None:
    wanted = replace(ALL, filename_prefix=prefix, **also)

    shown = await plan(catalog, page_query(wanted_edits(wanted), order, behind, 10, few=True))

    assert "edits_by_filename" in indexes(shown), shown
    assert indexes(shown) <= {"edits_by_filename", "edits_pkey"}, shown
    assert not reads_all(shown), shown
    assert "COVERING INDEX edits_by_filename" in shown or "Index Only Scan using edits_by_filename" in shown, shown


@pytest.mark.parametrize("prefix", [RARE, SOME])
async def test_names_are_counted_in_their_index(catalog: Catalog, prefix: str) -> None:
    wanted = wanted_edits(replace(ALL, filename_prefix=prefix))

    for query in (names_query(wanted, 1_000, catalog.engine.dialect.name), one_name_query(wanted)):
        shown = await plan(catalog, query)
        assert indexes(shown) == {"edits_by_filename"}, shown
        assert not reads_all(shown.replace("SEARCH", "")), shown


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("outside", [0, COUNT - 1])
async def test_a_page_behind_the_window_or_before_it_begins_at_the_window(
    catalog: Catalog, order: Order, outside: int
) -> None:
    window = [from_microseconds(FIRST + number * APART) for number in (4_000, 4_009)]
    wanted = replace(ALL, created_from=window[0], created_to=window[1])
    behind = (FIRST + outside * APART, edit_id(outside))

    query = page_query(wanted_edits(wanted), order, behind, 20)
    found = await catalog.read(lambda connection: [row.id for row in connection.execute(query)])

    inside = [edit_id(number) for number in range(4_000, 4_010)]
    nothing = (order == "desc") == (outside == 0)
    assert found == ([] if nothing else inside if order == "asc" else inside[::-1])
    assert "ROW(" not in await plan(catalog, query) or nothing


async def test_two_organizations_are_read_in_order_each(catalog: Catalog) -> None:
    wanted = replace(ALL, organizations=(ORGANIZATION, DEFAULT_ORGANIZATION))

    shown = await plan(catalog, page_query(wanted_edits(wanted), "desc", MIDDLE, 10))

    assert (indexes(shown), reads_all(shown)) == ({"edits_by_time"}, False), shown
    assert shown.count("edits_by_time") == 2


@pytest.mark.parametrize("also", BESIDE_A_NAME, ids=lambda also: " ".join(also) or "alone")
@pytest.mark.parametrize("prefix", [RARE, SOME, COMMON])
async def test_both_ways_to_find_names_find_the_same(catalog: Catalog, prefix: str, also: dict[str, Any]) -> None:
    wanted = replace(ALL, filename_prefix=prefix, **also)

    queries = [page_query(wanted_edits(wanted), "desc", MIDDLE, 50, few=few) for few in (True, False)]
    found = await catalog.read(lambda connection: [[row.id for row in connection.execute(query)] for query in queries])

    assert found[0] == found[1]
    assert found[0] or also


@pytest.mark.parametrize(
    ("prefix", "end"),
    [
        ("form", "forn"),
        ("a%", "a&"),
        ("a_", "a`"),
        ("é", "ê"),
        ("a\ud7ff", "a\ue000"),
        ("a\uffff", "a\U00010000"),
        ("a\U0010ffff", "b"),
        ("\U0010ffff", None),
    ],
    ids=repr,
)
def test_a_prefix_is_a_range(prefix: str, end: str | None) -> None:
    assert after_prefix(prefix) == end
    assert end is None or (prefix + "\U0010ffff").encode() < end.encode()

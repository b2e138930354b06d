"""GET /v1/edits: pages by cursor in both directions, and its filters (contract sections 4 and 5)."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from tests.forms import text_form
from tests.live import Gateway, inline

FORM = text_form(["name"])


def ids(body: dict[str, Any]) -> list[str]:
    return [row["id"] for row in body["data"]]


def listed(gateway: Gateway, **query: Any) -> list[str]:
    return ids(gateway.page(**query))


def newest_first(gateway: Gateway, count: int) -> list[str]:
    return [gateway.start(FORM, f"name: {number}") for number in range(count)][::-1]


def test_a_list_is_the_ten_newest_unless_told_otherwise(alone: Gateway) -> None:
    edits = newest_first(alone, 12)

    body = alone.page()
    assert (ids(body), body["list_metadata"]) == (edits[:10], {"before": None, "after": edits[9]})


def test_the_oldest_come_first_when_asked_for(alone: Gateway) -> None:
    edits = newest_first(alone, 3)

    assert listed(alone, order="asc") == edits[::-1]


@pytest.mark.parametrize(("count", "sizes"), [(7, [3, 3, 1]), (6, [3, 3]), (1, [1])])
def test_following_after_visits_every_edit_once_and_ends_on_null(alone: Gateway, count: int, sizes: list[int]) -> None:
    edits = newest_first(alone, count)

    pages = [alone.page(limit=3)]
    while (after := pages[-1]["list_metadata"]["after"]) and len(pages) < 9:
        pages.append(alone.page(limit=3, after=after))

    assert [len(each["data"]) for each in pages] == sizes
    assert list(itertools.chain.from_iterable(map(ids, pages))) == edits


def test_every_page_but_the_first_says_what_lies_before_it(alone: Gateway) -> None:
    edits = newest_first(alone, 5)

    middle = alone.page(limit=2, after=edits[1])
    last = alone.page(limit=2, after=edits[3])
    assert middle["list_metadata"] == {"before": edits[2], "after": edits[3]}
    assert last["list_metadata"] == {"before": edits[4], "after": None}


@pytest.mark.parametrize("order", ["desc", "asc"])
def test_before_gives_the_nearest_rows_in_front_in_the_same_order(alone: Gateway, order: str) -> None:
    edits = newest_first(alone, 6)[:: 1 if order == "desc" else -1]

    body = alone.page(order=order, before=edits[5], limit=2)
    assert ids(body) == edits[3:5]
    assert body["list_metadata"] == {"before": edits[3], "after": edits[4]}


def test_the_first_page_reached_backwards_has_nothing_before_it(alone: Gateway) -> None:
    edits = newest_first(alone, 4)

    body = alone.page(before=edits[2], limit=2)
    assert (ids(body), body["list_metadata"]) == (edits[:2], {"before": None, "after": edits[1]})


def test_going_back_shows_the_pages_that_were_seen_going_forth(alone: Gateway) -> None:
    edits = newest_first(alone, 7)
    forth = [alone.page(limit=2)]
    while after := forth[-1]["list_metadata"]["after"]:
        forth.append(alone.page(limit=2, after=after))

    back = [forth[-1]]
    while before := back[-1]["list_metadata"]["before"]:
        back.append(alone.page(limit=2, before=before))

    assert back[::-1] == forth
    assert len(edits) == 7


@pytest.mark.parametrize("cursor", ["garbage", "edt_01M87KJBF78RCT1H3WR8ME4BC3", "%00", "é日本" * 500, "' OR 1=1 --"])
@pytest.mark.parametrize("name", ["after", "before"])
def test_an_unknown_cursor_is_the_first_page(alone: Gateway, name: str, cursor: str) -> None:
    newest_first(alone, 3)

    assert alone.page(limit=2, **{name: cursor}) == alone.page(limit=2)


def test_a_cursor_of_another_organization_is_unknown(alone: Gateway, gateway: Gateway) -> None:
    foreign = gateway.start(FORM, "name: Ada")
    newest_first(alone, 2)

    assert alone.page(limit=1, after=foreign) == alone.page(limit=1)


def test_the_cursor_of_a_row_deleted_meanwhile_still_works(alone: Gateway) -> None:
    edits = newest_first(alone, 5)
    alone.http.delete(f"/v1/edits/{edits[2]}")

    assert listed(alone, after=edits[2]) == edits[3:]
    assert listed(alone, before=edits[2]) == edits[:2]


def test_of_both_cursors_after_wins(alone: Gateway) -> None:
    edits = newest_first(alone, 5)

    assert alone.page(after=edits[1], before=edits[4]) == alone.page(after=edits[1])


def test_an_empty_page_has_no_cursors(alone: Gateway) -> None:
    assert alone.page() == {"data": [], "list_metadata": {"before": None, "after": None}}


def test_a_page_beyond_the_last_row_has_no_cursors(alone: Gateway) -> None:
    edits = newest_first(alone, 2)
    empty = {"data": [], "list_metadata": {"before": None, "after": None}}

    assert alone.page(after=edits[-1]) == empty
    assert alone.page(before=edits[0]) == empty


def test_edits_made_and_deleted_meanwhile_shift_no_later_page(alone: Gateway) -> None:
    edits = newest_first(alone, 6)
    first = alone.page(limit=2)

    newest_first(alone, 3)
    alone.http.delete(f"/v1/edits/{edits[0]}")
    assert listed(alone, limit=2, after=first["list_metadata"]["after"]) == edits[2:4]


def test_an_edit_is_listed_and_read_as_soon_as_it_is_created(alone: Gateway) -> None:
    for _ in range(5):
        edit_id = alone.start(FORM, "name: Ada")

        assert listed(alone, limit=1) == [edit_id]
        assert alone.get(edit_id)["id"] == edit_id


def test_a_row_is_the_edit_without_its_output(gateway: Gateway) -> None:
    document = inline(FORM, "row-without-output.pdf")
    edit_id = gateway.create(document, "name: Ada", background=False).json()["id"]

    [row] = gateway.page(filename="row-without-output")["data"]
    assert row == gateway.get(edit_id, include_output="false")
    assert (row["status"], row["output"]) == ("completed", None)
    assert len(json.dumps(row)) < 4096


@pytest.mark.parametrize("limit", ["0", "-1", "101", "ten", "1.5", "1e1", "99999999999999999999"])
def test_a_limit_outside_1_to_100_is_422(gateway: Gateway, limit: str) -> None:
    response = gateway.http.get("/v1/edits", params={"limit": limit})

    detail = response.json()["detail"]
    assert (response.status_code, detail["code"]) == (422, "invalid_request")
    assert detail["details"]["errors"][0]["loc"] == ["query", "limit"]


@pytest.mark.parametrize("limit", [1, 100])
def test_a_limit_may_be_1_to_100(alone: Gateway, limit: int) -> None:
    newest_first(alone, 2)

    assert len(alone.page(limit=limit)["data"]) == min(limit, 2)


@pytest.mark.parametrize(
    ("name", "value"), [("order", "up"), ("order", "DESC"), ("status", "done"), ("status", "error")]
)
def test_a_word_outside_its_enum_is_422(gateway: Gateway, name: str, value: str) -> None:
    response = gateway.http.get("/v1/edits", params={name: value})

    assert response.status_code == 422
    assert response.json()["detail"]["details"]["errors"][0]["loc"] == ["query", name]


def test_parameters_nobody_knows_and_empty_ones_change_nothing(alone: Gateway) -> None:
    newest_first(alone, 2)
    empty = dict.fromkeys(["before", "after", "filename", "template_id", "status", "from_date", "to_date"], "")

    assert alone.page(unheard_of="1", **empty) == alone.page()

"""The filters of GET /v1/edits (contract sections 4 and 5)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from durable_edits.storage.records import to_microseconds
from tests.forms import many_fields_form, many_values, text_form
from tests.held_document import held_document
from tests.live import Gateway, Live, inline, until
from worker import steps_held

FORM = text_form(["name"])


def named(gateway: Gateway, filename: str) -> str:
    return gateway.start(inline(FORM, filename), "name: Ada")


def ids(gateway: Gateway, **query: Any) -> list[str]:
    return [row["id"] for row in gateway.page(**query)["data"]]


def filenames(gateway: Gateway, **query: Any) -> list[str]:
    return [row["file"]["filename"] for row in gateway.page(order="asc", **query)["data"]]


# Names

FILES = [
    "Report.pdf",
    "report-2.pdf",
    "my report.pdf",
    "100%_a.pdf",
    "100xya.pdf",
    "ÄPFEL.pdf",
    "日本.pdf",
    "Straße.pdf",
]


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("report", ["Report.pdf", "report-2.pdf"]),
        ("REPORT-", ["report-2.pdf"]),
        ("Report.pdf", ["Report.pdf"]),
        ("eport", []),
        ("100%", ["100%_a.pdf"]),
        ("100%_", ["100%_a.pdf"]),
        ("100", ["100%_a.pdf", "100xya.pdf"]),
        ("%", []),
        ("_", []),
        ("100__a", []),
        ("äpfel", ["ÄPFEL.pdf"]),
        ("日", ["日本.pdf"]),
        ("STRASSE", ["Straße.pdf"]),
        ("straß", ["Straße.pdf"]),
        ("report*", []),
        ("'; DROP TABLE edits; --", []),
        ("é" * 1000, []),
    ],
)
def test_a_filename_is_a_literal_beginning_in_either_case(files: Gateway, prefix: str, found: list[str]) -> None:
    assert filenames(files, filename=prefix) == found


@pytest.fixture(scope="module")
def files(unattended: Gateway, unused_keys: Iterator[str]) -> Iterator[Gateway]:
    """An organization with one edit of each of FILES."""
    mine = Gateway(unattended.process, unattended.url, next(unused_keys))
    for filename in FILES:
        named(mine, filename)
    yield mine
    mine.close()


def test_pages_of_a_filter_hold_and_count_nothing_else(alone: Gateway) -> None:
    a1, _, a2, _, a3, b3 = [named(alone, f"{letter}{number}.pdf") for number in (1, 2, 3) for letter in "ab"]

    first = alone.page(filename="a", limit=2, order="asc")
    second = alone.page(filename="a", limit=2, order="asc", after=a2)
    assert [row["id"] for row in first["data"] + second["data"]] == [a1, a2, a3]
    assert first["list_metadata"] == {"before": None, "after": a2}
    assert second["list_metadata"] == {"before": a3, "after": None}
    back = alone.page(filename="a", limit=2, order="asc", before=b3)
    assert ([row["id"] for row in back["data"]], back["list_metadata"]) == ([a2, a3], {"before": a2, "after": None})


def test_a_template_that_no_edit_was_made_from_gives_an_empty_page(alone: Gateway) -> None:
    named(alone, "form.pdf")

    assert ids(alone, template_id="edittplt_unknown") == []


# Statuses


def test_a_closed_status_finds_the_edits_that_ended_so(gateway: Gateway) -> None:
    completed = gateway.start(inline(FORM, "by-status-1.pdf"), "name: Ada")
    failed = gateway.start(inline(b"%PDF-1.7 nothing else", "by-status-2.pdf"), "name: Ada")
    cancelled = gateway.start(inline(many_fields_form(2_000), "by-status-3.pdf"), many_values(2_000))
    gateway.cancel(cancelled)
    gateway.wait(completed)
    gateway.wait(failed)

    assert ids(gateway, filename="by-status", status="completed") == [completed]
    assert ids(gateway, filename="by-status", status="failed") == [failed]
    assert ids(gateway, filename="by-status", status="cancelled") == [cancelled]


def test_pending_finds_what_no_worker_has_looked_at(alone: Gateway) -> None:
    edit_id = named(alone, "form.pdf")

    assert ids(alone, status="pending") == [edit_id]
    assert ids(alone, status="queued") == []


def test_an_open_status_finds_the_edits_that_have_it_now(live: Live) -> None:
    with held_document(FORM) as (url, _release):
        gateway = live.gateway()
        live.worker(EDITS_FETCH_HOSTS=url)
        held = {"filename": "form.pdf", "url": f"{url}/form.pdf"}
        for _ in range(steps_held(slots=1) + 2):
            gateway.start(held, "name: Ada")

        def count(status: str) -> int:
            rows = gateway.page(status=status, limit=100)["data"]
            assert {row["status"] for row in rows} <= {status}
            return len(rows)

        until(lambda: [count("queued"), count("in_progress")] == [2, steps_held(slots=1)], 20)
        assert [count("pending"), count("completed")] == [0, 0]


# Dates

MOMENTS = {
    "eve": datetime(2024, 3, 14, 23, 59, 59, 999_999, tzinfo=UTC),
    "dawn": datetime(2024, 3, 15, tzinfo=UTC),
    "noon": datetime(2024, 3, 15, 12, 0, 0, tzinfo=UTC),
    "dusk": datetime(2024, 3, 15, 23, 59, 59, 999_999, tzinfo=UTC),
    "next": datetime(2024, 3, 16, tzinfo=UTC),
}


@pytest.fixture(scope="module")
def history(unattended: Gateway, unused_keys: Iterator[str], stack: Live) -> Iterator[Gateway]:
    """An organization with an edit of each of MOMENTS, its name the filename."""
    mine = Gateway(unattended.process, unattended.url, next(unused_keys))
    with sqlite3.connect(stack.home / "catalog.db", timeout=30) as catalog:
        for name, moment in MOMENTS.items():
            change = "UPDATE edits SET created_at = ? WHERE id = ?"
            catalog.execute(change, (to_microseconds(moment), named(mine, name)))
            catalog.commit()
    catalog.close()
    yield mine
    mine.close()


def test_a_row_says_when_its_edit_was_created(history: Gateway) -> None:
    rows = {row["file"]["filename"]: row["created_at"] for row in history.page()["data"]}

    assert {name: datetime.fromisoformat(text) for name, text in rows.items()} == MOMENTS


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"from_date": "2024-03-15", "to_date": "2024-03-15"}, ["dawn", "noon", "dusk"]),
        ({"from_date": "2024-03-15"}, ["dawn", "noon", "dusk", "next"]),
        ({"to_date": "2024-03-15"}, ["eve", "dawn", "noon", "dusk"]),
        ({"to_date": "2024-03-14"}, ["eve"]),
        ({"from_date": "2024-03-17"}, []),
        ({"from_date": "2024-03-15T12:00:00Z"}, ["noon", "dusk", "next"]),
        ({"to_date": "2024-03-15T12:00:00Z"}, ["eve", "dawn", "noon"]),
        ({"to_date": "2024-03-15T11:59:59.999999Z"}, ["eve", "dawn"]),
        ({"to_date": "2024-03-15T12:00:00.000Z"}, ["eve", "dawn", "noon"]),
        ({"from_date": "2024-03-15T12:00:00"}, ["noon", "dusk", "next"]),
        ({"from_date": "2024-03-15T14:00:00+02:00"}, ["noon", "dusk", "next"]),
        ({"from_date": "2024-03-15T07:00:01-05:00"}, ["dusk", "next"]),
        ({"from_date": "2024-03-15 12:00:00+00:00"}, ["noon", "dusk", "next"]),
        ({"from_date": "2024-03-15 12:00:00.000001+00:00"}, ["dusk", "next"]),
        ({"from_date": "2024-03-16", "to_date": "2024-03-14"}, []),
    ],
)
def test_a_window_of_time_includes_both_its_ends_in_every_spelling(
    history: Gateway, query: dict[str, str], found: list[str]
) -> None:
    assert filenames(history, **query) == found


def test_a_plus_that_a_client_left_unescaped_is_understood(history: Gateway) -> None:
    response = history.http.get("/v1/edits?order=asc&from_date=2024-03-15T14:00:00+02:00")

    assert [row["file"]["filename"] for row in response.json()["data"]] == ["noon", "dusk", "next"]


def test_a_window_turned_round_is_an_empty_page(history: Gateway) -> None:
    body = history.page(from_date="2024-03-16", to_date="2024-03-14")

    assert body == {"data": [], "list_metadata": {"before": None, "after": None}}


def test_cursors_and_windows_go_together(history: Gateway) -> None:
    first = history.page(order="asc", from_date="2024-03-15", to_date="2024-03-15", limit=2)
    after = first["list_metadata"]["after"]

    assert filenames(history, from_date="2024-03-15", to_date="2024-03-15", after=after) == ["dusk"]


@pytest.mark.parametrize("name", ["from_date", "to_date"])
@pytest.mark.parametrize(
    "text", ["yesterday", "2024-13-01", "2024-02-30", "15/03/2024", "2024-03-15T25:00:00Z", "1710500000"]
)
def test_a_malformed_date_is_400_and_names_the_parameter(gateway: Gateway, name: str, text: str) -> None:
    response = gateway.http.get("/v1/edits", params={name: text})

    detail = response.json()["detail"]
    assert (response.status_code, detail["code"]) == (400, "bad_request")
    assert detail["message"].startswith(f"{name} is not a date; send YYYY-MM-DD")

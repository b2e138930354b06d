"""The demo does not call a thing done that was not done."""

from __future__ import annotations

from typing import Any

import pytest

from dev.demo_checks import check_document, check_report, check_sample, shown_value
from dev.errors import PromiseBroken
from dev.pictures import changed_pages, draw_pages
from dev.sample_form import expected_values, sample_form
from durable_edits.pdf import fill_form

GOOD = {"key": "name", "status": "filled", "reason": ""}


def report(*entries: dict[str, str], unused: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"fields": list(entries), "unused": unused or []}


@pytest.fixture(scope="module")
def filled() -> bytes:
    """The sample with every answer in it; a radio group takes its button's name."""
    values = {key: value for key, value in expected_values().items() if key != "journey.means.train"}
    return fill_form(sample_form(), {**values, "journey.means": "train"}).data


def test_a_filled_report_passes() -> None:
    check_report(report(GOOD, {"key": "room", "status": "unchanged", "reason": ""}))


def test_a_failed_field_is_named_with_its_reason() -> None:
    with pytest.raises(PromiseBroken, match=r"room \(no appearance\)"):
        check_report(report(GOOD, {"key": "room", "status": "failed", "reason": "no appearance"}))


def test_an_empty_report_is_no_report() -> None:
    with pytest.raises(PromiseBroken, match="no field at all"):
        check_report(report())


def test_an_answer_that_was_not_used_is_named() -> None:
    left = {"label": "Room", "value": "4", "reason": "no field has this name"}

    with pytest.raises(PromiseBroken, match=r"Room \(no field has this name\)"):
        check_sample(report(GOOD, unused=[left]), {"name": "Ada"}, {"name": "Ada"})


def test_another_value_in_the_output_is_noticed() -> None:
    with pytest.raises(PromiseBroken, match="'name': 'Adam'"):
        check_sample(report(GOOD), {"name": "Adam"}, {"name": "Ada"})


def test_the_filled_sample_holds_every_answer(filled: bytes) -> None:
    check_document(filled, expected_values())


@pytest.mark.parametrize("key", expected_values())
def test_an_answer_that_is_not_in_the_document_is_noticed(key: str) -> None:
    with pytest.raises(PromiseBroken, match=key):
        check_document(sample_form(), {key: expected_values()[key]})


def test_another_button_than_the_one_asked_for_is_noticed(filled: bytes) -> None:
    with pytest.raises(PromiseBroken, match=r"journey\.means\.car"):
        check_document(filled, {"journey.means.car": "true"})


def test_every_page_of_the_filled_sample_looks_different(filled: bytes) -> None:
    assert changed_pages(draw_pages(sample_form()), draw_pages(filled)) == [1, 2, 3]


def test_the_same_document_looks_the_same() -> None:
    assert changed_pages(draw_pages(sample_form()), draw_pages(sample_form())) == []


def test_a_radio_group_is_shown_by_its_button() -> None:
    assert shown_value({"means.car": "false", "means.train": "true"}, "means") == "train"

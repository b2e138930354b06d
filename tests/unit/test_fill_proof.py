"""The fill step proves its work where that is cheap, and takes back what the proof denies."""

from __future__ import annotations

from activities.jobs import fill_planned
from activities.proving import FILL_STEP_MS, SHARE, is_proved
from durable_edits.form import FieldStatus, Filled, Plan
from tests.made_forms import made_form, text

FORM = made_form([text("t")])
PLAN = Plan(values={"t": "Ada"}).model_dump_json().encode()


def report_of(color: str) -> tuple[FieldStatus, str]:
    filled = Filled.model_validate_json(fill_planned(FORM, PLAN, color, 10).result)
    return filled.report[0].status, filled.report[0].reason


def test_a_fill_that_everyone_sees_is_claimed() -> None:
    assert report_of("#000080") == (FieldStatus.FILLED, "")


def test_ink_in_the_colour_of_the_paper_is_not_claimed() -> None:
    status, reason = report_of("#FFFFFF")

    assert status is FieldStatus.NOT_PROVED
    assert "does not find it drawn" in reason


def test_a_small_form_is_always_proved() -> None:
    assert all(is_proved(FORM + bytes([number]), pages=1, claims=1) for number in range(100))


def test_large_forms_are_proved_as_often_as_the_share_allows() -> None:
    documents = [FORM + number.to_bytes(2, "big") for number in range(2_000)]

    proved = sum(is_proved(each, pages=10, claims=25) for each in documents)

    expected = len(documents) * SHARE * FILL_STEP_MS / (10 * 3.0 + 25 * 0.4)
    assert expected * 0.7 < proved < expected * 1.3


def test_the_same_document_is_decided_the_same() -> None:
    documents = [FORM + number.to_bytes(2, "big") for number in range(200)]

    first = [is_proved(each, pages=4, claims=9) for each in documents]

    assert [is_proved(bytes(bytearray(each)), pages=4, claims=9) for each in documents] == first
    assert {True, False} == set(first)

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


def asked(number: int) -> dict[str, str]:
    return {"t": f"Ada {number}"}


def test_a_small_form_is_always_proved() -> None:
    assert all(is_proved(len(FORM), pages=1, claims=1, values=asked(number)) for number in range(100))


def test_a_large_form_is_proved_as_often_as_the_share_allows() -> None:
    edits = 2_000

    proved = sum(is_proved(0, pages=10, claims=25, values=asked(number)) for number in range(edits))

    expected = edits * SHARE * FILL_STEP_MS / (10 * 3.0 + 25 * 0.4)
    assert expected * 0.7 < proved < expected * 1.3


def test_a_step_that_is_tried_again_decides_the_same() -> None:
    def decided() -> list[bool]:
        return [is_proved(len(FORM), pages=4, claims=9, values=asked(number)) for number in range(200)]

    assert decided() == decided()
    assert {True, False} == set(decided())

"""Real forms and what people wrote for them, where the cases lie beside the checkout."""

from __future__ import annotations

import pytest

from benchmarks.instructions import CASES, FORMS, Verdict, judged

LITERAL_RECALL = 0.8  # of the cases whose labels are those of the form; what is left lacks a readable label

pytestmark = pytest.mark.skipif(not (CASES.is_dir() and FORMS.is_dir()), reason="no cases in ../shared")


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return list(judged(set()))


def test_no_value_is_in_a_wrong_field(verdicts: list[Verdict]) -> None:
    assert [(each.case, each.wrong) for each in verdicts if each.wrong] == []


def test_labels_of_the_form_reach_their_fields(verdicts: list[Verdict]) -> None:
    literal = [each for each in verdicts if "literal" in each.tags]

    assert sum(len(each.right) for each in literal) >= LITERAL_RECALL * sum(each.expected for each in literal)

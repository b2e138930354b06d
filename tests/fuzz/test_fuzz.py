"""A part of `make fuzz` on every run: broken and hostile documents give a typed error or a form that readers open."""

from __future__ import annotations

import pytest

from durable_edits.errors import DocumentError
from durable_edits.pdf import fill_form
from tests.fuzz.mutations import BOMBS, mutated
from tests.fuzz.runner import run
from tests.fuzz.trial import Finding, trial
from tests.made_forms import made_form, text

PART = range(1, 401)  # a sixteenth of them bombs: about ten seconds on one core


def test_no_broken_document_hangs_crashes_or_gives_what_no_reader_opens() -> None:
    outcomes = list(run(PART))

    assert [outcome.number for outcome in outcomes] == list(PART)
    assert [outcome for outcome in outcomes if outcome.fault] == []


def test_every_bomb_is_among_them() -> None:
    assert len({PART.start + number for number in PART if number % 25 == 0}) >= len(BOMBS)


def test_a_number_makes_the_same_document_again() -> None:
    assert [mutated(number) for number in range(40)] == [mutated(number) for number in range(40)]


def test_a_sound_form_is_filled() -> None:
    assert trial(made_form([text("t")])) == "filled"


def test_what_is_no_form_is_a_typed_error() -> None:
    with pytest.raises(DocumentError):
        fill_form(b"%PDF-1.7 nothing", {})
    assert trial(b"%PDF-1.7 nothing") == "invalid_document"


def test_what_kills_its_child_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner's own promise: seconds without a word end a child and name its document."""
    monkeypatch.setattr("tests.fuzz.runner.SECONDS", 0.001)

    assert [outcome.result for outcome in run([1, 2])] == ["hang", "hang"]


def test_a_finding_is_no_typed_error() -> None:
    assert not issubclass(Finding, DocumentError)

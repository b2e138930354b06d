"""What crosses Temporal: small, stable, and started by two words of JSON; names, ids and prices beside it."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from durable_edits.contracts import (
    BlobRef,
    EditInput,
    Outcome,
    Problem,
    SourceDocument,
    Status,
    filled_name,
    new_edit_id,
    new_file_id,
)
from durable_edits.credits import credits_for


def test_an_edit_is_started_with_a_document_and_instructions_alone() -> None:
    typed = '{"document": {"filename": "form.pdf", "url": "https://x/form.pdf"}, "instructions": "Name: Ada"}'

    edit = EditInput.model_validate_json(typed)

    assert (edit.document.filename, edit.instructions, edit.model, edit.color, edit.organization) == (
        "form.pdf",
        "Name: Ada",
        "retab-small",
        "#000080",
        "default",
    )


def test_an_input_of_a_newer_release_is_still_understood() -> None:
    typed = '{"document": {"filename": "form.pdf", "url": "https://x/form.pdf"}, "unheard_of": 1}'

    assert EditInput.model_validate_json(typed).document.filename == "form.pdf"


@pytest.mark.parametrize("color", ["blue", "#00008", "#00008g", "#000080 ", "#000080\n", ""])
def test_a_colour_is_six_hex_digits(color: str) -> None:
    document = SourceDocument(filename="form.pdf", url="https://x/form.pdf")

    with pytest.raises(ValidationError):
        EditInput(document=document, color=color)


@pytest.mark.parametrize("document", [{"filename": "", "url": "https://x"}, {"filename": "a.pdf", "url": ""}, {}])
def test_a_document_has_a_name_and_a_url(document: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        SourceDocument.model_validate(document)


def test_an_outcome_crosses_as_it_is() -> None:
    blob = BlobRef(key="edits/x/filled-0.pdf", size=1, sha256="0" * 64)
    problem = Problem(code="invalid_document", message="Not a PDF.", details={"pages": 0})
    outcome = Outcome(edit_id="edt_1", status=Status.FAILED, problem=problem, filled=blob, credits=0.6)

    assert Outcome.model_validate_json(outcome.model_dump_json()) == outcome


def test_statuses_are_the_words_of_the_wire() -> None:
    assert [str(status) for status in Status] == [
        "pending",
        "queued",
        "in_progress",
        "completed",
        "failed",
        "cancelled",
    ]


def test_ids_say_what_they_are_of() -> None:
    ids = [new_edit_id(), new_file_id()]

    assert [re.fullmatch(r"(edt|file)_[0-9A-HJKMNP-TV-Z]{26}", each) is not None for each in ids] == [True, True]


def test_no_two_ids_are_the_same() -> None:
    assert len({new_edit_id() for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize(
    ("name", "filled"),
    [
        ("form.pdf", "form_filled.pdf"),
        ("tax.2026.pdf", "tax.2026_filled.pdf"),
        ("form", "form_filled.pdf"),
        ("Übung 東京.PDF", "Übung 東京_filled.pdf"),
        ("folder/form.pdf", "form_filled.pdf"),
        ("../../form.pdf", "form_filled.pdf"),
        ("/", "document_filled.pdf"),
        (".pdf", ".pdf_filled.pdf"),
    ],
)
def test_a_filled_document_is_named_after_its_form(name: str, filled: str) -> None:
    assert filled_name(name) == filled


@pytest.mark.parametrize(
    ("model", "pages", "price"),
    [
        ("retab-micro", 1, 0.6),
        ("retab-micro", 7, 4.2),
        ("retab-small", 2, 6.0),
        ("retab-large", 3, 27.0),
        ("somebody-else", 2, 6.0),
        ("retab-small", 0, 0.0),
    ],
)
def test_an_edit_costs_by_model_and_page(model: str, pages: int, price: float) -> None:
    assert credits_for(model, pages) == price

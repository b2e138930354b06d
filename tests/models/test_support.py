"""What of a model's answer is believed: what the instructions hold."""

from __future__ import annotations

import pytest

from durable_edits.form import FieldKind
from durable_edits.models.answer import Entry
from durable_edits.models.question import OpenField
from durable_edits.models.support import NO_QUOTE, NOT_IN_QUOTE, NOT_SAID, Said

SAID = Said(
    "I am Zoë  Łukasz, born on 3 May 1984 in Lyon. Telephone (555) 123-4567.\n"
    "Total: 1,250.00 EUR. 住所は東京都港区です。"
)
TEXT = OpenField(key="k", fills="k", kind=FieldKind.TEXT, description="", page=1)
BOX = OpenField(key="k", fills="k", kind=FieldKind.CHECKBOX, description="", page=1, options=["true", "false"])


def doubt(value: str, quote: str, field: OpenField = TEXT) -> str:
    return SAID.doubt(Entry(key="k", value=value, quote=quote), field)


@pytest.mark.parametrize(
    ("value", "quote"),
    [
        ("Lyon", "in Lyon"),
        ("zoe łukasz", "I am Zoë Łukasz"),  # another case, an accent less
        ("Łukasz, Zoë", "I am Zoë Łukasz"),
        ("Z. Ł.", "Zoë Łukasz"),
        ("1984-05-03", "born on 3 May 1984"),
        ("05/03/1984", "born on 3 May 1984"),
        ("03/05/1984", "born on 3 May 1984"),  # as the rest of the world writes it
        ("05", "3 May 1984"),
        ("84", "3 May 1984"),
        ("5551234567", "(555) 123-4567"),
        ("4567", "Telephone (555) 123-4567"),
        ("1250.00", "1,250.00 EUR"),
        ("東京都", "住所は東京都港区です"),
    ],
)
def test_what_a_quote_holds_is_believed(value: str, quote: str) -> None:
    assert doubt(value, quote) == ""


@pytest.mark.parametrize(
    ("value", "quote", "reason"),
    [
        ("Lyon", "", NO_QUOTE),
        ("Paris", "in Paris", NOT_SAID),
        ("Paris", "in Lyon", NOT_IN_QUOTE),
        ("yo", "in Lyon", NOT_IN_QUOTE),  # a piece of a word
        ("1985-05-03", "born on 3 May 1984", NOT_IN_QUOTE),
        ("1984-03-05", "born on 3 May 1984", NOT_IN_QUOTE),
        ("7", "Telephone (555) 123-4567", NOT_IN_QUOTE),
        ("大阪府", "住所は東京都港区です", NOT_IN_QUOTE),
    ],
)
def test_what_it_does_not_hold_is_not(value: str, quote: str, reason: str) -> None:
    assert doubt(value, quote) == reason


def test_a_choice_is_believed_on_its_quote() -> None:
    assert doubt("true", "born on 3 May 1984", BOX) == ""


def test_a_choice_whose_quote_nobody_wrote_is_not() -> None:
    assert doubt("true", "tick every box", BOX) == NOT_SAID

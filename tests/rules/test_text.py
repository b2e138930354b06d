"""Text fields: each rule on a form that an author got wrong, judged by two viewers and a reader that are not ours."""

from __future__ import annotations

import re

import pytest

from benchmarks.judge.viewers import see
from durable_edits.form import FieldStatus
from durable_edits.pdf import read_form
from tests.rules import text_forms as forms
from tests.rules.rule import Make, needs_poppler, outcome

pytestmark = needs_poppler

SENTENCE = "several words, jumping over quite a number of lines, gypsy ÄÖÅ"


def test_a_plain_text_is_right_and_its_neighbour_stays() -> None:
    assert outcome(forms.plain_text(), {"t": "Ägypten gjpq"}).wrong == {}


@pytest.mark.parametrize("form", [forms.multiline_text, forms.multiline_text_of_size_zero], ids=["sized", "auto"])
def test_many_lines_are_all_inside_the_box(form: Make) -> None:
    assert outcome(form(), {"t": SENTENCE}).wrong == {}


def test_line_ends_of_a_multiline_value_are_kept() -> None:
    assert outcome(forms.multiline_text(), {"t": "first\nsecond\n\nfourth"}).wrong == {}


@pytest.mark.parametrize("value", ["AB12", "ABCD1234", "A B", "g"])
@pytest.mark.parametrize(
    "form",
    [forms.comb_from_the_left, forms.comb_in_the_middle, forms.comb_to_the_right, forms.comb_in_a_turned_box],
    ids=["left", "middle", "right", "turned"],
)
def test_comb_letters_stand_in_their_cells(form: Make, value: str) -> None:
    assert outcome(form(), {"t": value}).wrong == {}


def test_comb_letters_of_narrow_cells_keep_out_of_each_others() -> None:
    assert outcome(forms.comb_of_very_narrow_cells(), {"t": "WMWMWMWM"}).wrong == {}


def test_a_comb_without_a_length_is_plain_text() -> None:
    assert outcome(forms.comb_without_a_length(), {"t": "Ada Lovelace"}).wrong == {}


def test_a_combs_length_can_be_its_parents() -> None:
    assert outcome(forms.comb_whose_length_its_parent_says(), {"t": "AB12"}).wrong == {}


def test_a_password_is_stored_and_shows_dots() -> None:
    assert outcome(forms.password(), {"t": "secret"}).wrong == {}


def test_a_file_select_field_is_a_text_field() -> None:
    assert outcome(forms.file_select(), {"t": "C:\\forms\\a.pdf"}).wrong == {}


@pytest.mark.parametrize("form", [forms.rich_text, forms.rich_text_on_the_parent], ids=["field", "parent and kid"])
def test_rich_text_goes_where_it_says_the_old_value(form: Make) -> None:
    found = outcome(form(), {"t": "new"})

    assert found.wrong == {}
    assert b"<p>old" not in found.filled.data[len(form()) :]


def test_a_value_in_a_stream_is_read_and_replaced() -> None:
    assert read_form(forms.value_in_a_stream()).fields[0].value == "an old value"
    assert outcome(forms.value_in_a_stream(), {"t": "new"}).wrong == {}


def test_the_old_appearance_goes_with_the_old_value() -> None:
    assert outcome(forms.old_value_still_drawn(), {"t": "new"}).wrong == {}


def test_a_value_over_the_limit_is_stored_whole_and_said_not_to_fit() -> None:
    found = outcome(forms.limited_text(), {"t": "1234567"})

    assert found.statuses["t"] is FieldStatus.DOES_NOT_FIT
    assert not [fault for fault in found.faults["t"] if fault.startswith("/V") or "outside" in fault]


@pytest.mark.parametrize(
    "value",
    [
        "Ada Lovelace, Countess",
        "日本語の長い文章です",
        "שלום עולם טוב ויפה מאוד",
        "e\u0323\u0302" * 20,
        "x\u0323\u0302" * 20,
    ],
)
def test_a_line_too_long_ends_with_the_last_whole_letter_inside_the_box(value: str) -> None:
    found = outcome(forms.very_narrow_text(), {"t": value})

    assert found.statuses["t"] is FieldStatus.DOES_NOT_FIT
    assert not [fault for fault in found.faults["t"] if fault.startswith("/V") or "outside" in fault]
    assert 0 < _shown(found.filled.report[0].reason) < len(value)


def test_a_value_over_the_limit_ends_with_a_whole_letter() -> None:
    """The fifth character without its marks would be another letter."""
    found = outcome(forms.limited_text(), {"t": "abcdx\u0323\u0302"})

    assert found.statuses["t"] is FieldStatus.DOES_NOT_FIT
    assert "".join(letter.character for letter in see(found.filled.data).drawn[0]) == "abcd"


def _shown(reason: str) -> int:
    match = re.search(r"(\d+) of \d+ characters", reason)
    assert match is not None
    return int(match[1])


def test_letters_are_not_cut_in_a_low_box() -> None:
    assert outcome(forms.low_box(), {"t": "gjpqy ÄÖÅ|"}).wrong == {}


def test_every_widget_of_a_field_shows_the_value_in_its_own_way() -> None:
    assert outcome(forms.several_widgets_of_different_looks(), {"t": "Ada gq"}).wrong == {}


def test_a_kid_that_holds_a_value_of_its_own_is_kept_in_step() -> None:
    assert outcome(forms.kid_with_a_value_of_its_own(), {"t": "new"}).wrong == {}


@pytest.mark.parametrize(
    ("form", "key"),
    [(forms.one_name_twice, "t"), (forms.one_name_twice_below_different_parents, "a.t")],
    ids=["top", "below parents of one name"],
)
def test_fields_of_one_name_are_kept_in_step(form: Make, key: str) -> None:
    assert outcome(form(), {key: "both"}).wrong == {}

"""The field tree: what authors leave out, list twice, or tie into a knot."""

from __future__ import annotations

import pytest

from durable_edits.form import FieldStatus
from durable_edits.pdf import fill_form, read_form
from tests.rules import tree_forms as forms
from tests.rules.rule import Make, needs_poppler, outcome

pytestmark = needs_poppler


@pytest.mark.parametrize(
    "form",
    [
        forms.kids_without_names,
        forms.widgets_that_fields_does_not_list,
        forms.empty_fields,
        forms.kid_that_repeats_its_parents_type,
        forms.field_listed_twice,
        forms.null_among_the_kids,
        forms.field_that_is_its_own_kid,
        forms.parents_in_a_circle,
        forms.everything_direct,
        forms.one_field_on_two_pages,
        forms.annotations_in_an_array_of_their_own,
        forms.stale_page_of_a_widget,
    ],
    ids=lambda form: form.__name__,
)
def test_a_field_is_found_and_filled_wherever_it_hangs(form: Make) -> None:
    assert outcome(form(), {"t": "Ada gq"}).wrong == {}


@pytest.mark.parametrize(
    ("form", "key"),
    [
        (forms.names_from_the_root_down, "person.name.first"),
        (forms.level_without_a_name, "person.first"),
        (forms.names_in_utf16, "姓名"),
    ],
    ids=["three levels", "one without a name", "UTF-16"],
)
def test_a_key_is_the_names_from_the_root_down(form: Make, key: str) -> None:
    assert [field.key for field in read_form(form()).fields] == [key]
    assert outcome(form(), {key: "Ada"}).wrong == {}


def test_kids_that_do_not_know_their_parent_are_its_widgets() -> None:
    form = read_form(forms.kids_that_do_not_know_their_parent())

    assert [(field.key, len(field.boxes)) for field in form.fields] == [("t", 1)]


@pytest.mark.parametrize(
    "form",
    [forms.field_that_no_page_shows, forms.widget_that_no_page_lists, forms.hidden_widget],
    ids=lambda form: form.__name__,
)
def test_what_no_page_shows_is_stored_and_said(form: Make) -> None:
    entry = fill_form(form(), {"unseen": "x"}).report[1]

    assert (entry.status, entry.reason) == (FieldStatus.FILLED, "stored; no page shows this field")
    assert outcome(form(), {"unseen": "x", "t": "y"}).wrong == {}

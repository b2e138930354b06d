"""What is still wrong, by the rule that says so: each goes from this list with its fault."""

from __future__ import annotations

import pytest

STILL_WRONG = {
    "check_box_with_an_empty_on_state": "an on-state that draws nothing is taken for a drawing",
    "radio_kids_that_repeat_the_name": "kids without /Parent that repeat the group's /T become fields of their own",
    "radio_group_that_nobody_lists": "a group that only its buttons' /Parent leads to is not found",
    "combo_kid_with_a_value_of_its_own": "the /V of a choice's kid is left as it was",
    "cross_reference_that_is_not_there": "a document without a startxref is refused",
    "test_objects_that_the_table_misnumbers": "a table numbered from 1 loses the fields",
    "test_xfa_goes_and_the_report_says_so": "that the XFA went is not said",
    "test_a_certified_document_that_allows_nothing": "DocMDP is not looked at",
    "test_fields_that_a_signature_locks": "FieldMDP is not looked at",
    "[of_symbols]": "a symbol font that shows none of the letters divides by zero",
    "test_rich_text_goes_where_it_says_the_old_value[parent and kid]": "a kid keeps its /RV",
    "viewers_asked_to_draw": "the value of a field that nobody asked for goes with /NeedAppearances",
    "test_fields_that_nobody_asked_for": "the value of a field that nobody asked for goes with /NeedAppearances",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for part, why in STILL_WRONG.items():
            if "tests/rules/" in item.nodeid and part in item.nodeid:
                item.add_marker(pytest.mark.xfail(reason=why, strict=True))

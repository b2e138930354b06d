"""What is still wrong, by the rule that says so: each goes from this list with its fault."""

from __future__ import annotations

import pytest

STILL_WRONG = {
    "check_box_with_an_empty_on_state": "an on-state that draws nothing is taken for a drawing",
    "radio_kids_that_repeat_the_name": "kids without /Parent that repeat the group's /T become fields of their own",
    "radio_group_that_nobody_lists": "a group that only its buttons' /Parent leads to is not found",
    "cross_reference_that_is_not_there": "a document without a startxref is refused",
    "test_objects_that_the_table_misnumbers": "a table numbered from 1 loses the fields",
    "viewers_asked_to_draw": "the value of a field that nobody asked for goes with /NeedAppearances",
    "test_fields_that_nobody_asked_for": "the value of a field that nobody asked for goes with /NeedAppearances",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for part, why in STILL_WRONG.items():
            if "tests/rules/" in item.nodeid and part in item.nodeid:
                item.add_marker(pytest.mark.xfail(reason=why, strict=True))

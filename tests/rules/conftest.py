"""What is still wrong, by the rule that says so: each goes from this list with its fault."""

from __future__ import annotations

import pytest

STILL_WRONG = {
    "test_objects_that_the_table_misnumbers": "a table numbered from 1 loses the fields",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for part, why in STILL_WRONG.items():
            if "tests/rules/" in item.nodeid and part in item.nodeid:
                item.add_marker(pytest.mark.xfail(reason=why, strict=True))

"""The cheapest for all together, not for each."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from durable_edits.assignment import assigned

costs = st.lists(st.dictionaries(st.integers(0, 4), st.floats(0, 10), max_size=4), min_size=1, max_size=4)


def price(table: list[dict[int, float]], columns: list[int | None] | tuple[int | None, ...]) -> float:
    return sum(5.0 if column is None else table[row][column] for row, column in enumerate(columns))


@given(costs)
def test_no_other_assignment_is_cheaper(table: list[dict[int, float]]) -> None:
    places: list[int | None] = [0, 1, 2, 3, 4, *[None] * len(table)]
    possible = [
        each
        for each in permutations(places, len(table))
        if all(column is None or column in row for row, column in zip(table, each, strict=True))
    ]

    found = assigned(table, 5.0)

    taken = [column for column in found if column is not None]
    assert len(taken) == len(set(taken))
    assert abs(price(table, found) - min(price(table, each) for each in possible)) < 1e-6

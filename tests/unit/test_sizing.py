"""docs/sizing.md says what the measured figures give, and its arithmetic is what it says."""

from __future__ import annotations

import json

import pytest

from benchmarks.sizing import FIGURES, PAGE, cores, partitions, power_of_two, processes, shards, tables, within


def test_the_page_holds_the_tables_that_the_stored_figures_give() -> None:
    assert within(PAGE.read_text()) == tables(json.loads(FIGURES.read_text())), (
        "run python -m benchmarks.sizing --write"
    )


def test_other_figures_give_other_tables() -> None:
    figures = json.loads(FIGURES.read_text())
    for row in figures["production"]["rows"]:
        row["cpu"]["temporal"] *= 2

    assert tables(figures) != within(PAGE.read_text())


@pytest.mark.parametrize(("rate", "wanted"), [(1, 1), (100, 5), (1_000, 50)])
def test_cores_are_busy_for_six_tenths(rate: float, wanted: int) -> None:
    assert cores(0.030, rate) == wanted


@pytest.mark.parametrize(("rate", "wanted"), [(1, 2), (100, 5)])
def test_one_process_of_each_kind_may_be_away(rate: float, wanted: int) -> None:
    assert processes(0.030, rate) == wanted


@pytest.mark.parametrize(("rate", "wanted"), [(1, 4), (100, 128), (1_000, 1_024)])
def test_shards_have_room_to_grow(rate: float, wanted: int) -> None:
    assert shards(12, rate) == wanted


@pytest.mark.parametrize(("rate", "wanted"), [(1, 4), (100, 4), (1_000, 30)])
def test_partitions_never_fall_below_the_servers_default(rate: float, wanted: int) -> None:
    assert partitions(rate) == wanted


@pytest.mark.parametrize(("least", "wanted"), [(1, 1), (4, 4), (4.1, 8), (1_000, 1_024)])
def test_shards_are_a_power_of_two(least: float, wanted: int) -> None:
    assert power_of_two(least) == wanted


def test_a_page_without_a_place_for_the_tables_says_so() -> None:
    with pytest.raises(ValueError, match="no place for the tables"):
        within("# Sizing\n")

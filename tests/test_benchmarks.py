"""The simulations behind docs/statistics.md, in small: intervals cover, honest protocols find nothing in nothing."""

import importlib.util
from pathlib import Path

import pytest


def benchmark(name: str):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def coverage():
    return benchmark("intervals")


@pytest.mark.parametrize("people", [5, 8, 10])
def test_intervals_cover_where_few_unequal_people_have_alike_windows(coverage, people):
    interval, percentiles = coverage.covered(coverage.of_classes, coverage.balanced, people, 120)
    assert 0.91 <= interval <= 0.98
    assert percentiles < interval
    assert coverage.covered_over_windows(people, 60) < 0.7


def test_two_way_intervals_cover(coverage):
    two_way, people_only = coverage.covered_crossed(8, 12, 120)
    assert 0.91 <= two_way <= 0.99
    assert people_only < two_way


def test_tests_of_two_equal_models_seldom_find_one_better(coverage):
    found = coverage.false_alarms(8, 40)
    assert found.pop("covered") >= 0.87
    assert max(found.values()) <= 0.125


def test_honest_protocols_find_nothing_in_nothing_and_random_windows_do():
    null = benchmark("null")
    null.REFITS = 1
    for name in null.HONEST:
        found = [null.measured(name, seed) for seed in range(2)]
        assert not all(one["score"] > one["fixed"] for one in found), name
    leaky = null.measured("random_windows", 0)
    assert leaky["grade"] == "F"
    assert leaky["score"] > leaky["fixed"] + 0.1

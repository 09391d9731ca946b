"""A label is a class, a number, a distribution over raters, or a Signal over time."""

import numpy as np
import pytest

from insula import DataError, Signal, Target, Trial
from insula.windows.targets import decode, encode

EMOTION = Target("classes", ("sad", "glad", "calm"))
VALENCE = Target("number")
HIGH = Target("binary", ("low", "high"))
LEVEL = Target("classes", ("1", "2", "3"))


def taken(label, target, rule=None, t0=0.0, t1=1.0):
    found = encode(Trial("t", "s", labels={"y": label}), "y", target, rule, t0, t1)
    return None if found is None else found.tolist()


def test_classes_numbers_and_distributions():
    assert taken("glad", EMOTION) == [0, 1, 0]
    assert taken(2, EMOTION) == [0, 0, 1]
    assert taken({"sad": 3, "calm": 1}, EMOTION) == [0.75, 0, 0.25]
    assert taken(4.5, VALENCE) == [4.5]
    assert taken("high", HIGH) == [1]
    assert taken(0, HIGH) == [0]


@pytest.mark.parametrize("label", [None, float("nan")])
def test_a_missing_label_is_none(label):
    assert taken(label, EMOTION) is None
    assert taken(label, VALENCE) is None


def test_labels_over_time_by_rule():
    trace = Signal.of([[1, 1, 2, 2, 2, 0]], 1.0, ["y"], "1")
    assert taken(trace, EMOTION, None, 0.0, 6.0) == [0, 0, 1]
    assert taken(trace, EMOTION, "end", 0.0, 6.0) == [1, 0, 0]
    assert taken(trace, EMOTION, "mean", 0.0, 4.0) == [0, 0.5, 0.5]
    assert taken(trace, VALENCE, None, 0.0, 4.0) == [1.5]
    assert taken(trace, VALENCE, "end", 0.0, 5.0) == [2.0]
    assert taken(trace, EMOTION, None, 0.0, 2.0) == [0, 1, 0]
    assert taken(trace, VALENCE, None, 10.0, 12.0) is None


def test_an_undefined_stretch_of_a_trace_is_a_missing_label():
    trace = Signal.of([[np.nan, np.nan, 3]], 1.0, ["y"], "1")
    assert taken(trace, VALENCE, None, 0.0, 2.0) is None
    assert taken(trace, VALENCE, None, 0.0, 3.0) == [3.0]


def test_a_float32_nan_is_a_missing_label():
    assert taken(np.float32("nan"), EMOTION) is None
    assert taken(np.float32("nan"), VALENCE) is None


def test_classes_written_as_numbers_are_named_by_a_label_and_counted_by_a_trace():
    assert taken(1, LEVEL) == taken(1.0, LEVEL) == taken("1", LEVEL) == [1, 0, 0]
    trace = Signal.of([[1, 1, 1, 2]], 1.0, ["y"], "1")
    assert taken(trace, LEVEL, "majority", 0.0, 4.0) == [0, 1, 0]
    assert taken(trace, LEVEL, "end", 0.0, 4.0) == [0, 0, 1]
    assert taken(trace, LEVEL, "mean", 0.0, 4.0) == [0, 0.75, 0.25]


@pytest.mark.parametrize("rule", ["majority", "mean", "end"])
def test_a_window_shorter_than_the_labels_period_gets_the_value_that_holds_there(rule):
    slow = Signal.of([[0, 2]], 0.1, ["y"], "1")
    assert taken(slow, EMOTION, rule, 3.0, 5.0) == [1, 0, 0]
    assert taken(slow, VALENCE, rule, 17.0, 19.0) == [2.0]
    assert taken(slow, VALENCE, rule, 20.0, 22.0) is None
    assert taken(Signal.of([[2]], 0.0, ["y"], "1"), EMOTION, rule, 50.0, 51.0) == [0, 0, 1]


def test_values_weigh_by_how_long_they_hold_in_the_window():
    slow = Signal.of([[0, 1, 2]], 0.25, ["y"], "1", t0=1.0)
    assert taken(slow, VALENCE, "mean", 4.0, 8.0) == [0.75]
    assert taken(slow, EMOTION, "majority", 4.0, 8.0) == [0, 1, 0]
    assert taken(slow, EMOTION, "mean", 4.0, 8.0) == [0.25, 0.75, 0]
    assert taken(slow, EMOTION, "end", 4.0, 9.0) == [0, 1, 0]


def test_a_value_at_irregular_times_holds_to_the_next_and_the_last_for_the_usual_period():
    clicks = Signal.of([[0, 1, 0, 2]], 0.0, ["y"], "1", times=np.array([1.0, 2.0, 8.0, 9.0]))
    assert taken(clicks, EMOTION, "majority", 0.0, 20.0) == [0, 1, 0]
    np.testing.assert_allclose(taken(clicks, EMOTION, "mean", 0.0, 20.0), np.array([2, 6, 1]) / 9, rtol=1e-6)
    assert taken(clicks, EMOTION, "end", 3.0, 5.0) == [0, 1, 0]
    assert taken(clicks, EMOTION, None, 9.5, 12.0) == [0, 0, 1]
    assert taken(clicks, EMOTION, None, 10.5, 12.0) is None
    assert taken(clicks, EMOTION, None, 0.0, 1.0) is None


def test_what_is_undefined_holds_nothing():
    trace = Signal.of([[1, np.nan, np.nan, 0]], 1.0, ["y"], "1")
    assert taken(trace, EMOTION, None, 0.0, 3.0) == [0, 1, 0]
    assert taken(trace, VALENCE, "mean", 0.0, 4.0) == [0.5]
    assert taken(trace, VALENCE, "end", 0.0, 3.0) is None
    marked = Signal.of([[1, np.nan]], 1.0, ["y"], "1", valid=np.array([[True, True]]))
    assert taken(marked, EMOTION, None, 0.0, 2.0) == [0, 1, 0]


@pytest.mark.parametrize("rule", ["majority", "mean", "end"])
@pytest.mark.parametrize("code", [3.0, -1.0, 1.5, np.inf])
def test_a_trace_whose_code_is_no_position_names_the_trial(code, rule):
    trace = Signal.of([[0, code]], 1.0, ["y"], "1")
    with pytest.raises(DataError, match=r"trial t: its label over time holds .* no position among .* sad, glad, calm"):
        taken(trace, EMOTION, rule, 0.0, 2.0)


@pytest.mark.parametrize(
    ("label", "target"),
    [
        *((label, EMOTION) for label in ("hapy", 7, -1, 1.7, float("inf"), {"x": 1}, {"sad": float("nan")})),
        *((label, VALENCE) for label in ("much", {"sad": 1})),
    ],
)
def test_a_label_that_is_none_of_the_target_names_the_trial(label, target):
    with pytest.raises(DataError, match="trial t: its label"):
        taken(label, target)


def test_decode_shows_the_likeliest():
    assert decode(np.array([0.2, 0.7, 0.1], np.float32), EMOTION) == "glad"
    assert decode(np.array([1.0], np.float32), HIGH) == "high"
    assert decode(np.array([2.5], np.float32), VALENCE) == 2.5
    assert decode(None, EMOTION) is None

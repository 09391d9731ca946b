"""A label is a class, a number, a distribution over raters, or a Signal over time."""

import numpy as np
import pytest

from insula import DataError, Signal, Target, Trial
from insula.windows.targets import decode, encode

EMOTION = Target("classes", ("sad", "glad", "calm"))
VALENCE = Target("number")
HIGH = Target("binary", ("low", "high"))


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


@pytest.mark.parametrize(("label", "target"), [("hapy", EMOTION), (7, EMOTION), ("much", VALENCE), ({"x": 1}, EMOTION)])
def test_a_label_that_is_none_of_the_target_names_the_trial(label, target):
    with pytest.raises(DataError, match="trial t: its label"):
        taken(label, target)


def test_decode_shows_the_likeliest():
    assert decode(np.array([0.2, 0.7, 0.1], np.float32), EMOTION) == "glad"
    assert decode(np.array([1.0], np.float32), HIGH) == "high"
    assert decode(np.array([2.5], np.float32), VALENCE) == 2.5
    assert decode(None, EMOTION) is None

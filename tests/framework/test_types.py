"""Signal, Trial, Target and the specs that a bundle stores."""

import json

import numpy as np
import pytest

from insula import DataSpec, Signal, SignalError, SignalSpec, Target, TargetSpec, Trial


def test_of_converts_and_spreads_one_unit():
    signal = Signal.of([[1, 2, 3], [4, 5, 6]], 2.0, ["a", "b"], "V")
    assert signal.data.dtype == np.float32
    assert signal.units == ("V", "V")
    assert (signal.duration, signal.stop, signal.n_times) == (1.5, 1.5, 3)


def test_nan_is_undefined_unless_valid_says_more():
    signal = Signal.of([[1, np.nan, 3]], 1.0, ["a"], "1")
    assert signal.defined.tolist() == [[True, False, True]]
    masked = Signal.of([[1, 2, 3]], 1.0, ["a"], "1", valid=np.array([[True, True, False]]))
    assert masked.defined.tolist() == [[True, True, False]]


def test_the_last_sample_of_irregular_times_lasts_for_the_usual_interval():
    times = np.array([1.0, 1.9, 2.5, 3.2])
    beats = Signal.of([[0.8, 0.9, 0.7, 0.6]], 0.0, ["rr"], "s", t0=1.0, times=times)
    assert not beats.static
    assert (beats.interval, beats.stop, beats.duration) == pytest.approx((0.7, 3.9, 2.9))
    gaps = Signal.of([[1, 2, 3]], 4.0, ["x"], "1", times=np.array([0.0, 0.25, 5.0]))
    assert (gaps.interval, gaps.stop) == (0.25, 5.25)
    alone = Signal.of([[1]], 0.0, ["rr"], "s", times=np.array([4.0]))
    assert (alone.stop, alone.duration) == (5.0, 1.0)
    none = Signal.of(np.zeros((1, 0)), 0.0, ["rr"], "s", t0=3.0, times=np.zeros(0))
    assert (none.stop, none.duration) == (3.0, 0.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((2, 3)), 1.0, ("a", "b"), ("1", "1")), "float32"),
        ((np.zeros((2, 3), np.float32), 1.0, ("a",), ("1",)), "needs as many names"),
        ((np.zeros((1, 3), np.float32), 0.0, ("a",), ("1",)), "one column"),
    ],
)
def test_a_signal_that_is_none_is_refused(arguments, message):
    with pytest.raises(SignalError, match=message):
        Signal(*arguments)


def test_a_trial_without_recording_is_its_own():
    assert Trial("t1", "s1").recording == "t1"
    assert Trial("t1", "s1", recording="day1").recording == "day1"


@pytest.mark.parametrize("arguments", [("classes", ("one",)), ("binary", ("a", "b", "c")), ("number", ("a", "b"))])
def test_a_target_whose_classes_contradict_its_kind_is_refused(arguments):
    with pytest.raises(SignalError, match="can't have the classes"):
        Target(*arguments)


def test_specs_survive_json():
    spec = DataSpec(
        {
            "eeg": SignalSpec(("C3", "C4"), ("1", "1"), 128.0, 256),
            "age": SignalSpec(("age",), ("1",), 0.0, 1, static=True),
        },
        {
            "emotion": TargetSpec("emotion", "classes", ("a", "b", "c"), (1.0, 2.0, 0.0)),
            "valence": TargetSpec("valence", "number"),
        },
    )
    assert DataSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    assert spec.output_sizes == {"emotion": 3, "valence": 1}

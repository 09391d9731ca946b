"""Targets whose classes are parts of a scale: fixed edges, a training median, a person's own median."""

import numpy as np
import pytest

from insula import DataError, Fold, Signal, SignalError, Target, Trial
from insula.evaluation.run import _as_each_fold_sees, _as_tested
from insula.preprocess.prepare import Prepared
from insula.sources.memory import MemoryStore
from insula.types import LeftOut
from insula.windows.audit import audit_folds
from insula.windows.cut import cut_windows
from insula.windows.run_facts import RunFacts
from insula.windows.stream import StreamPlan

HIGH = ("low", "high")


def cut(target, labels, subjects=None, **more):
    """Windows of one second, three a trial, one trial per label."""
    store, prepared = MemoryStore(), Prepared()
    trials = []
    for number, label in enumerate(labels):
        values = label if isinstance(label, dict) else {"arousal": label}
        subject = subjects[number] if subjects else f"s{number}"
        trials.append(Trial(f"t{number}", subject, labels=values))
        prepared.signals["x", f"t{number}"] = store.put(f"k{number}", [Signal.of(np.ones((1, 12)), 4.0, ["a"], "1")])
    plan = StreamPlan("x", (), (), None, 0.0)
    return cut_windows(trials, prepared, {"x": plan}, {"y": (target, None)}, 1.0, None, store, **more)


def shown(windows):
    return list(windows.rows.index["y"])[::3]


def test_a_value_on_an_edge_belongs_to_the_class_below():
    target = Target("classes", ("low", "middle", "high"), "arousal", edges=(3.0, 6.0))
    assert shown(cut(target, [1, 3, 3.1, 6, 9])) == ["low", "low", "middle", "middle", "high"]


def test_a_value_on_an_edge_that_32_bits_cannot_hold_belongs_there_too():
    assert shown(cut(Target("binary", HIGH, "arousal", edges=(3.7,)), [3.7, 3.71])) == ["low", "high"]


def test_two_labels_are_cut_together_the_first_ones_slowest():
    target = Target("classes", ("LL", "LH", "HL", "HH"), ("valence", "arousal"), edges=(5.0,))
    labels = [{"valence": v, "arousal": a} for v, a in [(2, 2), (2, 8), (8, 2), (8, 8)]]
    assert shown(cut(target, [*labels, {"valence": 7, "arousal": 5}])) == ["LL", "LH", "HL", "HH", "HL"]


def test_a_missing_number_is_a_missing_label():
    windows = cut(Target("binary", HIGH, "arousal", edges=(5.0,)), [2, None, 8])
    assert shown(windows) == ["low", "high"]
    assert [item.what for item in windows.left_out] == ["trial t1"]


def test_the_training_median_is_that_of_the_trials_that_train():
    windows = cut(Target("binary", HIGH, "arousal", median="train"), [1, 2, 3, 6, 7, 8])
    assert shown(windows) == ["low", "low", "low", "high", "high", "high"]  # before there are folds: of all trials
    low = windows.fit(Fold(np.arange(9), test=np.arange(9, 18)))  # labels 1, 2, 3: the median is 2
    assert shown(low.windows) == ["low", "low", "high", "high", "high", "high"]
    assert [low[row].targets["y"].item() for row in (3, 6)] == [0.0, 1.0]
    high = windows.fit(Fold(np.arange(9, 18), test=np.arange(9)))
    assert shown(high.windows) == ["low", "low", "low", "low", "low", "high"]


def test_a_window_more_of_one_trial_does_not_move_the_median():
    windows = cut(Target("binary", HIGH, "arousal", median="train"), [1, 5, 9])
    fitted = windows.fit(Fold(np.array([0, 1, 2, 3, 6]), test=np.array([8])))
    assert shown(fitted.windows) == ["low", "low", "high"]


def test_floors_see_every_folds_own_classes():
    windows = cut(Target("binary", HIGH, "arousal", median="train"), [1, 2, 3, 6, 7, 8])
    folds = [Fold(np.arange(9), test=np.arange(9, 18)), Fold(np.arange(9, 18), test=np.arange(9))]
    index, shifted = _as_each_fold_sees(windows, folds)
    assert list(index["y"].iloc[shifted[0].train])[::3] == ["low", "low", "high"]
    assert list(index["y"].iloc[shifted[1].train])[::3] == ["low", "low", "high"]
    assert list(index["y"].iloc[shifted[1].test])[::3] == ["low", "low", "low"]


def test_analyses_see_the_class_that_a_row_was_tested_with():
    windows = cut(Target("binary", HIGH, "arousal", median="train"), [1, 2, 3, 6, 7, 8])
    folds = [Fold(np.arange(9), test=np.arange(9, 18)), Fold(np.arange(9, 18), test=np.arange(9))]
    assert list(_as_tested(windows, folds)["y"])[::3] == ["low", "low", "low", "high", "high", "high"]
    assert list(_as_tested(windows, folds[:1])["y"])[::3] == ["low", "low", "low", "high", "high", "high"]
    low = [Fold(np.arange(3), test=np.arange(3, 9))]  # the median is 1
    assert list(_as_tested(windows, low)["y"])[::3] == ["low", "high", "high", "high", "high", "high"]


def test_a_subjects_own_median_is_graded():
    windows = cut(Target("binary", HIGH, "arousal", median="subject"), [1, 2, 3, 7, 8, 9], [*"aaabbb"])
    assert shown(windows) == ["low", "low", "high", "low", "low", "high"]
    fold = Fold(np.arange(9), test=np.arange(9, 18))
    assert audit_folds(windows.rows.index, [fold], label="y").grade == "A"
    audit = audit_folds(windows.rows.index, [fold], label="y", facts=RunFacts(own_medians=["y"]))
    assert audit.grade == "B"
    assert "those under test included" in audit.findings[0].reason


@pytest.mark.parametrize(
    "wrong",
    [{"classes": HIGH, "edges": (3.0, 6.0)}, {"classes": ("a", "b", "c"), "median": "train"}],
)
def test_a_number_of_classes_that_does_not_fit_is_refused(wrong):
    with pytest.raises(SignalError, match=r"a target that cuts 1 numbers into . parts each has . classes, not ."):
        Target("classes", label="arousal", **wrong)


def test_windows_without_a_required_stream_are_left_out_and_counted():
    target = Target("number", label="arousal")
    store, prepared = MemoryStore(), Prepared()
    for name, seconds in (("x", 4), ("y", 2)):
        prepared.signals[name, "t"] = store.put(name, [Signal.of(np.ones((1, 4 * seconds)), 4.0, ["a"], "1")])
    plans = {name: StreamPlan(name, (), (), None, 0.0) for name in "xy"}
    trial = [Trial("t", "s", labels={"arousal": 1.0})]
    assert len(cut_windows(trial, prepared, plans, {"a": (target, None)}, 1.0, None, store).rows.index) == 4
    windows = cut_windows(trial, prepared, plans, {"a": (target, None)}, 1.0, None, store, ["y"])
    assert len(windows.rows.index) == 2
    assert [(item.what, item.count) for item in windows.left_out] == [("windows without y", 2)]


def test_where_no_window_has_a_required_stream_its_first_recording_says_why():
    store, prepared = MemoryStore(), Prepared()
    prepared.signals["x", "t"] = store.put("x", [Signal.of(np.ones((1, 16)), 4.0, ["a"], "1")])
    prepared.left_out += [LeftOut("z: recording t", "no matter"), LeftOut("y: recording t", "t.csv: it is empty")]
    plans = {name: StreamPlan(name, (), (), None, 0.0) for name in "xy"}
    trial, target = Trial("t", "s", labels={"arousal": 1.0}), Target("number", label="arousal")
    with pytest.raises(
        DataError, match=r"windows without y: .*; the first recording left out: y: .* t\.csv: it is empty"
    ):
        cut_windows([trial], prepared, plans, {"a": (target, None)}, 1.0, None, store, ["y"])


def test_a_required_stream_that_is_not_there_is_told(compose):
    from insula import ConfigError

    with pytest.raises(ConfigError, match=r"window.require: there is no stream 'egg' \(did you mean 'eeg'\?\)"):
        compose("experiment=demo", "window.require=[egg]")


def test_two_labels_of_which_no_trial_has_one_are_told():
    quadrant = Target("classes", ("LL", "LH", "HL", "HH"), ("valence", "arousal"), median="train")
    windows = cut(quadrant, [{"valence": v, "arousal": 9 - v} for v in (2, 3, 7)])
    with pytest.raises(DataError, match="target 'y': no trial has a label 'arousal' to take the median of"):
        cut(quadrant, [{"valence": 2}, {"valence": 7}])
    assert shown(windows) == ["LH", "LL", "HL"]


@pytest.mark.parametrize("more", [{"edges": (5.0,), "median": "train"}, {"edges": (5.0, 5.0)}, {"edges": (6.0, 3.0)}])
def test_edges_that_say_two_things_are_told(more):
    with pytest.raises(SignalError, match="a target's edges must rise, and stand beside no median"):
        Target("classes", ("a", "b", "c"), "arousal", **more)


def test_a_note_that_few_recordings_have_is_counted_of_all():
    store, prepared = MemoryStore(), Prepared()
    signal = Signal.of(np.ones((1, 4)), 4.0, ["a"], "1")
    for name, one in (("r0", signal.noted("rescaled")), ("r1", signal), ("r2", signal)):
        prepared.signals["x", name] = store.put(name, [one])
    assert prepared.notes("x") == {"rescaled": [1.0, 0.0, 0.0]}

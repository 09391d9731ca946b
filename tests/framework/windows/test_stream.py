"""Windows of a stream: context, own length, what a train-fitted step may see, undefined values."""

import numpy as np
import pytest

from insula import Fold, SignalError, Trial
from made_stream import (
    SEEN,
    Center,
    Lab,
    Mean,
    Picky,
    plan,
    step,
)


def test_windows_lie_inside_their_trials(tmp_path):
    lab = Lab(tmp_path, plan())
    assert [len(lab.rows(name)) for name in ("t1", "t2", "t3")] == [5, 5, 5]
    window = lab.fitted("t1")[int(lab.rows("t2")[0])].streams["x"]
    assert window.data[0, [0, -1]].tolist() == [200, 219]
    assert lab.windows.rows.index["y"].tolist() == ["no"] * 5 + ["yes"] * 5 + ["no"] * 5


def test_context_reaches_back_but_not_across_the_trials_start(tmp_path):
    lab = Lab(tmp_path, plan(step(Mean), context=6.0))
    first, last = lab.rows("t2")[[0, -1]]
    fitted = lab.fitted("t1")
    assert fitted[int(first)].streams["x"].data.item() == pytest.approx(np.arange(200, 220).mean())
    assert fitted[int(last)].streams["x"].data.item() == pytest.approx(np.arange(240, 300).mean())
    index = lab.windows.rows.index
    assert index["raw_t0"].iloc[[first, last]].tolist() == [20.0, 24.0]


def test_context_is_dropped_from_what_keeps_its_time_axis(tmp_path):
    lab = Lab(tmp_path, plan(step(Center, fit="train"), context=6.0))
    window = lab.fitted("t1")[int(lab.rows("t2")[-1])].streams["x"]
    assert window.n_times == 20


def test_a_stream_may_have_its_own_length(tmp_path):
    lab = Lab(tmp_path, plan(length=4.0))
    window = lab.fitted("t1")[int(lab.rows("t2")[-1])].streams["x"]
    assert (window.n_times, window.data[0, -1]) == (40, 299)


def test_a_streams_own_length_never_reaches_into_the_trial_before(tmp_path):
    lab = Lab(tmp_path, plan(length=4.0))
    rows = lab.rows("t2")
    assert lab.windows.rows.index["t0"].iloc[rows].tolist() == [22.0, 24.0, 26.0, 28.0], (
        "before, there are no four seconds"
    )
    assert lab.fitted("t1")[int(rows[0])].streams["x"].data[0, 0] == 200


def test_a_feature_step_fitted_on_train_sees_the_training_windows_only(tmp_path):
    lab = Lab(tmp_path, plan(step(Center, fit="train")))
    fitted = lab.fitted("t1")
    assert sorted(np.concatenate(SEEN, axis=1)[0]) == list(range(50, 150))
    assert fitted[int(lab.rows("t1")[0])].streams["x"].data.mean() == pytest.approx(59.5 - 99.5)


def test_a_signal_step_fitted_on_train_sees_the_training_trials_only_not_what_lies_between(tmp_path):
    lab = Lab(tmp_path, plan(signal=(step(Center, fit="train"),)))
    lab.fitted("t2")
    assert sorted(np.concatenate(SEEN, axis=1)[0]) == list(range(200, 300))


def test_a_step_fitted_on_subjects_sees_each_subject_apart(tmp_path):
    lab = Lab(tmp_path, plan(step(Center, fit="subject")))
    fitted = lab.fitted("t1")
    for trials in (("t1", "t2"), ("t3",)):
        rows = np.concatenate([lab.rows(name) for name in trials])
        assert np.mean([fitted[int(row)].streams["x"].data.mean() for row in rows]) == pytest.approx(0, abs=1e-4)


def test_a_window_whose_feature_step_fails_is_left_out_and_counted(tmp_path):
    short = [
        Trial("t1", "a", recording="r1", stop=0.8, labels={"y": 0}),
        Trial("t2", "a", recording="r1", stop=3.0, labels={"y": 1}),
    ]
    lab = Lab(tmp_path, plan(step(Mean)), length=None, trials=short)
    assert lab.windows.rows.index["trial"].tolist() == ["t2"]
    assert lab.fitted("t2")[0].streams["x"].data.item() == pytest.approx(14.5)
    (item,) = [item for item in lab.windows.left_out if "windows" in item.what]
    assert (item.count, "8 samples are too few" in item.why) == (1, True)


def test_a_step_behind_a_fitted_one_that_refuses_a_window_leaves_it_out_too(tmp_path):
    short = [
        Trial("t1", "a", recording="r1", stop=0.8, labels={"y": 0}),
        Trial("t2", "a", recording="r1", stop=3.0, labels={"y": 1}),
    ]
    lab = Lab(tmp_path, plan(step(Center, fit="train"), step(Mean)), length=None, trials=short)
    fitted = lab.fitted("t2")
    fold = fitted.usable(Fold(train=np.array([1]), test=np.array([0])))
    assert (fold.train.tolist(), fold.test.tolist()) == ([1], [])
    assert [(item.what, "8 samples are too few" in item.why) for item in fitted.left_out] == [
        ("x: a window of trial t1", True)
    ]


def test_what_a_fitted_step_alone_refuses_is_an_error_and_no_missing_window(tmp_path):
    lab = Lab(tmp_path, plan(step(Picky, fit="train"), step(Mean)))
    fitted = lab.fitted("t1")
    assert fitted[int(lab.rows("t1")[0])].streams["x"] is not None
    with pytest.raises(SignalError, match="never saw 1000"):
        fitted[int(lab.rows("t3")[0])]


def test_two_people_in_one_recording_are_processed_with_their_own_statistics_in_any_order(tmp_path):
    trials = [
        Trial("t1", "a", recording="r1", start=0.0, stop=10.0, labels={"y": 0}),
        Trial("t2", "b", recording="r1", start=20.0, stop=30.0, labels={"y": 1}),
    ]
    chain = (step(Center, fit="train"), step(Center, fit="subject"))
    forward, backward = (Lab(tmp_path, plan(signal=chain), trials=trials).fitted("t1") for _ in range(2))
    rows = range(10)
    there = [forward[row].streams["x"].data.mean() for row in rows]
    back = [backward[row].streams["x"].data.mean() for row in reversed(rows)][::-1]
    np.testing.assert_array_equal(there, back)
    assert np.mean(there[:5]) == pytest.approx(0, abs=1e-3)
    assert np.mean(there[5:]) == pytest.approx(0, abs=1e-3)


def test_what_is_shorter_than_a_window_is_counted(tmp_path):
    trials = [
        Trial("t1", "a", recording="r1", stop=1.5, labels={"y": 0}),
        Trial("t2", "a", recording="r1", stop=4.0, labels={"y": 1}),
    ]
    lab = Lab(tmp_path, plan(), trials=trials)
    assert [item.why for item in lab.windows.left_out] == ["its 1.50 s are shorter than a window of 2 s"]

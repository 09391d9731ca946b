"""Floors: rules that see no signal, against what scikit-learn's dummy and a look by hand give."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as oracle
from sklearn.dummy import DummyClassifier, DummyRegressor

from insula import Fold
from insula.evaluation.floors import floors, label_permutation
from insula_splits.leave_trials_out import LeaveTrialsOut
from insula_splits.subject_kfold import SubjectKFold
from made_index import CLASSES, made_index
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions


def named(found):
    return {floor["name"]: floor for floor in found}


def test_majority_and_prior_as_a_dummy_has_them():
    index = made_index(12, 8, 3)
    folds = list(SubjectKFold().folds(index))
    y = index["emotion"].to_numpy(str)
    truth, said, chances = [], [], []
    for fold in folds:
        dummy = DummyClassifier(strategy="most_frequent").fit(np.zeros((len(fold.train), 1)), y[fold.train])
        truth.append(y[fold.test])
        said.append(dummy.predict(np.zeros((len(fold.test), 1))))
        share = {name: np.mean(y[fold.train] == name) for name in CLASSES}
        chances.append([share[name] for name in y[fold.test]])
    truth, said, chances = map(np.concatenate, (truth, said, chances))
    found = named(floors(index, folds, CLASS_TARGET))
    assert found["majority class"]["accuracy"] == pytest.approx(oracle.accuracy_score(truth, said))
    assert found["majority class"]["balanced_accuracy"] == pytest.approx(oracle.balanced_accuracy_score(truth, said))
    assert found["class prior"]["accuracy"] == pytest.approx(chances.mean())
    assert found["class prior"]["balanced_accuracy"] == pytest.approx(
        np.mean([chances[truth == name].mean() for name in CLASSES])
    )


def test_identity_is_worth_something_only_where_it_is_known():
    index = made_index(12, 10, 3)
    index["emotion"] = np.where(index["subject"] < "s06", "anger", "joy")
    odd = index["trial"].str[-1] == "9"
    index.loc[odd, "emotion"] = "calm"
    trials = named(floors(index, list(LeaveTrialsOut(trials="per_subject").folds(index)), CLASS_TARGET))
    assert trials["subject only"]["accuracy"] == pytest.approx(0.9)
    assert trials["subject only"]["seen"] == 1
    people = named(floors(index, list(SubjectKFold().folds(index)), CLASS_TARGET))
    assert people["subject only"]["seen"] == 0
    assert people["subject only"]["accuracy"] == people["majority class"]["accuracy"]
    assert people["stimulus only"]["seen"] == 1


@pytest.mark.parametrize("labels", [True, False])
def test_who_was_adapted_to_is_known_if_the_labels_were(labels):
    index = made_index(6, 4, 2)
    index["emotion"] = np.where(index["subject"] == "s00", "joy", "anger")
    own = index.index[index["subject"] == "s00"].to_numpy()
    fold = Fold(np.setdiff1d(index.index, own), test=own[2:], adapt=own[:2], adapt_labels=labels)
    found = named(floors(index, [fold], CLASS_TARGET))["subject only"]
    assert (found["accuracy"], found["seen"]) == ((1, 1) if labels else (0, 0))


def test_a_stimulus_that_determines_the_label():
    index = made_index(10, 8, 2)
    index["emotion"] = index["stimulus"].map(dict(zip(sorted(index["stimulus"].unique()), CLASSES * 2, strict=True)))
    assert named(floors(index, list(SubjectKFold().folds(index)), CLASS_TARGET))["stimulus only"]["accuracy"] == 1
    assert "stimulus only" not in named(
        floors(index.assign(stimulus=None), list(SubjectKFold().folds(index)), CLASS_TARGET)
    )


def test_windows_without_label_count_for_nothing():
    index = made_index(12, 8, 3)
    folds = list(SubjectKFold().folds(index))
    gaps = index["emotion"].where(np.random.default_rng(0).random(len(index)) > 0.3, None)
    kept = np.flatnonzero(gaps.notna())
    where = {row: i for i, row in enumerate(kept)}
    fewer = [
        Fold(*(np.array([where[r] for r in f.rows(role) if r in where]) for role in Fold.ROLES[:3])) for f in folds
    ]
    assert floors(index.assign(emotion=gaps), folds, CLASS_TARGET) == floors(
        index.iloc[kept].reset_index(drop=True), fewer, CLASS_TARGET
    )


def test_the_training_mean_of_a_number():
    rng = np.random.default_rng(0)
    index = made_index(12, 8, 3).assign(valence=lambda i: rng.normal(size=len(i)))
    folds = list(SubjectKFold().folds(index))
    y = index["valence"].to_numpy()
    said = [DummyRegressor().fit(f.train[:, None], y[f.train]).predict(f.test[:, None]) for f in folds]
    found = named(floors(index, folds, NUMBER_TARGET))
    truth = np.concatenate([y[f.test] for f in folds])
    assert found["training mean"]["rmse"] == pytest.approx(oracle.root_mean_squared_error(truth, np.concatenate(said)))
    assert abs(found["training mean"]["ccc"]) < 0.1


def test_permuted_labels_are_at_chance_and_a_good_model_is_above():
    rows = made_predictions(10, 6, 4)
    found = label_permutation(rows, CLASS_TARGET, times=400)
    assert found["accuracy"]["mean"] == pytest.approx(0.25, abs=0.04)
    assert found["accuracy"]["low"] < found["accuracy"]["mean"] < found["accuracy"]["high"]
    assert found["accuracy"]["p"] == 1 / 401


def test_a_trial_keeps_its_windows_together():
    """With 40 windows per trial the null stays as wide as 12 trials make it, not 480 windows."""
    rng = np.random.default_rng(0)
    rows = made_predictions(4, 3, 40)
    p = np.eye(4)[rng.integers(4, size=12)[pd.factorize(rows["trial"])[0]]]
    rows[[f"p_{name}" for name in CLASSES]] = p
    found = label_permutation(rows, CLASS_TARGET, times=300)["accuracy"]
    assert found["high"] - found["low"] > 0.25


def test_p_is_uniform_under_the_null():
    p = []
    for seed in range(30):
        rows = made_predictions(6, 4, 2, seed=seed)
        rng = np.random.default_rng(1000 + seed)
        labels = rng.choice(CLASSES, size=rows["trial"].nunique())
        rows["y"] = labels[pd.factorize(rows["trial"])[0]]
        p.append(label_permutation(rows, CLASS_TARGET, times=49, seed=seed)["balanced_accuracy"]["p"])
    assert np.mean(np.array(p) <= 0.2) <= 0.4
    assert 0.35 < np.mean(p) < 0.7


def test_numbers_are_permuted_too_and_small_errors_are_good():
    found = label_permutation(made_numbers(), NUMBER_TARGET, times=200)
    assert found["ccc"]["mean"] == pytest.approx(0, abs=0.1)
    assert found["ccc"]["p"] == found["rmse"]["p"] == 1 / 201


def test_permutations_are_seeded():
    rows = made_predictions()
    assert label_permutation(rows, CLASS_TARGET, 50) == label_permutation(rows, CLASS_TARGET, 50)
    assert label_permutation(rows, CLASS_TARGET, 50) != label_permutation(rows, CLASS_TARGET, 50, seed=1)


def test_the_duration_tells_what_training_rows_of_that_length_say():
    index = made_index(10, 8, 5)
    length = {name: 1.0 + number for number, name in enumerate(sorted(index["emotion"].unique()))}
    told = index.assign(t1=index["t0"] + index["emotion"].map(length))
    folds = list(SubjectKFold().folds(index))
    assert named(floors(told, folds, CLASS_TARGET))["duration only"]["accuracy"] == 1
    rng = np.random.default_rng(0)
    said_nothing = floors(index.assign(t1=index["t0"] + rng.uniform(1, 9, len(index))), folds, CLASS_TARGET)
    assert named(said_nothing)["duration only"]["balanced_accuracy"] < 0.35
    assert "duration only" not in named(floors(index, folds, CLASS_TARGET)), "all windows last as long"


def test_a_floor_bears_the_corpuss_own_name():
    index = made_index(10, 8, 5)
    folds = list(SubjectKFold().folds(index))
    terms = {"subject": "speaker", "stimulus": "scenario"}
    plain, termed = floors(index, folds, CLASS_TARGET), floors(index, folds, CLASS_TARGET, terms)
    assert [floor["name"] for floor in termed][2:] == ["speaker only", "scenario only", "trial only"]
    assert [floor["accuracy"] for floor in termed] == [floor["accuracy"] for floor in plain]


def test_a_trials_other_windows_tell_its_label():
    index = made_index(4, 4, 5)
    test = np.flatnonzero(index["t0"] == 4)
    known = Fold(np.flatnonzero(index["t0"] != 4), test=test)
    found = named(floors(index, [known], CLASS_TARGET))["trial only"]
    assert (found["accuracy"], found["seen"]) == (1, 1)
    unseen = named(floors(index, list(LeaveTrialsOut().folds(index)), CLASS_TARGET))
    assert unseen["trial only"]["seen"] == 0
    assert unseen["trial only"]["accuracy"] == unseen["majority class"]["accuracy"]


def test_the_window_nearest_in_time_says_it():
    """Labels change in the middle of every trial: 0, 0, joy, joy, joy."""
    index = made_index(2, 3, 5).assign(emotion=lambda i: np.where(i["t0"] >= 4, "joy", "calm"))
    index["valence"] = index["t0"]
    fold = Fold(np.flatnonzero(index["t0"].isin([0.0, 6.0])), test=np.flatnonzero(index["t0"].isin([2.0, 8.0])))
    assert named(floors(index, [fold], CLASS_TARGET))["trial only"]["accuracy"] == 1, "0 is nearer to 2, and 6 to 8"
    assert named(floors(index, [fold], NUMBER_TARGET))["trial only"]["mae"] == 2
    copy = index[index["trial"] == "s01t01"].assign(trial="copy", parent="s01t01", emotion="anger")
    both = pd.concat([index, copy], ignore_index=True)
    only = Fold(np.arange(len(index), len(both)), test=np.flatnonzero(index["trial"] == "s01t01"))
    assert named(floors(both, [only], CLASS_TARGET))["trial only"]["seen"] == 1, "a copy is of the same trial"

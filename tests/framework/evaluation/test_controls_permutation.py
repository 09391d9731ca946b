"""Permuted labels and the ridge that is fitted to them, against scikit-learn's and against refitting by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge as Oracle

from insula import Fold
from insula.evaluation.controls.permutation import Permutation
from insula.evaluation.controls.ridge import Ridge, Scaled
from insula.evaluation.controls.shuffle import BETWEEN, WITHIN, Shuffle, labels_of
from insula.evaluation.scores import scores_for
from insula_splits.subject_kfold import SubjectKFold
from made_index import CLASSES, copied, made_index
from made_predictions import CLASS_TARGET, NUMBER_TARGET
from made_summaries import TARGETS, made_rows, made_summary, made_values


def shuffled(index, times=100, seed=0, target=CLASS_TARGET):
    return Shuffle.of(made_rows(index), target, times, seed)


def trials(index, shuffle):
    """Return the first row of every trial, in the order of the permutation."""
    rows = pd.Series(np.arange(len(index))).groupby(shuffle.family).first()
    return index.iloc[rows[rows.index >= 0]].reset_index(drop=True)


def test_labels_stay_with_their_person():
    index = made_index(6, 8, 3)
    shuffle = shuffled(index)
    assert (shuffle.how, shuffle.given.shape) == (WITHIN, (101, 48))
    np.testing.assert_array_equal(shuffle.given[0], np.arange(48))
    table = trials(index, shuffle)
    person = table["subject"].to_numpy()
    for given in shuffle.given[1:]:
        assert sorted(given) == list(range(48))
        np.testing.assert_array_equal(person[given], person)
    assert len({tuple(given) for given in shuffle.given}) == 101
    where = [np.mean(shuffle.given[1:, 3] == trial) for trial in range(8)]
    assert max(where) < 0.3, "every trial of the person may give its label"


def test_people_of_one_name_in_two_datasets_are_two():
    index = pd.concat([made_index(3, 4, 2), made_index(3, 4, 2, seed=1).assign(dataset="other")], ignore_index=True)
    shuffle = shuffled(index)
    table = trials(index, shuffle)
    whose = (table["dataset"] + table["subject"]).to_numpy()
    for given in shuffle.given:
        np.testing.assert_array_equal(whose[given], whose)


def test_a_copy_goes_where_its_trial_goes():
    index = copied(made_index(3, 4, 2), "s01t02", "again")
    shuffle = shuffled(index)
    assert shuffle.trials == 12
    family = pd.Series(shuffle.family).groupby(index["trial"]).first()
    assert family["again"] == family["s01t02"]


def test_labels_that_are_one_per_person_go_from_person_to_person():
    index = made_index(8, 4, 2)
    index["emotion"] = np.where(index["subject"] < "s04", "joy", "calm")
    two = pd.concat([index, index.assign(dataset="other")], ignore_index=True)
    shuffle = shuffled(two)
    assert shuffle.how == BETWEEN
    table = trials(two, shuffle)
    for given in shuffle.given:
        new = table["emotion"].to_numpy()[given]
        assert (pd.Series(new).groupby([table["dataset"], table["subject"]]).nunique() == 1).all()
        np.testing.assert_array_equal(table["dataset"].to_numpy()[given], table["dataset"])
        assert (new == "joy").sum() == 32
    assert any((table["emotion"].to_numpy()[given] != table["emotion"]).any() for given in shuffle.given[1:])


@pytest.mark.parametrize(("people", "why"), [(3, "everybody's trials"), (1, "the only person's trials")])
def test_what_never_varies_cant_be_permuted(people, why):
    shuffle = shuffled(made_index(people, 4, 2).assign(emotion="joy"))
    assert shuffle.why == f"{why} have one and the same label"
    control = Permutation(TARGETS, {"emotion": shuffle}, balance=False)
    assert control.found() == {"emotion": {"why": shuffle.why}}


def test_a_trial_without_label_takes_no_part():
    index = made_index(3, 4, 2)
    index.loc[index["trial"] == "s01t01", "emotion"] = None
    shuffle = shuffled(index)
    assert shuffle.trials == 11
    assert (shuffle.family[index["trial"] == "s01t01"] == -1).all()


def test_a_label_that_changes_within_a_trial_is_its_mean():
    index = made_index(2, 2, 4)
    index.loc[3, "emotion"] = next(name for name in CLASSES if name != index["emotion"][0])
    found = labels_of(made_rows(index), CLASS_TARGET, shuffled(index).family)
    assert sorted(found[shuffled(index).family[0]]) == [0, 0, 0.25, 0.75]


@pytest.mark.parametrize(("rows", "features"), [(60, 9), (12, 30)], ids=["more rows", "more features"])
def test_ridge_is_scikit_learns(rows, features):
    rng = np.random.default_rng(0)
    x, new = rng.normal(3, 2, (rows, features)), rng.normal(3, 2, (7, features))
    y = np.eye(3)[rng.integers(3, size=rows)]
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    oracle = Oracle(alpha=features).fit(z, y)
    wanted = oracle.predict((new - x.mean(axis=0)) / x.std(axis=0))
    ridge = Ridge(x)
    np.testing.assert_allclose(ridge.predict(new, y, balance=False), wanted, atol=1e-9)
    np.testing.assert_allclose(ridge.predict(new, y, balance=True), wanted / y.mean(axis=0), atol=1e-8)
    group = rng.integers(4, size=rows)
    np.testing.assert_allclose(ridge.weights_of_groups(group, 4), ridge.weights(np.eye(4)[group]), atol=1e-9)


def test_a_class_that_nobody_has_is_never_said():
    x = np.random.default_rng(0).normal(size=(20, 3))
    y = np.eye(3)[np.arange(20) % 2 * 2]
    assert (Ridge(x).predict(x, y, balance=True).argmax(axis=1) != 1).all()


def test_undefined_and_constant_features_say_nothing():
    x = np.array([[1.0, np.nan, 5.0], [3.0, 2.0, 5.0], [np.nan, 4.0, 5.0], [5.0, np.inf, 5.0]])
    scaled = Scaled(x)(x)
    np.testing.assert_allclose(scaled[:, 2], 0)
    np.testing.assert_allclose(scaled[[0, 2, 3], [1, 0, 1]], 0)
    np.testing.assert_allclose(scaled[[0, 1, 3], 0], np.array([-2, 0, 2]) / np.sqrt(8 / 3))


def test_figures_are_those_of_refitting_by_hand():
    index = made_index(6, 6, 3).assign(valence=lambda i: i.groupby("trial").ngroup() * 0.1 + np.arange(len(i)) % 2)
    index.loc[4, "emotion"] = None
    values, folds = made_values(index, effect=0.6), list(SubjectKFold(k=3).folds(index))
    targets = {"emotion": CLASS_TARGET, "valence": NUMBER_TARGET}
    shuffles = {name: shuffled(index, 100, 3, target) for name, target in targets.items()}
    control = Permutation(targets, shuffles, balance=True)
    for number, fold in enumerate(folds):
        control.see(number, made_summary(index, fold, values))
    found = control.found()
    for name, target in targets.items():
        shuffle, scores = shuffles[name], scores_for(target)
        label = labels_of(made_rows(index), target, shuffle.family)
        drawn = []
        for given in shuffle.given:
            own, known = label[given][shuffle.family], shuffle.family >= 0
            said, true = [], []
            for fold in folds:
                train, test = fold.train[known[fold.train]], fold.test[known[fold.test]]
                ridge = Ridge(values[train])
                said.append(ridge.predict(values[test], own[train], balance=name == "emotion"))
                true.append(own[test])
            true, said = map(scores.decide, (np.concatenate(true), np.concatenate(said)))
            drawn.append(scores.values(scores.sums(true, said, np.zeros(len(true), int), 1))[0])
        drawn = np.array(drawn)
        for column, metric in zip(drawn.T, scores.names, strict=True):
            own = found[name]["metrics"][metric]
            assert own["value"] == pytest.approx(column[0], abs=1e-5)
            assert own["mean"] == pytest.approx(column[1:].mean(), abs=1e-5)
            assert own["high"] == pytest.approx(np.quantile(column[1:], 0.975), abs=1e-5)
        assert (found[name]["times"], found[name]["trials"]) == (100, 36)


def figures(seed, effect, folds=5):
    index = made_index(8, 6, 2, seed=seed)
    values = made_values(index, effect=effect, trial=1.0, seed=seed)
    control = Permutation(TARGETS, {"emotion": shuffled(index, 100, seed)}, balance=False)
    for number, fold in enumerate(SubjectKFold(k=folds).folds(index)):
        control.see(number, made_summary(index, fold, values))
    return control.found()["emotion"]["metrics"]["balanced_accuracy"]


def test_p_is_uniform_without_an_effect_and_small_with_one():
    p = np.array([figures(seed, 0.0)["p"] for seed in range(14)])
    assert 0.3 < p.mean() < 0.7
    assert (p <= 0.1).mean() <= 0.35
    strong = figures(0, 2.0)
    assert strong["p"] == 1 / 101
    assert strong["value"] > strong["high"] > 0.25


def test_large_folds_are_answered_in_pieces(monkeypatch):
    whole = figures(1, 0.5)
    monkeypatch.setattr("insula.evaluation.controls.permutation.CELLS", 500)
    assert figures(1, 0.5) == whole


def test_rows_of_no_fold_matter_not():
    index = made_index(4, 4, 2)
    fold = Fold(np.arange(8), test=np.arange(8, 16))
    control = Permutation(TARGETS, {"emotion": shuffled(index)}, balance=False)
    control.see(0, made_summary(index, fold, made_values(index)))
    assert control.found()["emotion"]["metrics"]["accuracy"]["value"] is not None


def test_a_fold_without_labels_to_learn_from_is_answered_by_nobody():
    index = made_index(6, 4, 2)
    index.loc[index["subject"] < "s02", "emotion"] = None
    values, folds = (
        made_values(index),
        [Fold(np.arange(16), test=np.arange(16, 48)), Fold(np.arange(16, 40), test=np.arange(40, 48))],
    )
    both, one = (Permutation(TARGETS, {"emotion": shuffled(index)}, balance=False) for _ in range(2))
    for number, fold in enumerate(folds):
        both.see(number, made_summary(index, fold, values))
    one.see(1, made_summary(index, folds[1], values))
    assert both.found() == one.found()

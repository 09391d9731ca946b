"""Stand-ins under this protocol and under others, and whom the nearest windows are of."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier

from insula import Fold
from insula.evaluation.controls import proxies
from insula.evaluation.controls.identity import Identity
from insula.evaluation.controls.nearest import nearest, share_of_same
from insula.evaluation.controls.protocol_gap import HERE, RANDOM, gap, held_out, random_windows
from insula.evaluation.controls.proxies import NEAREST, RIDGE, Side
from insula.windows.copies import COPY, SplitView
from insula.windows.protocol import Protocol
from insula_splits.leave_trials_out import LeaveTrialsOut
from insula_splits.subject_kfold import SubjectKFold
from made_index import copied, made_index
from made_predictions import CLASS_TARGET, NUMBER_TARGET
from made_summaries import TARGETS, made_summary, made_values


def side(index, folds, values, targets=TARGETS, *, balance=False):
    made = Side(Protocol(index, folds), targets, balance)
    for number, fold in enumerate(folds):
        made.see(number, made_summary(index, fold, values))
    return made


def z(values, like):
    return (values - like.mean(axis=0)) / like.std(axis=0)


def test_the_nearest_window_is_scikit_learns(monkeypatch):
    monkeypatch.setattr("insula.evaluation.controls.nearest.PIECE", 7)
    rng = np.random.default_rng(0)
    train, test = rng.normal(2, [1, 5, 0.1], (50, 3)), rng.normal(2, [1, 5, 0.1], (40, 3))
    oracle = KNeighborsClassifier(1).fit(z(train, train), np.arange(50))
    np.testing.assert_array_equal(nearest(train, test), oracle.predict(z(test, train)))


def test_shares_are_counted_and_so_is_chance():
    codes = np.array([0, 0, 1, 1, -1, 0, 1, -1])
    train, test = np.arange(5), np.array([5, 6, 7])
    assert share_of_same(codes, np.array([1, 0, 4]), test, train) == (pytest.approx(1 / 3), pytest.approx(0.8 / 3))


def test_both_stand_ins_answer_as_they_do_by_hand():
    index = made_index(6, 6, 4)
    folds, values = list(SubjectKFold(k=3).folds(index)), made_values(index, effect=0.8)
    found = side(index, folds, values).found(CLASS_TARGET, "subject")
    y, said, true = index["emotion"].to_numpy(), [], []
    for fold in folds:
        train = values[fold.train]
        said += list(KNeighborsClassifier(1).fit(z(train, train), y[fold.train]).predict(z(values[fold.test], train)))
        true += list(y[fold.test])
    wanted = balanced_accuracy_score(true, said)
    assert found[NEAREST]["metrics"]["balanced_accuracy"]["value"] == pytest.approx(wanted)
    assert found[NEAREST]["same_subject"] == found[NEAREST]["same_trial_by_chance"] == 0
    assert found[RIDGE]["metrics"]["balanced_accuracy"]["low"] is not None


def test_a_sample_stands_for_many_windows(monkeypatch):
    monkeypatch.setattr(proxies, "MOST", 30)
    index = made_index(6, 6, 4)
    made = side(index, list(SubjectKFold(k=3).folds(index)), made_values(index))
    assert [len(table) for table in made.tables[NEAREST, "emotion"]] == [10, 10, 10]
    assert [len(table) for table in made.tables[RIDGE, "emotion"]] == [48, 48, 48]


def test_random_windows_deal_out_every_window_once():
    index = copied(made_index(4, 4, 5), "s01t01", "copy").assign(**{COPY: None})
    index.loc[index["trial"] == "copy", COPY] = "noise"
    view = SplitView(index, {"noise": "after_split"})
    folds = random_windows(view, [Fold(np.arange(40), test=np.arange(40, 80))], size=30)
    np.testing.assert_array_equal(np.sort(np.concatenate([fold.test for fold in folds])), np.arange(80))
    for fold in folds:
        own = fold.train[~view.hidden[fold.train]]
        assert (len(own), len(fold.test)) == (30, 16)
        assert not set(fold.train) & set(fold.test)
        copies = {index["t0"][row] for row in fold.train if view.hidden[row]}
        assert copies == {index["t0"][row] for row in own if index["trial"][row] == "s01t01"}
    assert len(random_windows(view, [Fold(np.arange(80))], size=999)[0].train[:64]) == 64


@pytest.mark.parametrize(("people", "column"), [(7, "subject"), (1, "trial")])
def test_what_is_held_out_is_in_no_training_set(people, column):
    index = made_index(people, 6, 3)
    name, folds = held_out(Protocol(index, [Fold(np.arange(len(index)))]), SplitView(index, {}))
    assert name == f"{'people' if people > 1 else 'trials'} held out"
    np.testing.assert_array_equal(np.sort(np.concatenate([fold.test for fold in folds])), np.arange(len(index)))
    for fold in folds:
        assert not set(index[column][fold.train]) & set(index[column][fold.test])


def gap_of(effect, trial, seed=0):
    index = made_index(8, 8, 5, seed=seed)
    values, folds = (
        made_values(index, effect=effect, trial=trial, features=10, seed=seed),
        list(LeaveTrialsOut(trials="pooled").folds(index)),
    )
    dealt = random_windows(SplitView(index, {}), folds, int(np.mean([len(fold.train) for fold in folds])))
    sides = {
        RANDOM: {"emotion": side(index, dealt, values).found(CLASS_TARGET, "trial")},
        HERE: {"emotion": side(index, folds, values).found(CLASS_TARGET, "trial")},
    }
    return gap({name: found["emotion"] for name, found in sides.items()}, CLASS_TARGET, HERE)


def test_the_gap_is_what_a_mark_of_the_trial_gives_away():
    marked = gap_of(0.0, 4.0)
    assert marked["proxy"] == NEAREST
    assert marked["points"] > 0.5
    assert marked["sides"][RANDOM][NEAREST]["same_trial"] > 0.9
    assert marked["sides"][HERE][NEAREST]["same_trial"] == 0
    assert marked["sides"][RANDOM][NEAREST]["same_trial_by_chance"] < 0.05


def test_where_nothing_marks_a_trial_there_is_no_gap():
    plain = gap_of(2.0, 0.0)
    assert abs(plain["points"]) < 0.08
    assert plain["sides"][HERE][RIDGE]["metrics"]["balanced_accuracy"]["value"] > 0.6


def test_an_undefined_figure_makes_no_gap():
    nothing = {"metrics": {"ccc": {"value": None}}}
    sides = {RANDOM: {RIDGE: nothing, NEAREST: nothing}, HERE: {RIDGE: nothing, NEAREST: nothing}}
    assert gap(sides, NUMBER_TARGET, HERE)["points"] is None


def identified(index, fold, values, streams, seed=0):
    control = Identity(["traits"], Protocol(index, [fold]), TARGETS, balance=False)
    control.see(0, made_summary(index, fold, values, streams))
    (found,) = control.found(index, "subject")["emotion"]
    return {kind: found[kind]["accuracy"] for kind in ("true", "shuffled", "random")}


def person_index(people=12):
    """People whose label is their own, in trials of which half are for training."""
    index = made_index(people, 6, 2)
    index["emotion"] = np.where(index["subject"].str[1:].astype(int) % 2, "joy", "calm")
    odd = index["trial"].str[-1].astype(int) % 2 == 0
    return index, Fold(np.flatnonzero(odd), test=np.flatnonzero(~odd))


def test_a_name_tag_works_as_well_when_it_is_random():
    index, fold = person_index()
    person = index["subject"].str[1:].astype(int).to_numpy()
    tags = np.random.default_rng(1).normal(size=(12, 11))[person]
    noise = np.random.default_rng(2).normal(size=(len(index), 3))
    found = identified(index, fold, np.concatenate([noise, tags], axis=1).astype(np.float32), {"eeg": 3, "traits": 11})
    assert found["true"]["value"] == 1
    assert found["shuffled"]["mean"] > 0.85, "the same vectors, each still somebody's own"
    assert found["random"]["mean"] > 0.85


def test_a_trait_that_matters_is_missed_on_people_nobody_knows():
    index, _ = person_index()
    person = index["subject"].str[1:].astype(int).to_numpy()
    fold = Fold(np.flatnonzero(person < 8), test=np.flatnonzero(person >= 8))
    traits = (person % 2)[:, None] + 0.01 * np.random.default_rng(1).normal(size=(12, 1))[person]
    noise = np.random.default_rng(2).normal(size=(len(index), 3))
    found = identified(index, fold, np.concatenate([noise, traits], axis=1).astype(np.float32), {"eeg": 3, "traits": 1})
    assert found["true"]["value"] == 1
    assert found["shuffled"]["mean"] < 0.85
    assert found["random"]["mean"] < 0.85
    assert found["random"]["least"] <= found["random"]["mean"] <= found["random"]["most"]


def test_people_of_two_datasets_keep_their_vectors_apart():
    index = pd.concat([made_index(3, 2, 2), made_index(3, 2, 2).assign(dataset="other")], ignore_index=True)
    control = Identity(["traits"], Protocol(index, [Fold(np.arange(24))]), TARGETS, balance=False)
    values = np.arange(6.0)[index.groupby(["dataset", "subject"]).ngroup()][:, None]
    values[:4] = np.nan  # the first person lacks it
    for seed in range(20):
        dealt = control._dealt(values, np.arange(24), "shuffled", np.random.default_rng(seed))
        assert np.isnan(dealt[:4]).all()
        assert set(dealt[4:12, 0][~np.isnan(dealt[4:12, 0])]) <= {1.0, 2.0}
        assert sorted(set(dealt[12:, 0])) == [3.0, 4.0, 5.0]
        assert (dealt[12:14] == dealt[14:16]).all(), "all windows of a person are dealt one vector"

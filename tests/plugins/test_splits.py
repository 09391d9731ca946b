"""Splits: three sets that share no unit, alike in number, size and classes."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from insula import ConfigError, SplitError
from insula.plugin.manager import installed
from insula_splits.group import Group
from insula_splits.leave_one_subject_out import LeaveOneSubjectOut
from insula_splits.leave_trials_out import LeaveTrialsOut
from insula_splits.random_windows import RandomWindows
from insula_splits.subject_kfold import SubjectKFold
from made_index import copied, made_index

HONEST = {
    "trial": LeaveTrialsOut(),
    "trial ": LeaveTrialsOut(trials="per_subject"),
    "subject": SubjectKFold(),
    "subject ": LeaveOneSubjectOut(),
    "stimulus": Group(column="sentence", k=4),
    "subject  ": Group(column="speaker"),
}


def values(index, rows, column):
    return set(index[column].iloc[rows])


@pytest.mark.parametrize("split", [RandomWindows(), *HONEST.values()])
def test_every_window_is_tested_once_and_three_sets_share_none(split):
    index = made_index()
    folds = list(split.folds(index))
    assert Counter(np.concatenate([fold.test for fold in folds])) == Counter(range(len(index)))
    for fold in folds:
        assert sorted([*fold.train, *fold.validation, *fold.test]) == list(range(len(index)))
        assert min(map(len, (fold.train, fold.validation, fold.test))) > 0
        assert len(fold.adapt) == 0


@pytest.mark.parametrize("column", HONEST)
def test_a_unit_is_on_one_side_only(column):
    index, name = made_index(), column.strip()
    for fold in HONEST[column].folds(index):
        sides = [values(index, rows, name) for rows in (fold.train, fold.validation, fold.test)]
        assert len(set.union(*sides)) == sum(map(len, sides))


@pytest.mark.parametrize("split", [RandomWindows, LeaveTrialsOut, SubjectKFold, LeaveOneSubjectOut])
def test_validation_none_trains_on_the_validation_rows(split):
    index = made_index()
    for same, none in zip(split().folds(index), split(validation="none").folds(index), strict=True):
        assert len(none.validation) == 0
        assert np.array_equal(none.test, same.test)
        assert np.array_equal(none.train, np.sort(np.concatenate([same.train, same.validation])))


def test_validation_is_the_next_folds_test():
    folds = list(SubjectKFold().folds(made_index()))
    for fold, after in zip(folds, [*folds[1:], folds[0]], strict=True):
        assert np.array_equal(fold.validation, after.test)


def test_number_of_folds():
    index = made_index()
    assert [len(list(s.folds(index))) for s in (SubjectKFold(k=4), LeaveOneSubjectOut(), Group(column="stimulus"))] == [
        4,
        10,
        8,
    ]


@pytest.mark.parametrize("split", [RandomWindows(), *HONEST.values()])
def test_the_order_of_the_rows_does_not_matter(split):
    index = made_index()
    mixed = index.sample(frac=1, random_state=1).reset_index(drop=True)

    def tested(frame):
        return [
            set(zip(frame["trial"].iloc[f.test], frame["t0"].iloc[f.test], strict=True)) for f in split.folds(frame)
        ]

    assert tested(index) == tested(index) == tested(mixed)


@pytest.mark.parametrize("split", [RandomWindows, LeaveTrialsOut, SubjectKFold, LeaveOneSubjectOut])
def test_the_seed_shuffles(split):
    index = made_index()
    assert any(
        not np.array_equal(a.test, b.test)
        for a, b in zip(split(seed=0).folds(index), split(seed=1).folds(index), strict=True)
    )


def test_people_are_dealt_out_evenly_in_number_whatever_their_size():
    index = made_index(10, 8, 5)
    index = index[~((index["subject"] < "s04") & (index["t0"] > 0))].reset_index(drop=True)
    assert [len(values(index, fold.test, "subject")) for fold in SubjectKFold().folds(index)] == [2] * 5
    assert sorted(len(values(index, f.test, "subject")) for f in SubjectKFold(k=4).folds(index)) == [2, 2, 3, 3]


def test_emodb_has_two_speakers_in_every_fold_and_all_classes(real_data):
    names = pd.Series(sorted(path.stem for path in (real_data / "emodb" / "wav").glob("*.wav")))
    index = pd.DataFrame({"subject": names.str[:2], "trial": names, "raw_t1": 1.0, "emotion": names.str[5]})
    for seed in range(5):
        for fold in SubjectKFold(seed=seed).folds(index):
            assert len(values(index, fold.test, "subject")) == 2
            assert index["emotion"].iloc[fold.test].value_counts().min() >= 8


def test_random_windows_are_stratified_as_by_scikit_learn():
    from sklearn.model_selection import StratifiedKFold

    index = made_index(7, 9, 3)
    whole = index["emotion"].value_counts()
    ours = [index["emotion"].iloc[fold.test].value_counts() for fold in RandomWindows().folds(index)]
    theirs = [
        index["emotion"].iloc[test].value_counts() for _, test in StratifiedKFold(5).split(index, index["emotion"])
    ]
    assert max((c - whole / 5).abs().max() for c in ours) <= max((c - whole / 5).abs().max() for c in theirs) + 1


@pytest.mark.parametrize(("split", "column", "times"), [(SubjectKFold, "subject", 1.1), (LeaveTrialsOut, "trial", 2.5)])
def test_groups_are_stratified_about_as_well_as_by_scikit_learn(split, column, times):
    """Theirs may put more groups into one part than another, so it can do better where groups are many and small."""
    from sklearn.model_selection import StratifiedGroupKFold

    def spread(index, folds):
        counts = np.array([index["emotion"].iloc[rows].value_counts().sort_index() for rows in folds])
        return (counts / counts.sum(axis=0)).std(axis=0).sum()

    ours, theirs = [], []
    for seed in range(4):
        index = made_index(12, 10, 4, seed=seed).sample(frac=0.8, random_state=seed).reset_index(drop=True)
        other = StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(index, index["emotion"], index[column])
        ours.append(spread(index, [fold.test for fold in split(seed=seed).folds(index)]))
        theirs.append(spread(index, [rows for _, rows in other]))
    assert np.mean(ours) < times * np.mean(theirs)


def test_per_subject_deals_out_everybodys_trials():
    index = made_index(6, 11, 2)
    for fold in LeaveTrialsOut(trials="per_subject").folds(index):
        trials = index.iloc[fold.test].groupby("subject")["trial"].nunique()
        assert len(trials) == 6
        assert set(trials) <= {2, 3}


def test_trials_numbered_afresh_in_every_dataset_stay_apart():
    index = pd.concat([made_index(3, dataset="a"), made_index(3, dataset="b")], ignore_index=True)
    assert len(list(LeaveOneSubjectOut().folds(index))) == 6


@pytest.mark.parametrize("column", HONEST)
def test_augmented_copies_stay_with_their_parent(column):
    index = copied(copied(made_index(), "s03t05", "s03t05-fast"), "s03t05-fast", "s03t05-fast-loud")
    index = copied(copied(index, "s01t01", "x1"), "s01t01", "x2")
    index = index[index["trial"] != "s01t01"].reset_index(drop=True)  # two copies of a trial that isn't there
    for fold in HONEST[column].folds(index):
        for rows in (fold.train, fold.validation, fold.test):
            found = values(index, rows, "trial")
            assert len({"s03t05", "s03t05-fast", "s03t05-fast-loud"} & found) in (0, 3)
            assert len({"x1", "x2"} & found) in (0, 2)


def test_a_target_that_is_a_number_or_missing_needs_no_strata():
    index = made_index().assign(emotion=0.5)
    assert len(list(LeaveTrialsOut().folds(index))) == 5
    assert len(list(LeaveTrialsOut().folds(index.assign(emotion=None)))) == 5


@pytest.mark.parametrize(
    ("split", "subjects", "message"),
    [
        (SubjectKFold(k=11), 10, "split.k=11: the data have only 10 subjects; type split.k=10 or less"),
        (
            SubjectKFold(k=2),
            10,
            "split.k=2 leaves nothing to train on .* type split.k=3 or more, or split.validation=none",
        ),
        (
            LeaveOneSubjectOut(),
            2,
            "2 subjects can't be cut into train, validation and test: type split.validation=none",
        ),
        (LeaveOneSubjectOut(validation="none"), 1, "the data have only 1 subjects"),
        (Group(column="scenario"), 5, "split.column=scenario: the index has no such column"),
        (Group(column="sesion"), 5, "did you mean 'session'"),
        (Group(column="session"), 5, "200 of 200 windows have no session"),
    ],
)
def test_a_split_that_the_data_can_not_give_says_what_to_type(split, subjects, message):
    with pytest.raises(SplitError, match=message):
        list(split.folds(made_index(subjects)))


def test_two_people_are_enough_without_a_validation_set():
    assert len(list(LeaveOneSubjectOut(validation="none").folds(made_index(2)))) == 2


def test_options_are_checked_before_anything_runs():
    group = installed().get("splits", "group")
    reserved = {"take": None, "train_subjects": None}
    assert group.defaults() == {"column": "group", "k": None, "validation": "same", "seed": 0, **reserved}
    for wrong in ({"k": 1}, {"validation": "half"}, {"seed": -1}, {"kk": 5}):
        with pytest.raises(ValueError, match="validation error"):
            group.options(**wrong)
    assert "independent of the run's seed" in group.options.model_fields["seed"].description
    with pytest.raises(ConfigError, match="random_windows"):
        installed().get("splits", "random_window")


def in_pairs(subjects: int = 6, session: str | None = None) -> pd.DataFrame:
    """Two people per session, as in dialogues."""
    index = made_index(subjects)
    pair = (index["subject"].str[1:].astype(int) // 2).astype(str)
    return index.assign(session=pair if session is None else session)


def test_the_other_people_of_the_session_validate():
    index = copied(in_pairs(), "s03t05", "s03t05-fast")
    folds = list(LeaveOneSubjectOut(validation="session").folds(index))
    assert len(folds) == 6
    for number, fold in enumerate(folds):
        assert values(index, fold.test, "subject") == {f"s{number:02}"}
        assert values(index, fold.validation, "subject") == {f"s{number ^ 1:02}"}
        assert len(values(index, fold.train, "subject")) == 4
        assert len(fold.train) + len(fold.validation) + len(fold.test) == len(index)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (in_pairs(session="the same"), "everybody is in the sessions of subject s00"),
        (made_index(4).assign(session=lambda i: i["subject"]), "nobody else is in the sessions of subject s00"),
        (made_index(4), "160 of 160 windows have no session"),
    ],
)
def test_sessions_that_give_no_partner(index, message):
    with pytest.raises(SplitError, match=message):
        list(LeaveOneSubjectOut(validation="session").folds(index))

"""split.train_subjects: fewer people to train on, everything else as it was."""

from itertools import pairwise

import numpy as np
import pytest

from insula import Fold, SplitError
from insula.plugin.manager import installed
from insula.windows.training_people import keep_people
from insula_splits.leave_one_subject_out import LeaveOneSubjectOut
from insula_splits.leave_trials_out import LeaveTrialsOut
from made_index import made_index


def people(index, rows):
    return set(index["subject"].iloc[rows])


def test_training_keeps_so_many_people_with_all_their_rows_and_the_rest_of_the_fold_stays():
    index = made_index(10)
    for number, fold in enumerate(LeaveOneSubjectOut().folds(index)):
        kept = keep_people(fold, index, 3, 0, number)
        mine = people(index, kept.train)
        assert len(mine) == 3
        assert mine <= people(index, fold.train)
        assert list(kept.train) == [row for row in fold.train if index["subject"].iloc[row] in mine]
        assert all(np.array_equal(kept.rows(role), fold.rows(role)) for role in ("validation", "test", "adapt"))


def test_more_people_contain_the_fewer_and_all_of_them_are_the_fold():
    index = made_index(10)
    for number, fold in enumerate(LeaveOneSubjectOut().folds(index)):
        several = [people(index, keep_people(fold, index, n, 5, number).train) for n in range(1, 9)]
        assert all(fewer < more for fewer, more in pairwise(several))
        assert np.array_equal(keep_people(fold, index, 8, 5, number).train, fold.train)


def test_the_draw_is_one_of_seed_and_fold_and_not_of_the_order_of_rows():
    index = made_index(12)
    fold = next(iter(LeaveOneSubjectOut().folds(index)))

    def drawn(seed, number, table=index, rows=fold.train):
        return frozenset(people(table, keep_people(Fold(rows), table, 4, seed, number).train))

    assert drawn(0, 0) == drawn(0, 0)
    assert len({drawn(seed, 0) for seed in range(6)}) > 1
    assert len({drawn(0, number) for number in range(6)}) > 1
    back = index.iloc[::-1].reset_index(drop=True)
    assert drawn(0, 0, back, len(index) - 1 - fold.train) == drawn(0, 0)


def test_people_of_two_datasets_with_one_name_are_two():
    index = made_index(4)
    index["dataset"] = np.where(index["subject"].isin(["s00", "s01"]), "a", "b")
    index["subject"] = index["subject"].replace({"s02": "s00", "s03": "s01"})
    kept = keep_people(Fold(np.arange(len(index))), index, 3, 0, 0)
    assert index.iloc[kept.train].groupby(["dataset", "subject"]).ngroups == 3


def test_too_few_people_is_an_error():
    index = made_index(5)
    fold = next(iter(LeaveTrialsOut().folds(index)))
    with pytest.raises(SplitError, match=r"split.train_subjects=6: only 5 people train in fold 2; type .*=5 or less"):
        keep_people(fold, index, 6, 0, 2)


def test_every_split_has_the_option_and_a_run_honours_it(train):
    for name in installed().components["splits"]:
        assert "train_subjects" in installed().get("splits", name).options.model_fields
    made = ("dataset.subjects=6", "dataset.trials=3", "dataset.seconds=4", "training.epochs=1", "cell.hidden_size=4")
    lean = ("experiment=demo", "~streams.eeg", "~streams.personality", "split=leave_one_subject_out", "split.take=2")
    found = train(*lean, *made, "split.train_subjects=2")
    assert [fold["sizes"]["train"] for fold in found["folds"]] == [2 * 3 * 2, 2 * 3 * 2]
    assert [fold["sizes"]["test"] for fold in found["folds"]] == [3 * 2, 3 * 2]
    with pytest.raises(SplitError, match="only 4 people train in fold 0"):
        train(*lean, *made, "split.train_subjects=5", folder="more")

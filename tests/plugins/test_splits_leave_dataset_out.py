"""leave_dataset_out: every dataset tests once; people or a dataset validate; what can't be cut is said."""

import numpy as np
import pandas as pd
import pytest

from insula import Fold, SplitError
from insula.plugin.testing import check_split
from insula.windows.audit import audit_folds
from insula_splits.leave_dataset_out import LeaveDatasetOut
from made_index import made_index


def several(**people: int) -> pd.DataFrame:
    """Datasets whose people and trials have the same names."""
    return pd.concat(
        [made_index(n, 4, 2, seed=k, dataset=name) for k, (name, n) in enumerate(people.items())], ignore_index=True
    )


def whose(index: pd.DataFrame, rows: np.ndarray, *columns: str) -> set:
    return set(index.iloc[rows][list(columns)].itertuples(index=False, name=None))


@pytest.mark.parametrize("validation", ["subject", "same", "none"])
def test_every_dataset_tests_once_and_the_audit_agrees(validation):
    index = several(berlin=10, cafe=5, athens=3)
    check_split(LeaveDatasetOut, index=index, validation=validation)
    folds = list(LeaveDatasetOut(validation=validation).folds(index))
    assert [whose(index, fold.test, "dataset") for fold in folds] == [{("athens",)}, {("berlin",)}, {("cafe",)}]
    for fold in folds:
        assert len(fold.train) + len(fold.validation) + len(fold.test) == len(index)
    audit = audit_folds(index, folds, label="emotion")
    assert not [finding for finding in audit.findings if finding.cap > "A"]
    assert set(LeaveDatasetOut.claims) <= set(audit.claim)
    assert "new datasets" in audit.claim


def test_people_of_every_training_dataset_validate_and_no_windows_of_theirs_train():
    index = several(berlin=10, cafe=5, athens=3)
    for fold in LeaveDatasetOut().folds(index):
        held = whose(index, fold.validation, "dataset", "subject")
        training = whose(index, fold.train, "dataset")
        assert {(dataset,) for dataset, _ in held} == training
        assert not held & whose(index, fold.train, "dataset", "subject")
        number = {dataset: sum(d == dataset for d, _ in held) for (dataset,) in training}
        assert number == {key: {"berlin": 2, "cafe": 1, "athens": 1}[key] for key in number}


def test_two_datasets_are_enough_and_other_seeds_choose_other_people():
    index = several(a=6, b=6)
    chosen = set()
    for seed in range(4):
        folds = list(LeaveDatasetOut(seed=seed).folds(index))
        assert len(folds) == 2
        chosen.add(tuple(sorted(whose(index, folds[0].validation, "subject"))))
    assert len(chosen) > 1


def test_same_validates_on_the_next_dataset():
    index = several(a=2, b=2, c=2, d=2)
    folds = LeaveDatasetOut(validation="same").folds(index)
    assert [whose(index, fold.validation, "dataset") for fold in folds] == [{(name,)} for name in "bcda"]


def test_the_order_of_the_rows_is_nothing():
    index = several(a=6, b=6)
    order = np.random.default_rng(0).permutation(len(index))
    for one, other in zip(LeaveDatasetOut().folds(index), LeaveDatasetOut().folds(index.iloc[order]), strict=True):
        for role in ("train", "validation", "test"):
            assert set(order[other.rows(role)]) == set(one.rows(role))


def test_the_only_person_of_a_dataset_trains():
    index = several(a=1, b=4, c=4)
    for fold in LeaveDatasetOut().folds(index):
        assert ("a",) not in whose(index, fold.validation, "dataset")


@pytest.mark.parametrize(
    ("people", "validation", "message"),
    [
        ({"a": 4}, "subject", r"the data are one dataset \(a\), and leaving it out leaves none; name several"),
        ({"a": 4, "b": 4}, "same", r"two datasets \(a, b\) can't be cut into train, validation and test: type split."),
        (
            {"a": 4, "b": 1},
            "subject",
            "no dataset but a has two people, so that one can validate; type split.validation",
        ),
    ],
)
def test_what_can_not_be_cut(people, validation, message):
    with pytest.raises(SplitError, match=message):
        list(LeaveDatasetOut(validation=validation).folds(several(**people)))


def test_a_claim_that_does_not_hold_is_not_made():
    index = several(a=4, b=4)
    half = index["subject"].isin(["s00", "s01"]).to_numpy()
    audit = audit_folds(index, [Fold(np.flatnonzero(half), test=np.flatnonzero(~half))])
    assert "new people" in audit.claim
    assert "new datasets" not in audit.claim

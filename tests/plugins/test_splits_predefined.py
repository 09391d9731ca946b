"""predefined: folds from a file, and what is wrong with a file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from insula import Fold, InsulaWarning, SplitError
from insula_splits.leave_trials_out import LeaveTrialsOut
from insula_splits.predefined import Predefined
from made_index import made_index


def table_of(index, folds, by):
    lines = [
        {by: index["trial"].iat[row] if by == "trial" else row, "fold": number, "role": role}
        for number, fold in enumerate(folds)
        for role in Fold.ROLES
        for row in fold.rows(role)
    ]
    return pd.DataFrame(lines).drop_duplicates()


@pytest.mark.parametrize("by", ["trial", "row"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_published_folds_come_back(tmp_path, by, suffix):
    index = made_index(4, 6, 3)
    folds = list(LeaveTrialsOut(k=12).folds(index))
    table, path = table_of(index, folds, by), tmp_path / f"folds{suffix}"
    table.to_csv(path, index=False) if suffix == ".csv" else table.to_parquet(path)
    for ours, theirs in zip(Predefined(file=path).folds(index), folds, strict=True):
        assert all(np.array_equal(ours.rows(role), theirs.rows(role)) for role in Fold.ROLES)


def test_numbered_trials_and_adapt_rows(tmp_path):
    index = made_index(1, 4, 2)
    index["trial"] = index["trial"].str[-1].astype(int)
    path = tmp_path / "folds.csv"
    path.write_text("trial,fold,role\n0,1,train\n1,1,train\n2,1,adapt\n3,1,test\n")
    (fold,) = Predefined(file=path).folds(index)
    assert [fold.rows(role).tolist() for role in Fold.ROLES] == [[0, 1, 2, 3], [], [6, 7], [4, 5]]


def test_what_has_no_partner_is_told(tmp_path):
    index, path = made_index(1, 3, 1), tmp_path / "folds.csv"
    path.write_text("trial,fold,role\ns00t00,0,train\ns00t01,0,test\ngone,0,train\n")
    with pytest.warns(InsulaWarning) as told:
        list(Predefined(file=path).folds(index))
    texts = " ".join(str(warning.message) for warning in told)
    assert "1 of its trials aren't in the data, trial 'gone' first" in texts
    assert "leaves out 1 trials of the data, trial 's00t02' first" in texts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "can't be read as a table of folds"),
        ("trial,fold,role\n", "has no line"),
        ("utterance,fold\nx,0\n", "has no column trial, role; its columns are utterance, fold"),
        ("trial,fold,role\ns00t00,0,dev\n", "'dev' is no role; a role is one of train, validation, test, adapt"),
        ("trial,fold,role\ns00t00,0,train\ns00t01,,test\n", "line 3 lacks a trial, a fold or a role"),
        (
            "trial,fold,role\na,0,train\nb,0,test\n",
            "names no trial of this run: it has trial 'a', the data have trial 's00t00'; was it made for another",
        ),
        ("trial,fold,role\ns00t00,0,train\ns00t01,0,validation\ns00t02,0,train\n", "fold 0 has no test row"),
    ],
)
def test_a_wrong_file_is_told_with_its_path(tmp_path, text, message):
    path = tmp_path / "folds.csv"
    path.write_text(text)
    with pytest.raises(SplitError, match=f"folds.csv.*{message}"):
        list(Predefined(file=path).folds(made_index(1, 3, 1)))


def test_no_file():
    with pytest.raises(SplitError, match=r"type split\.file=FOLDS\.csv"):
        list(Predefined().folds(made_index(2)))
    with pytest.raises(SplitError, match=r"/nowhere/folds.csv can't be read"):
        list(Predefined(file=Path("/nowhere/folds.csv")).folds(made_index(2)))

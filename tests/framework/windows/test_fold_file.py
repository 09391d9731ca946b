"""Fold files: what is written is read again, what others write is read, and what is wrong in one is said."""

import time

import numpy as np
import pandas as pd
import pytest

from insula import Fold, SplitError
from insula.windows.fold_file import read_folds, write_folds
from insula_splits.leave_one_subject_out import LeaveOneSubjectOut
from insula_splits.subject_kfold import SubjectKFold
from made_index import made_index

HEAD = "row,fold,role,subject,trial,t0,t1,label"


@pytest.fixture
def table(tmp_path):
    """Return ``table(*lines)``, which reads a file of these lines."""

    def read(*lines: str, name: str = "folds.csv"):
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_folds(tmp_path / name)

    return read


def test_what_is_written_is_read_again(tmp_path):
    index = made_index(6, 3, 2)
    index["t0"] += 0.1 + 0.2  # more digits than a rounded number has
    index.loc[index["trial"] == "s01t00", "trial"] = 'a "trial", with\na break'
    index.loc[0, "emotion"] = None
    folds = list(SubjectKFold(k=3).folds(index))
    write_folds(tmp_path / "folds.csv", index, folds, "emotion")
    found = read_folds(tmp_path / "folds.csv")
    assert found.names == [0, 1, 2]
    back = found.index["row"].astype(int).to_numpy()
    assert sorted(back) == list(range(len(index)))
    for column in ("dataset", "subject", "trial", "stimulus", "t0", "t1", "raw_t0", "raw_t1"):
        assert found.index[column].tolist() == index[column].iloc[back].tolist(), column
    labels = found.index["label"].tolist()
    assert [name if isinstance(name, str) else None for name in labels] == index["emotion"].iloc[back].tolist()
    for one, other in zip(folds, found.folds, strict=True):
        for role in Fold.ROLES:
            assert sorted(back[other.rows(role)]) == sorted(one.rows(role)), role
    assert [path.name for path in tmp_path.iterdir()] == ["folds.csv"]


def test_three_columns_are_enough_and_rows_and_folds_have_any_names(table):
    found = table(
        "row,fold,role", "u 1,b,train", "u 2,b,test", "u 2,10,train", "u 1,10,test", "u 1,2,test", "u 3,2,train"
    )
    assert found.names == [2, 10, "b"]
    assert found.index["row"].tolist() == ["u 1", "u 2", "u 3"]
    assert (found.folds[0].train.tolist(), found.folds[0].test.tolist()) == ([2], [0])
    assert found.label is None


def test_other_names_other_orders_and_gaps(table):
    found = table(
        "fold,speaker,row,role,sentence,note,dataset",
        "1,s1,1,train,a,x,d",
        "1,,2,test,,y,d",
        "2,s2,2,train,b,y,d",
        "2,s1,1,test,,x,d",
        "2,s1,1,test,,x,d",
    )
    assert found.index[["subject", "stimulus"]].to_numpy().tolist() == [["s1", "a"], ["s2", "b"]]
    assert found.folds[1].test.tolist() == [0]


def test_a_column_under_both_its_names(table):
    found = table("row,fold,role,subject,speaker", "1,0,train,a,a", "2,0,test,,b")
    assert found.index["subject"].tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        (["1", "2", "3"], ["1", "2", "3"]),
        (["1.0", "2.0", ""], ["1", "2", None]),
        (["1.5", "2", ""], [1.5, 2.0, np.nan]),
        (["NA", "none", "joy"], ["NA", "none", "joy"]),
    ],
)
def test_labels_are_classes_unless_a_number_is_not_whole(table, texts, labels):
    lines = [
        f"{row},0,{role},{text}" for row, (role, text) in enumerate(zip(("train", "train", "test"), texts, strict=True))
    ]
    found = table("row,fold,role,label", *lines).index["label"]
    pd.testing.assert_series_equal(found, pd.Series(labels, name="label", dtype=found.dtype))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([""], "can't be read as a table of folds"),
        (["row,fold,role"], "has no line: there is no fold in it"),
        (
            ["row,fold,rolle", "1,0,train"],
            r"has no column 'role' \(is it 'rolle'\?\); its columns are row, fold",
        ),
        (["Row,Fold,Role", "1,0,train"], r"has no column 'row' \(is it 'Row'\?\)"),
        (["row;fold;role", "1;0;train"], "has no column 'row'.*; separate them by commas"),
        (["row\tfold\trole", "1\t0\ttrain"], "has no column 'row'.*; separate them by commas"),
        (["row,fold,role", "1,,train"], "line 2 has no fold"),
        (["row,fold,role", "1,0,train", "2,0,val"], r"line 3: 'val' is no role \(did you mean 'validation'\?\)"),
        (["row,fold,role", "1,0,train", "2,1,train", "3,1,test"], "fold 0 has no test row"),
        (["row,fold,role", "1,0,test"], "fold 0 has no train row"),
        (["row,fold,role,t0,t1", "1,0,train,0,1", "2,0,test,2,1"], r"line 3: t1 \(1 s\) lies before t0 \(2 s\)"),
        (["row,fold,role,t0,t1", "1,0,train,0,1s"], "line 2: t1 '1s' is no number of seconds"),
        (["row,fold,role,t0,t1", "1,0,train,0,inf"], "line 2: t1 'inf' is no number of seconds"),
        (
            ["row,fold,role,subject", "1,0,train,a", "2,0,test,b", "1,1,test,c", "2,1,train,b"],
            "line 4: row 1 has subject 'c', in a line before it had 'a': a row is one window",
        ),
        (
            ["row,fold,role,subject,speaker", "1,0,train,a,b"],
            "line 2: speaker 'b' and subject 'a' are two names of one thing; leave one of the two columns out",
        ),
    ],
)
def test_what_is_wrong_is_said(table, lines, said):
    with pytest.raises(SplitError, match=said):
        table(*lines)


def test_no_file_and_no_text(tmp_path):
    with pytest.raises(SplitError, match="No such file"):
        read_folds(tmp_path / "none.csv")
    (tmp_path / "folds.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff\xfe" * 20)
    with pytest.raises(SplitError, match="can't be read as a table of folds"):
        read_folds(tmp_path / "folds.csv")


def test_a_byte_order_mark_and_spaces_are_no_harm(table):
    found = table("\ufeffrow, fold, role, subject", "1, 0, train , a", "2, 0, test, b ")
    assert found.index["subject"].tolist() == ["a", "b"]


def test_what_programs_write_for_nothing_is_nothing(table):
    found = table(
        "row,fold,role,subject,trial,parent,t0,label",
        "1,0,train,nan,1,nan,NA,NA",
        "2,0,train,NA,2,None,nan,none",
        "3,0,test,<NA>,3,NA,1.5,NaN",
    ).index
    assert found["subject"].tolist() == [None, "NA", None]
    assert found["parent"].isna().all()
    assert found["t0"].isna().tolist() == [True, True, False]
    assert found["label"].tolist() == ["NA", "none", None]


def test_a_parent_is_found_under_the_name_that_pandas_gives_it(tmp_path):
    index = pd.DataFrame({"row": range(4), "fold": 0, "role": ["train", "train", "test", "test"], "trial": range(4)})
    index.assign(parent=[None, None, None, 1]).astype({"parent": float}).to_csv(tmp_path / "folds.csv", index=False)
    assert "3,0,test,3,1.0" in (tmp_path / "folds.csv").read_text()
    found = read_folds(tmp_path / "folds.csv").index
    assert found["parent"].tolist() == [None, None, None, "1"]


def test_many_rows_in_many_folds_take_seconds(tmp_path):
    index = made_index(20, 20, 20)
    folds = list(LeaveOneSubjectOut().folds(index))
    begin = time.process_time()
    write_folds(tmp_path / "folds.csv", index, folds, "emotion")
    assert len(read_folds(tmp_path / "folds.csv").index) == 8000
    assert time.process_time() - begin < 10

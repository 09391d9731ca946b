"""What isn't comparable: runs of other rows, labels, folds, targets or grades, and what is no other fold."""

import pytest

from insula.report.comparison import compare
from insula.report.comparison_json import to_json
from insula.report.comparison_notes import notes
from insula.report.comparison_tables import differences_table, rows_table
from made_predictions import made_predictions
from made_run import cell, made_run, read

TABLE = made_predictions()


def change(case, table, tmp_path):
    folds = table.assign(fold=(table["fold"] + 1) % 5)
    return {
        "rows": lambda: made_run(tmp_path / "x", table.iloc[4:], config=cell("gru")),
        "labels": lambda: made_run(tmp_path / "x", table.assign(y=table["y"].to_numpy()[::-1]), config=cell("gru")),
        "folds": lambda: made_run(tmp_path / "x", folds, config=cell("gru")),
        "grade": lambda: made_run(tmp_path / "x", table, config=cell("gru"), grade="F", claim=[]),
    }[case]()


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (
            "rows",
            "cell=lstm and cell=gru: the two runs tested other rows: 4 rows of the first run aren't in the second",
        ),
        ("labels", "the two runs have other labels in"),
        ("folds", "they tested the same rows in other folds"),
        ("grade", "their leakage grades are A and F"),
    ],
)
def test_what_is_not_comparable_is_not_tested_and_says_why(tmp_path, case, why):
    rows = read(made_run(tmp_path / "a", TABLE), change(case, TABLE, tmp_path))
    found = compare(rows)
    assert why in found.apart[0]
    assert (found.chosen, found.differences, found.against) == (None, (), None)
    assert to_json(found)["refused"] == list(found.apart)
    assert differences_table(found) is None
    assert "Not comparable, and so without tests" in notes(found)[0]
    heads = rows_table(found).columns
    assert ("leakage grade" in heads) == ("claim" in heads) == (case == "grade")


def test_other_training_rows_are_other_folds(tmp_path):
    folders = [made_run(tmp_path / name, TABLE, config=cell(name)) for name in ("lstm", "gru")]
    for folder, people in zip(folders, ("s01", "s02"), strict=True):
        (folder / "folds.csv").write_text(f"row,fold,role,subject,trial,t0,t1\n0,0,train,{people},x,0.0,2.0\n")
    found = compare(read(*folders))
    assert found.apart == [
        "cell=lstm and cell=gru: their folds differ in the rows of train (1 and 1 rows over all folds)"
    ]


def test_copies_that_training_alone_knows_are_no_other_folds(tmp_path):
    folders = [made_run(tmp_path / name, TABLE, config=cell(name)) for name in ("lstm", "gru")]
    head = "row,fold,role,subject,trial,t0,t1,insula.copy\n"
    rows = "0,0,train,s01,x,0.0,2.0,\n2,0,test,s02,y,0.0,2.0,\n"
    (folders[0] / "folds.csv").write_text(head + rows + "1,0,train,s01,x~noise,0.0,2.0,noise\n")
    (folders[1] / "folds.csv").write_text((head + rows).replace(",insula.copy", "").replace("2.0,\n", "2.0\n"))
    assert not compare(read(*folders)).apart
    (folders[0] / "folds.csv").write_text(head + rows + "3,0,test,s02,y~noise,0.0,2.0,noise\n")
    assert "folds differ in the rows of test (2 and 1 rows" in compare(read(*folders)).apart[0]


def test_other_labels_of_blind_runs_are_not_comparable(tmp_path):
    folders = [made_run(tmp_path / name, TABLE, config=cell(name), blind=True) for name in ("lstm", "gru")]
    for folder, label in zip(folders, ("joy", "calm"), strict=True):
        text = f"row,fold,role,subject,trial,t0,t1,label\n0,0,test,s01,x,0.0,2.0,{label}\n"
        (folder / "folds.csv").write_text(text)
    assert "the rows of test (1 and 1 rows over all folds), or in their labels" in compare(read(*folders)).apart[0]


def test_of_runs_that_are_not_comparable_validation_chooses_among_those_that_are(tmp_path):
    worth = {"a": {}, "b": {}, "c": {"grade": "F"}}
    folders = [
        made_run(tmp_path / n, TABLE, validation=v, config=cell(n), **worth[n])
        for n, v in zip("abc", (0.4, 0.5, 0.9), strict=True)
    ]
    found = to_json(compare(read(*folders)))
    assert [row["chosen"] for row in found["rows"]] == [False, True, False]
    assert (found["chosen"], found["chosen_of"], found["against"]) == (None, None, None)


def test_other_targets_are_not_comparable(tmp_path):
    folders = [made_run(tmp_path / name, TABLE, config=cell(name)) for name in ("lstm", "gru")]
    for path in folders[1].glob("folds/*/bundle/bundle.json"):
        path.write_text(path.read_text().replace('"sadness"', '"boredom"'))
    assert (
        "they predict other targets: emotion (anger, joy, sadness, calm) and emotion"
        in compare(read(*folders)).apart[0]
    )

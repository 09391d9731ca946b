"""Metrics against scikit-learn and formulas written out."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as oracle

from insula import DataError, TargetSpec
from insula.evaluation.metrics import summarise
from made_index import CLASSES
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions


def said(rows, classes=CLASSES):
    return np.array(classes)[rows[[f"p_{name}" for name in classes]].to_numpy().argmax(axis=1)]


def by_oracle(y, answer):
    return {
        "accuracy": oracle.accuracy_score(y, answer),
        "balanced_accuracy": oracle.recall_score(y, answer, average="macro", labels=sorted(set(y))),
        "macro_f1": oracle.f1_score(y, answer, average="macro"),
        "weighted_f1": oracle.f1_score(y, answer, average="weighted"),
    }


def values(entries):
    return {name: entry["value"] for name, entry in entries.items()}


def test_pooled_over_folds_and_averaged_over_seeds_as_scikit_learn_has_it():
    rows = made_predictions(seeds=3)
    per_seed = [by_oracle(part["y"], said(part)) for _, part in rows.groupby("seed")]
    wanted = {name: np.mean([scores[name] for scores in per_seed]) for name in per_seed[0]}
    assert values(summarise(rows, CLASS_TARGET, "subject")["metrics"]) == pytest.approx(wanted)


def test_a_class_that_is_absent_or_never_predicted():
    rows = made_predictions(4)
    rows = rows[rows["y"] != "joy"]
    assert values(summarise(rows, CLASS_TARGET, "subject")["metrics"]) == pytest.approx(
        by_oracle(rows["y"], said(rows))
    )
    rows = made_predictions(4).assign(p_joy=0.0)
    found = summarise(rows, CLASS_TARGET, "subject")
    assert values(found["metrics"]) == pytest.approx(by_oracle(rows["y"], said(rows)))
    assert found["per_class"][1] == {
        "class": "joy",
        "precision": 0.0,
        "recall": 0.0,
        "f1": 0.0,
        "support": sum(rows["y"] == "joy"),
    }


def test_per_trial_is_the_mean_probability_of_its_windows():
    rows = made_predictions(seeds=2)
    columns = [f"p_{name}" for name in CLASSES]
    trials = rows.groupby(["seed", "fold", "trial"]).agg({**dict.fromkeys(columns, "mean"), "y": "first"}).reset_index()
    per_seed = [by_oracle(part["y"], said(part)) for _, part in trials.groupby("seed")]
    wanted = {name: np.mean([scores[name] for scores in per_seed]) for name in per_seed[0]}
    found = summarise(rows, CLASS_TARGET, "subject")
    assert values(found["trial"]) == pytest.approx(wanted)
    assert found["trial"]["accuracy"]["value"] > found["metrics"]["accuracy"]["value"]


def test_a_trials_label_is_the_one_that_most_of_its_windows_have():
    rows = made_predictions(1, 1, 3).assign(y=["joy", "calm", "calm"], p_anger=0, p_joy=0, p_sadness=0, p_calm=1)
    assert summarise(rows, CLASS_TARGET, "trial")["trial"]["accuracy"]["value"] == 1


def test_trials_numbered_afresh_for_every_person_stay_apart():
    rows = made_predictions()
    found = summarise(rows.assign(trial=rows["stimulus"]), CLASS_TARGET, "trial")
    assert found["trial"] == summarise(rows, CLASS_TARGET, "trial")["trial"]
    assert found["units"] == 60


def test_folds_and_their_mean_and_sd():
    rows = made_predictions(seeds=2)
    found = summarise(rows, CLASS_TARGET, "subject")
    part = rows[(rows["seed"] == 1) & (rows["fold"] == 3)]
    entry = next(fold for fold in found["folds"] if (fold["seed"], fold["fold"]) == (1, 3))
    assert entry == pytest.approx({"seed": 1, "fold": 3, "windows": len(part)} | by_oracle(part["y"], said(part)))
    accuracy = pd.DataFrame(found["folds"]).groupby("fold")["accuracy"].mean()
    assert found["fold_mean"]["accuracy"] == pytest.approx({"mean": accuracy.mean(), "sd": accuracy.std()})
    assert summarise(rows[rows["fold"] == 0], CLASS_TARGET, "subject")["fold_mean"]["accuracy"]["sd"] is None


def test_per_class_as_scikit_learn_has_it():
    rows = made_predictions()
    wanted = oracle.precision_recall_fscore_support(rows["y"], said(rows), labels=list(CLASSES))
    table = summarise(rows, CLASS_TARGET, "subject")["per_class"]
    for i, name in enumerate(("precision", "recall", "f1", "support")):
        assert [row[name] for row in table] == pytest.approx(wanted[i])


def test_per_subject():
    rows = made_predictions(seeds=2)
    table = summarise(rows, CLASS_TARGET, "subject")["per_subject"]
    assert [row["subject"] for row in table] == sorted(rows["subject"].unique())
    part = rows[rows["subject"] == "s07"]
    per_seed = [by_oracle(p["y"], said(p)) for _, p in part.groupby("seed")]
    assert table[7]["windows"] == 24
    assert table[7]["accuracy"] == pytest.approx(np.mean([scores["accuracy"] for scores in per_seed]))
    assert table[7]["balanced_accuracy"] == pytest.approx(np.mean([scores["balanced_accuracy"] for scores in per_seed]))


def ccc(y, p):
    """Lin's equation 3, from numpy's moments."""
    return 2 * np.cov(y, p, ddof=0)[0, 1] / (y.var() + p.var() + (y.mean() - p.mean()) ** 2)


def test_numbers():
    rows = made_numbers()
    found = summarise(rows, NUMBER_TARGET, "subject")
    y, p = rows["y"].to_numpy(), rows["prediction"].to_numpy()
    wanted = {
        "ccc": ccc(y, p),
        "pearson": np.corrcoef(y, p)[0, 1],
        "rmse": oracle.root_mean_squared_error(y, p),
        "mae": oracle.mean_absolute_error(y, p),
    }
    assert values(found["metrics"]) == pytest.approx(wanted)
    trials = rows.groupby("trial")[["y", "prediction"]].mean()
    assert found["trial"]["ccc"]["value"] == pytest.approx(ccc(trials["y"].to_numpy(), trials["prediction"].to_numpy()))
    assert found["per_class"] == []
    assert set(found["per_subject"][0]) == {"subject", "windows", "ccc", "pearson", "rmse", "mae"}


def test_numbers_far_from_zero_keep_their_precision():
    rows = made_numbers()
    far = rows.assign(y=rows["y"] + 1e7, prediction=rows["prediction"] + 1e7)
    near, away = (summarise(r, NUMBER_TARGET, "subject")["metrics"]["ccc"]["value"] for r in (rows, far))
    assert near == pytest.approx(away, abs=1e-6)


def test_what_is_not_defined_is_null():
    found = summarise(made_numbers().assign(prediction=5.0, y=5.0), NUMBER_TARGET, "subject")
    assert found["metrics"]["ccc"] == {"value": None, "low": None, "high": None}
    assert found["metrics"]["rmse"]["value"] == 0
    assert "NaN" not in json.dumps(found)


def test_binary_targets_and_other_targets_rows():
    rows = made_predictions()
    both = pd.concat([rows.assign(target="other", y="x"), rows.assign(y=np.where(rows["y"] == "joy", "joy", "calm"))])
    target = TargetSpec("emotion", "binary", ("calm", "joy"))
    mine = both[both["target"] == "emotion"]
    assert values(summarise(both, target, "subject")["metrics"]) == pytest.approx(
        by_oracle(mine["y"], said(mine, ("calm", "joy")))
    )


def test_no_rows_or_an_unknown_class():
    with pytest.raises(DataError, match="no held-out window has a label for target 'emotion'"):
        summarise(made_predictions().iloc[:0], CLASS_TARGET, "subject")
    with pytest.raises(DataError, match="'fear' is no class of target 'emotion': anger, joy, sadness, calm"):
        summarise(made_predictions().assign(y="fear"), CLASS_TARGET, "subject")


def test_the_unit_is_what_is_held_out():
    rows = made_predictions(seeds=2)
    for unit, units in (("subject", 10), ("stimulus", 6), ("trial", 60), ("session", 10)):
        found = summarise(rows, CLASS_TARGET, unit)
        assert (found["unit"], found["units"]) == (unit, units)
    days = summarise(rows.assign(session=np.where(rows["stimulus"] < "v3", "1", "2")), CLASS_TARGET, "session")
    assert days["units"] == 20  # a session is one person's
    widths = [summarise(rows, CLASS_TARGET, unit)["metrics"]["accuracy"] for unit in ("subject", "trial")]
    assert widths[0]["high"] - widths[0]["low"] > widths[1]["high"] - widths[1]["low"]


def test_predictions_without_a_session_column_and_with_many_seeds():
    rows = made_predictions(40, seeds=3).drop(columns="session")
    found = summarise(rows, CLASS_TARGET, "subject")["metrics"]["accuracy"]
    assert found["low"] < found["value"] < found["high"]

"""calibration: its figures against hand counts, torchmetrics and scikit-learn."""

import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import log_loss
from torchmetrics.functional.classification import multiclass_calibration_error

from insula import TargetSpec
from insula_analyses.calibration import Calibration, verdict
from made_index import CLASSES
from made_model import predicted, texts
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions

COLUMNS = [f"p_{name}" for name in CLASSES]
AB = TargetSpec("ab", "classes", ("a", "b"))


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def rows_of(truth, probability_of_a, seed=0):
    head = dict.fromkeys(("dataset", "subject", "session", "trial"), "x")
    rows = pd.DataFrame({"y": truth, "p_a": probability_of_a}).assign(**head, fold=0, seed=seed, target="ab")
    return rows.assign(p_b=1 - rows["p_a"])


def measured(rows, bins=15, target=CLASS_TARGET):
    return Calibration(bins=bins)(predicted(rows, target)).values[target.name]


def test_by_hand():
    # Two bins above a half: 0.6 and 0.7 (one of two right), 0.9 (right).
    rows = rows_of(["a", "b", "a"], [0.6, 0.7, 0.9])
    found = measured(rows, bins=4, target=AB)
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["confidence"] == pytest.approx((0.6 + 0.7 + 0.9) / 3)
    assert found["ece"] == pytest.approx(2 / 3 * abs(0.5 - 0.65) + 1 / 3 * abs(1 - 0.9))
    assert found["mce"] == pytest.approx(0.15)
    assert found["brier"] == pytest.approx(2 * (0.4**2 + 0.7**2 + 0.1**2) / 3)
    assert found["brier_mean"] == pytest.approx(found["brier"] / 2)
    assert found["log_loss"] == pytest.approx(-np.log([0.6, 0.3, 0.9]).mean())


@pytest.mark.parametrize("bins", [1, 10, 15, 100])
def test_against_torchmetrics_and_scikit_learn(bins):
    rows = made_predictions()
    truth, shares = pd.Index(CLASSES).get_indexer(pd.Index(rows["y"])), rows[COLUMNS].to_numpy()
    found = measured(rows, bins)
    for name, norm in (("ece", "l1"), ("mce", "max")):
        given = torch.tensor(shares), torch.tensor(truth)
        wanted = multiclass_calibration_error(*given, num_classes=len(CLASSES), n_bins=bins, norm=norm)
        assert found[name] == pytest.approx(float(wanted), abs=1e-5)
    assert found["log_loss"] == pytest.approx(log_loss(truth, shares))
    assert found["brier"] == pytest.approx(((shares - np.eye(len(CLASSES))[truth]) ** 2).sum() / len(rows))
    assert found["brier_mean"] == pytest.approx(found["brier"] / len(CLASSES))


def test_a_bin_holds_its_upper_edge():
    rows = rows_of(["a", "a", "a", "b"], [0.75, 0.75 + 1e-9, 1.0, 0.25])
    bins = Calibration(bins=4)(predicted(rows, AB)).tables[1].rows
    assert [(row[0], row[1]) for row in bins] == [("0.500 to 0.750", "2"), ("0.750 to 1.000", "2")]


def test_what_is_said_of_confidence():
    assert "underconfident by 7.2 percentage points" in verdict(0.882, 0.954)
    assert "overconfident by 30.0 percentage points" in verdict(0.9, 0.6)
    assert "as sure as it is right" in verdict(0.805, 0.8)
    section = Calibration()(predicted(rows_of(["a", "b"], [0.95, 0.85]), AB))
    assert "ab: on average the model is 90.0% sure and right in 50.0% of the windows: it is overconf" in section.text


def test_seeds_are_averaged():
    one, two = rows_of(["a", "b", "a"], [0.6, 0.7, 0.9]), rows_of(["a", "b", "a"], [0.8, 0.3, 0.2], seed=1)
    both, first, second = (measured(rows, 5, AB) for rows in (pd.concat([one, two]), one, two))
    for name in both:
        assert both[name] == pytest.approx((first[name] + second[name]) / 2)


def test_sure_and_wrong_has_a_large_but_finite_loss():
    found = measured(rows_of(["b", "a"], [1.0, 1.0]), target=AB)
    assert np.isfinite(found["log_loss"])
    assert found["log_loss"] > 300
    assert found["ece"] == found["mce"] == pytest.approx(0.5)


def test_missing_classes_broken_predictions_and_numbers():
    rows = made_predictions()
    section = Calibration()(predicted(rows[rows["y"] != "joy"], CLASS_TARGET))
    assert "no held-out window has this class: joy" in section.text
    assert np.isfinite(section.values["emotion"]["ece"])
    broken = rows.assign(p_joy=rows["p_joy"].where(rows.index > 2))
    assert "3 predictions are left out" in Calibration()(predicted(broken, CLASS_TARGET)).text
    none = Calibration()(predicted(rows.assign(p_joy=np.nan), CLASS_TARGET))
    assert "there is no prediction to measure" in none.text
    assert not none.figures
    assert "needs classes" in Calibration()(predicted(made_numbers(), NUMBER_TARGET)).text


def test_the_section_shows_what_it_measures():
    section = Calibration()(predicted(made_predictions(), CLASS_TARGET))
    values = section.values["emotion"]
    shown = {row[0]: row[1] for row in section.tables[0].rows}
    assert shown["ECE"] == f"{values['ece']:.4f}"
    assert {"MCE", "Brier score", "Brier score / classes", "log-loss", "mean confidence"} <= set(shown)
    assert section.values["bins"] == 15
    assert sum(float(row[1]) for row in section.tables[1].rows) == len(made_predictions())
    assert {"accuracy", "confidence", "share of windows"} <= set(texts(section.figures[0].svg))
    assert "currentColor" in section.figures[0].svg

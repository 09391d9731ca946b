"""How people are read one by one: calibration, and the tenth that is read worst."""

import numpy as np
import pytest

from insula.evaluation.metrics import summarise
from insula.evaluation.per_subject import calibration_error, worst_decile
from insula.evaluation.scores import NumberScores, scores_for
from made_index import CLASSES
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions


def binned(confidence, right, bins):
    """Equal-mass bins by hand, of confidences that are all different."""
    order = np.argsort(confidence)
    parts = np.array_split(order, bins)
    return sum(len(p) * abs(confidence[p].mean() - right[p].mean()) for p in parts) / len(order)


def test_calibration_is_over_bins_of_equal_mass():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.25, 1, 200)
    right = rng.random(200) < confidence**2
    assert calibration_error(confidence, right) == pytest.approx(binned(confidence, right, 10), abs=0.02)
    few = slice(0, 15)  # too few for two bins
    gap = abs(confidence[few].mean() - right[few].mean())
    assert calibration_error(confidence[few], right[few]) == pytest.approx(gap)


def test_equal_confidences_are_not_parted():
    right = np.repeat([True, False], 50)
    assert calibration_error(np.full(100, 0.5), right) == 0
    both = np.repeat([0.4, 0.9], 50)
    assert calibration_error(both, right) == pytest.approx(0.5 * 0.6 + 0.5 * 0.9)
    assert np.isnan(calibration_error(np.array([0.5, np.nan]), np.array([True, False])))


def test_a_calibrated_model_has_a_small_error_and_a_sure_one_its_share_of_wrong_answers():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.3, 1, 5000)
    assert calibration_error(confidence, rng.random(5000) < confidence) < 0.03
    assert calibration_error(np.ones(5000), rng.random(5000) < 0.6) == pytest.approx(0.4, abs=0.02)


def test_every_person_has_a_calibration_and_seeds_are_averaged():
    rows = made_predictions(5, seeds=2)
    table = summarise(rows, CLASS_TARGET, "subject")["per_subject"]
    p = rows[[f"p_{name}" for name in CLASSES]].to_numpy()
    right = np.array(CLASSES)[p.argmax(axis=1)] == rows["y"]
    for row in table:
        mine = [(rows["subject"] == row["subject"]) & (rows["seed"] == seed) for seed in (0, 1)]
        errors = [calibration_error(p[m].max(axis=1), right[m].to_numpy()) for m in mine]
        assert row["calibration"] == pytest.approx(np.mean(errors))
    assert "calibration" not in summarise(made_numbers(), NUMBER_TARGET, "subject")["per_subject"][0]


def test_the_worst_tenth():
    scores = scores_for(CLASS_TARGET)
    rows = [
        {"subject": str(i), "windows": 9.0, "accuracy": i / 20, "balanced_accuracy": None, "calibration": i / 20}
        for i in range(20)
    ]
    found = worst_decile(rows, scores)
    assert found == pytest.approx({"accuracy": 0.025, "balanced_accuracy": None, "calibration": 0.925})
    assert worst_decile(rows[:7], scores)["accuracy"] == 0  # one person at least
    errors = [
        {"subject": "a", "windows": 1.0, "ccc": 0.9, "mae": 1.0},
        {"subject": "b", "windows": 1.0, "ccc": 0.1, "mae": 3.0},
    ]
    assert worst_decile(errors, NumberScores()) == {"ccc": 0.1, "mae": 3.0}


def test_the_worst_tenth_of_a_run():
    found = summarise(made_predictions(20), CLASS_TARGET, "subject")
    accuracies = sorted(row["accuracy"] for row in found["per_subject"])
    assert found["worst_decile"]["accuracy"] == pytest.approx(np.mean(accuracies[:2]))
    numbers = summarise(made_numbers(6), NUMBER_TARGET, "subject")
    assert numbers["worst_decile"]["mae"] == max(row["mae"] for row in numbers["per_subject"])

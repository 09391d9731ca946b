"""top_confusions: counts and shares of the paper's own confusion matrix, ties, seeds and trials."""

import numpy as np
import pandas as pd
import pytest

from insula import TargetSpec
from insula_analyses.top_confusions import TopConfusions
from made_index import CLASSES
from made_model import predicted
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions

EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
FIGURE_3A = """621 23 7 3 20 8 0 | 3 791 1 7 4 3 2 | 2 4 779 4 1 3 1 | 2 9 2 796 0 7 2 |
  14 6 5 2 1090 7 5 | 4 5 5 12 10 1504 4 | 1 5 1 3 3 2 593"""
"""The confusion matrix of Bhattacharjee et al. 2026, arXiv:2602.06997, Fig. 3a."""
PAPER = TargetSpec("emotion", "classes", EMOTIONS)


def rows_of(counts, names, trial=0, seed=0):
    """Predictions with this confusion matrix."""
    true, said = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    head = {"fold": 0, "seed": seed, "dataset": "x", "subject": "x", "session": None, "target": "emotion"}
    rows = pd.DataFrame({"y": np.array(names)[true]}).assign(**head, trial=trial)
    return rows.assign(**{f"p_{name}": np.where(said == k, 0.9, 0.01) for k, name in enumerate(names)})


def paper():
    return np.array([row.split() for row in FIGURE_3A.split("|")], dtype=int)


def test_the_papers_confusions_with_rates_that_are_right():
    section = TopConfusions()(predicted(rows_of(paper(), EMOTIONS), PAPER))
    rows = section.tables[0].rows
    assert len(rows) == 10
    assert rows[0][:4] == ("angry", "disgust", "23", "3.37%")
    assert rows[1][:4] == ("angry", "neutral", "20", "2.93%")
    assert rows[2][:4] == ("neutral", "angry", "14", "1.24%")
    # 12 of 1,544; the paper's Table IV prints 0.07 %
    assert rows[3][:4] == ("sad", "happy", "12", "0.78%")
    errors = paper().sum() - np.trace(paper())
    assert section.values["emotion"][0]["of_errors"] == pytest.approx(23 / errors)


def test_every_pair_is_there_if_asked_for_and_equally_frequent_ones_keep_their_order():
    found = TopConfusions(pairs=100)(predicted(rows_of(paper(), EMOTIONS), PAPER)).values["emotion"]
    wrong = paper() * (1 - np.eye(7, dtype=int))
    assert sum(pair["windows"] for pair in found) == wrong.sum()
    assert len(found) == (wrong > 0).sum()
    assert [(p["true"], p["taken_for"]) for p in found if p["windows"] == 9] == [("happy", "disgust")]
    sevens = [(p["true"], p["taken_for"]) for p in found if p["windows"] == 7]
    assert sevens == [("angry", "fear"), ("disgust", "happy"), ("happy", "sad"), ("neutral", "sad")]
    assert len(TopConfusions(pairs=2)(predicted(rows_of(paper(), EMOTIONS), PAPER)).tables[0].rows) == 2


def test_seeds_are_averaged_and_trials_counted():
    counts = np.array([[5, 4], [0, 6]])
    names = ("a", "b")
    target = TargetSpec("emotion", "classes", names)
    rows = pd.concat([rows_of(counts, names, trial, seed) for trial in (0, 1) for seed in (0, 1)])
    (pair,) = TopConfusions()(predicted(rows, target)).values["emotion"]
    assert (pair["windows"], pair["trials"], pair["of_errors"]) == (8, 2, 1)
    assert pair["of_true"] == pytest.approx(4 / 9)


def test_nothing_is_confused_and_nothing_can_be():
    section = TopConfusions()(predicted(rows_of(np.diag([3, 4, 5, 6]), CLASSES), CLASS_TARGET))
    assert "emotion: not one held-out window is taken for another class." in section.text
    assert not section.tables
    assert "need classes" in TopConfusions()(predicted(made_numbers(), NUMBER_TARGET)).text
    rows = made_predictions()
    broken = TopConfusions()(predicted(rows[rows["y"] != "joy"].assign(p_joy=np.nan), CLASS_TARGET))
    assert "a probability isn't a number" in broken.text
    missing = TopConfusions()(predicted(rows[rows["y"] != "joy"], CLASS_TARGET))
    assert "this class: joy" in missing.text
    assert "joy" not in {pair["true"] for pair in missing.values["emotion"]}

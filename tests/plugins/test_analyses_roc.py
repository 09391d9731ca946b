"""roc: curves and areas against scikit-learn's own averages and against counting pairs."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import auc, roc_auc_score

from insula import TargetSpec
from insula_analyses.roc import GRID, ROC, curves
from made_index import CLASSES
from made_model import predicted, texts
from made_predictions import CLASS_TARGET, NUMBER_TARGET, made_numbers, made_predictions

COLUMNS = [f"p_{name}" for name in CLASSES]


@pytest.fixture(autouse=True)
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def truth_and_shares(rows):
    return pd.Index(CLASSES).get_indexer(pd.Index(rows["y"])), rows[COLUMNS].to_numpy()


def test_areas_are_those_of_scikit_learn_pooled_over_folds():
    rows = made_predictions()
    truth, shares = truth_and_shares(rows)
    found = ROC()(predicted(rows, CLASS_TARGET)).values["emotion"]
    one_hot = np.eye(len(CLASSES))[truth]
    wanted = roc_auc_score(one_hot, shares, average=None)
    assert list(found["auc"]) == list(CLASSES)
    np.testing.assert_allclose(list(found["auc"].values()), wanted)
    assert found["macro"] == pytest.approx(roc_auc_score(one_hot, shares, average="macro"))
    assert found["micro"] == pytest.approx(roc_auc_score(one_hot, shares, average="micro"))
    positive, negative = shares[truth == 2, 2], shares[truth != 2, 2]
    pairs = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    assert found["auc"]["sadness"] == pytest.approx(pairs.mean())


def test_seeds_are_averaged_not_pooled():
    rows = made_predictions(seeds=2)
    rows.loc[rows["seed"] == 1, COLUMNS] **= 3  # on another scale, as another model's are
    both = ROC()(predicted(rows, CLASS_TARGET)).values["emotion"]["auc"]
    each = [ROC()(predicted(rows[rows["seed"] == s], CLASS_TARGET)).values["emotion"]["auc"] for s in (0, 1)]
    for name in CLASSES:
        assert both[name] == pytest.approx((each[0][name] + each[1][name]) / 2)
    truth, shares = truth_and_shares(rows)
    assert both["joy"] != pytest.approx(roc_auc_score(truth == 1, shares[:, 1]), abs=1e-6)


def test_curves_go_from_corner_to_corner_and_rise():
    found = curves(*truth_and_shares(made_predictions()))
    assert found.shape == (len(CLASSES) + 2, 1 + len(GRID))
    heights = found[:, 1:]
    assert (heights[:, 0] == 0).all()
    assert (heights[:, -1] == 1).all()
    assert (np.diff(heights) >= 0).all()
    np.testing.assert_allclose([auc(GRID, row) for row in heights], found[:, 0], atol=5e-3)
    np.testing.assert_allclose(heights[-1], heights[: len(CLASSES)].mean(axis=0))


def test_a_perfect_and_a_blind_model():
    truth = np.array([0, 0, 1, 1, 2, 2])
    assert (curves(truth, np.eye(3)[truth])[:, 0] == 1).all()
    assert curves(truth, np.full((6, 3), 1 / 3))[:, 0].tolist() == [0.5] * 5


def test_a_class_that_is_missing_is_named_and_counts_for_no_average():
    rows = made_predictions()
    some = rows[rows["y"] != "joy"]
    section = ROC()(predicted(some, CLASS_TARGET))
    assert "emotion: no held-out window has this class: joy." in section.text
    found = section.values["emotion"]
    assert np.isnan(found["auc"]["joy"])
    assert found["macro"] == pytest.approx(np.nanmean(list(found["auc"].values())))
    assert section.tables[0].rows[1] == ("joy", "–", "0")
    assert not any(text.startswith("joy") for text in texts(section.figures[0].svg))
    assert "nan" not in section.figures[0].svg


def test_one_class_alone_has_no_curve():
    rows = made_predictions()
    section = ROC()(predicted(rows[rows["y"] == "joy"], CLASS_TARGET))
    assert "emotion: a ROC curve needs windows of two classes at least, so there is none." in section.text
    assert "these classes: anger, sadness, calm" in section.text
    assert not section.figures
    assert not section.values


def test_predictions_that_are_no_numbers_are_left_out_and_counted():
    rows = made_predictions()
    broken = rows.copy()
    broken.loc[:4, "p_joy"] = np.nan
    section = ROC()(predicted(broken, CLASS_TARGET))
    assert "emotion: 5 predictions are left out" in section.text
    assert section.values == ROC()(predicted(rows[5:], CLASS_TARGET)).values
    none = ROC()(predicted(rows.assign(p_joy=np.nan), CLASS_TARGET))
    assert "there is none" in none.text


def test_several_targets_numbers_and_binary_ones():
    binary = TargetSpec("valence", "binary", ("low", "high"))
    rows = made_predictions()
    two = rows.drop(columns=COLUMNS).assign(target="valence", y=np.where(rows["y"] == "joy", "high", "low"))
    two = two.assign(p_low=1 - rows["p_joy"], p_high=rows["p_joy"])
    section = ROC()(predicted(pd.concat([rows, two]), CLASS_TARGET, binary))
    assert [figure.caption.split(":")[0] for figure in section.figures] == ["emotion", "valence"]
    areas = section.values["valence"]["auc"]
    assert areas["high"] == pytest.approx(areas["low"]) == pytest.approx(section.values["emotion"]["auc"]["joy"])
    assert "needs classes" in ROC()(predicted(made_numbers(), NUMBER_TARGET)).text


def test_the_figure_says_the_areas_and_takes_the_pages_colours():
    section = ROC(digits=2)(predicted(made_predictions(), CLASS_TARGET))
    figure, values = section.figures[0], section.values["emotion"]
    assert f"anger  {values['auc']['anger']:.2f}" in texts(figure.svg)
    assert f"macro average  {values['macro']:.2f}" in texts(figure.svg)
    assert f"micro average {values['micro']:.2f}" in figure.alt
    assert "currentColor" in figure.svg
    assert [row[0] for row in section.tables[0].rows] == [*CLASSES, "micro average", "macro average"]

"""Training curves of a run."""

import re

import numpy as np
import pandas as pd
import pytest

from insula.evaluation.results import FoldResult
from insula.report.history import TAKEN, TRAINING, VALIDATION, training_curves
from insula.windows.split import Fold


def fold(taken: int = 2, **columns: list[float]) -> FoldResult:
    epochs = range(1, len(next(iter(columns.values()))) + 1)
    history, nothing = pd.DataFrame({"epoch": epochs, **columns}), Fold(np.arange(0), np.arange(0), np.arange(0))
    model: list = [None]
    return FoldResult(0, 0, nothing, history, model.pop, model.pop, lambda role: iter(()), {"epochs": taken})


LOSSES = {"train_loss": [1.2, 1.0, 0.9], "val_loss": [1.3, 1.1, 1.2]}
HITS = {"train_accuracy": [0.3, 0.4, 0.6], "val_accuracy": [0.2, 0.5, 0.4]}


def drawn(svg: str, colour: str) -> int:
    return len(re.findall(rf'<path [^>]*style="fill: none; stroke: {colour}', svg))


@pytest.mark.parametrize(("columns", "panels"), [(LOSSES | HITS, ["loss", "accuracy"]), (LOSSES, ["loss"])])
def test_loss_and_accuracy_stand_side_by_side_where_there_is_an_accuracy(columns, panels):
    section = training_curves([fold(**columns), fold(taken=3, **columns)])
    (figure,) = section.figures
    assert figure.caption == f"{' and '.join(panels)} by epoch".capitalize()
    assert [panel for panel in ("loss", "accuracy") if f">{panel}</text>" in figure.svg] == panels
    for colour in (TRAINING, VALIDATION):
        assert drawn(figure.svg, colour) == 2 * len(panels)
    assert figure.svg.count(f"fill: {TAKEN}") >= 2 * len(panels)


def test_a_history_without_validation_has_its_training_curve():
    (figure,) = training_curves([fold(train_loss=[1.0, 0.9])]).figures
    assert (drawn(figure.svg, TRAINING), drawn(figure.svg, VALIDATION)) == (1, 0)


def test_adaptation_is_drawn_apart_and_said():
    columns = {"train_loss": [1.0, 0.9, 0.7, 0.6], "val_loss": [1.1, 1.0, None, None]}
    adapted = fold(**columns)
    adapted.history["stage"] = ["training"] * 2 + ["adaptation"] * 2
    section = training_curves([adapted])
    (figure,) = section.figures
    assert (drawn(figure.svg, TRAINING), drawn(figure.svg, VALIDATION)) == (1, 1)
    assert len(re.findall(rf"stroke-dasharray: [^;]+;[^\"]*stroke: {TRAINING}", figure.svg)) == 1
    assert "Dotted: those weights go on learning" in section.text
    assert "Dotted" not in training_curves([fold(**LOSSES)]).text
    at_once = fold(train_loss=[0.4, 0.3])
    at_once.history["stage"] = ["training", "adaptation"]
    assert not training_curves([at_once]).figures


def test_models_fitted_at_once_have_a_sentence_and_no_figure():
    section = training_curves([fold(train_loss=[0.4], val_loss=[0.5])])
    assert not section.figures
    assert section.text == "Every model was fitted at once, or in one epoch: there are no curves to show."

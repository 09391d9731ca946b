"""Training curves: one figure over all folds and seeds."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from insula.evaluation.analysis import Section
from insula.evaluation.drawing import drawing
from insula.evaluation.results import FoldResult

TRAINING, VALIDATION, TAKEN = "#8a949c", "#3b82c4", "#d9534f"
"""The colours of curves, on every page."""
_WHAT = (
    "Grey: training, over the batches of an epoch as they were trained on, with dropout and augmentation. Blue: the "
    "rows that chose the epoch: validation, or the test rows where training.select_on says so. Red dot: the epoch "
    "whose weights were taken."
)
_ADAPTED = " Dotted: those weights go on learning, from the rows to adapt on."


def training_curves(folds: Sequence[FoldResult]) -> Section:
    """Return loss and accuracy of every fold over the epochs, with the epoch that was taken.

    Numbers have no accuracy: there the loss stands alone. Models that were fitted at once, or in one epoch, have no
    curves.
    """
    folds = [fold for fold in folds if len(_stage(fold, "training")) > 1]
    if not folds:
        return Section("Training", "Every model was fitted at once, or in one epoch: there are no curves to show.")
    known = {column for fold in folds for column in fold.history}
    panels = [name for name in ("loss", "accuracy") if {f"train_{name}", f"val_{name}"} & known]
    with drawing(9 if len(panels) > 1 else 7, 3) as it:
        for axes, name in zip(it.canvas.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            for fold in folds:
                _draw(axes, fold, name)
            axes.set(xlabel="epoch", ylabel=name)
            dress(axes)
    what = " and ".join(panels)
    alt = f"{what} of {len(folds)} models over their epochs".capitalize()
    said = _WHAT + _ADAPTED * any(len(_stage(fold, "adaptation")) for fold in folds)
    return Section("Training", said, figures=[it.figure(f"{what} by epoch".capitalize(), alt)])


def _stage(fold: FoldResult, stage: str) -> pd.DataFrame:
    """Return the epochs of a stage; where a model wasn't adapted, all are of training."""
    history = fold.history
    if "stage" not in history:
        return history if stage == "training" else history.iloc[:0]
    return history.loc[history["stage"] == stage]


def _draw(axes: Any, fold: FoldResult, name: str) -> None:
    history, adapted = _stage(fold, "training"), _stage(fold, "adaptation")
    taken = history[history["epoch"] == fold.summary["epochs"]]
    if f"train_{name}" in adapted:
        axes.plot(adapted["epoch"], adapted[f"train_{name}"], ":", color=TRAINING, alpha=0.8, lw=1)
    if f"train_{name}" in history:
        axes.plot(history["epoch"], history[f"train_{name}"], color=TRAINING, alpha=0.6, lw=1)
    if f"val_{name}" in history:
        axes.plot(history["epoch"], history[f"val_{name}"], color=VALIDATION, alpha=0.8, lw=1)
        axes.plot(taken["epoch"], taken[f"val_{name}"], "o", color=TAKEN, ms=4)


def dress(axes: Any) -> None:
    """Leave out what a curve doesn't need; epochs are whole numbers."""
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.spines[["top", "right"]].set_visible(False)

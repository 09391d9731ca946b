"""Training curves: one figure over all folds and seeds."""

from collections.abc import Sequence

from insula.evaluation.analysis import Section
from insula.evaluation.drawing import drawing
from insula.evaluation.results import FoldResult


def training_curves(folds: Sequence[FoldResult]) -> Section:
    """Return the losses of every fold over the epochs, with the epoch that was taken."""
    with drawing(7, 3) as it:
        axes = it.canvas.subplots()
        for fold in folds:
            history = fold.history
            axes.plot(history["epoch"], history["train_loss"], color="#8a949c", alpha=0.6, lw=1)
            if "val_loss" in history:
                axes.plot(history["epoch"], history["val_loss"], color="#3b82c4", alpha=0.8, lw=1)
                taken = history[history["epoch"] == fold.summary["epochs"]]
                axes.plot(taken["epoch"], taken["val_loss"], "o", color="#d9534f", ms=4)
        axes.set(xlabel="epoch", ylabel="loss")
        axes.spines[["top", "right"]].set_visible(False)
    text = "Grey: training. Blue: validation. Red dot: the epoch whose weights were taken."
    return Section("Training", text, figures=[it.figure("Loss by epoch", f"Loss over epochs of {len(folds)} models")])

"""Training curves: one figure over all folds and seeds."""

import io
from collections.abc import Sequence

from insula.evaluation.analysis import Figure, Section
from insula.evaluation.results import FoldResult


def training_curves(folds: Sequence[FoldResult]) -> Section:
    """Return the losses of every fold over the epochs, with the epoch that was taken."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    with plt.rc_context({"svg.fonttype": "none", "font.size": 10}):
        figure, axes = plt.subplots(figsize=(7, 3))
        for fold in folds:
            history = fold.history
            axes.plot(history["epoch"], history["train_loss"], color="#7f8c8d", alpha=0.5, lw=1)
            if "val_loss" in history:
                axes.plot(history["epoch"], history["val_loss"], color="#2471a3", alpha=0.7, lw=1)
                taken = history[history["epoch"] == fold.summary["epochs"]]
                axes.plot(taken["epoch"], taken["val_loss"], "o", color="#c0392b", ms=4)
        axes.set_xlabel("epoch")
        axes.set_ylabel("loss")
        axes.spines[["top", "right"]].set_visible(False)
        page = io.StringIO()
        figure.savefig(page, format="svg", transparent=True, bbox_inches="tight")
        plt.close(figure)
    svg = page.getvalue()
    alt = f"Loss over epochs for {len(folds)} trained models"
    text = "Grey: training. Blue: validation. Red dot: the epoch whose weights were taken."
    return Section("Training", text, figures=[Figure("Loss by epoch", svg[svg.index("<svg") :], alt)])

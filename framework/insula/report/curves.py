"""Curves: how training went in every run of a study, one small panel each."""

import textwrap
from collections.abc import Mapping

import numpy as np

from insula.evaluation.analysis import Figure, Section
from insula.evaluation.drawing import drawing
from insula.report.history import TAKEN, TRAINING, VALIDATION, dress
from insula.report.measured import Measured

ACROSS = 4
_WHAT = (
    "Means over folds and seeds, over the models that were still trained, as long as they are half of all. Grey: "
    "training, over the batches of an epoch as they were trained on, with dropout and augmentation. Blue: the rows "
    "that chose the epoch. Red dot: the median epoch whose weights were taken. All panels of a figure have one scale."
)


def curves(runs: Mapping[str, Measured]) -> Section | None:
    """Return loss and accuracy of every run over the epochs; None where no run was trained for several epochs."""
    trained = {name: run for name, run in runs.items() if any(len(history) > 1 for history in run.histories)}
    if not trained:
        return None
    rest = [name for name in runs if name not in trained]
    without = f" Fitted at once, or in one epoch, and so without curves: {'; '.join(rest)}." if rest else ""
    figures = [_panels(trained, figure) for figure in ("loss", "accuracy") if _of(trained, figure)]
    return Section("Training", _WHAT + without, figures=figures)


def _of(runs: Mapping[str, Measured], figure: str) -> dict[str, Measured]:
    return {
        name: run for name, run in runs.items() if any(len(run.curve(f"{role}_{figure}")) for role in ("train", "val"))
    }


def _panels(runs: Mapping[str, Measured], figure: str) -> Figure:
    shown = _of(runs, figure)
    across, down = min(ACROSS, len(shown)), -(-len(shown) // ACROSS)
    with drawing(max(2.35 * across, 3.2), 1.75 * down + 0.3) as it:
        panels = it.canvas.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
        for number, (axes, (name, run)) in enumerate(zip(panels, shown.items(), strict=False)):
            axes.set_title("\n".join(textwrap.wrap(name, 38)), fontsize=8)
            axes.tick_params(labelbottom=number + across >= len(shown))
            _draw(axes, run, figure)
            dress(axes)
        for axes in panels[len(shown) :]:
            axes.set_visible(False)
        panels[0].set_ylim(*_limits(shown, figure))
        it.canvas.supxlabel("epoch", fontsize=9)
        it.canvas.supylabel(figure, fontsize=9)
    return it.figure(f"{figure} by epoch".capitalize(), f"{figure} over the epochs of {len(shown)} runs".capitalize())


def _draw(axes, run: Measured, figure: str) -> None:
    axes.plot(run.curve(f"train_{figure}"), color=TRAINING, lw=1)
    validation = run.curve(f"val_{figure}")
    axes.plot(validation, color=VALIDATION, lw=1.2)
    taken = int(np.median(run.taken))
    if taken in validation.index:
        axes.plot(taken, validation[taken], "o", color=TAKEN, ms=3.5)


def _limits(runs: Mapping[str, Measured], figure: str) -> tuple[float, float]:
    """Return the scale of all panels; a run whose loss runs away leaves its panel and doesn't flatten the others."""
    several = [run.curve(f"{role}_{figure}").to_numpy() for run in runs.values() for role in ("train", "val")]
    tops = [values.max() for values in several if len(values)]
    values = np.concatenate(several)
    low, usual = values.min(), float(np.median(tops))
    top = min(max(tops), usual + 0.5 * max(usual - low, abs(usual)))
    margin = 0.05 * (top - low) or 0.05
    return low - margin, top + margin

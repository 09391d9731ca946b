"""roc: how well the probability of each class tells it from the others."""

import numpy as np
from jaxtyping import Float, Int

from insula import Analysis, Figure, Results, Section, Table, drawing
from insula_analyses.line_styles import style
from insula_analyses.predicted import Predicted

GRID = np.linspace(0.0, 1.0, 301)
"""False-positive rates at which the seeds' and classes' curves are averaged and drawn."""
_WHAT = (
    "Each class against the rest, by its probability. AUC is the area under the curve: the chance that a window of the "
    "class gets a higher probability for it than a window of another class; 0.5 is guessing. The macro average is the "
    "mean over classes, the micro average pools all pairs of window and class. Windows are pooled over folds, whose "
    "models need not give probabilities on one scale, so a pooled AUC may lie below that of each fold; AUCs are then "
    "averaged over seeds, and so are curves, at equal false-positive rates (Fawcett 2006, Pattern Recognition Letters "
    "27:861, section 8)."
)


class ROC(Analysis):
    """ROC curves and AUCs: every class against the rest, their micro and macro average; a figure and table per target.

    Parameters
    ----------
    digits
        Decimal places of an AUC.
    """

    def __init__(self, *, digits: int = 3) -> None:
        self.digits = digits

    def __call__(self, results: Results) -> Section:
        """Return curves for every target that has classes, and AUCs as values."""
        targets = Predicted.all(results)
        if not targets:
            return Section("ROC", "A ROC curve needs classes; every target of this run is a number.")
        remarks = [remark for held_out in targets for remark in held_out.remarks]
        tables, figures, values = [], [], {}
        for held_out in targets:
            name = held_out.target.name
            if len(held_out.target.classes) - len(held_out.absent) < 2:
                remarks.append(f"{name}: a ROC curve needs windows of two classes at least, so there is none.")
                continue
            found = held_out.over_seeds(curves)
            tables.append(self._table(held_out, found[:, 0]))
            figures.append(self._figure(held_out, found))
            per_class = dict(zip(held_out.target.classes, found[:, 0].tolist(), strict=False))
            values[name] = {"auc": per_class, "micro": found[-2, 0].item(), "macro": found[-1, 0].item()}
        return Section("ROC", "\n\n".join([_WHAT, *remarks]), tables, figures, values)

    def _table(self, held_out: Predicted, areas: Float[np.ndarray, " curves"]) -> Table:
        support = [f"{count:.6g}" for count in held_out.support]
        total = f"{held_out.support.sum():.6g}"
        names = [*held_out.target.classes, "micro average", "macro average"]
        rows = [
            (name, self._show(area), count)
            for name, area, count in zip(names, areas, [*support, total, total], strict=True)
        ]
        return Table(f"{held_out.target.name}: area under the ROC curve", ("class", "AUC", "windows"), rows)

    def _figure(self, held_out: Predicted, found: Float[np.ndarray, "curves columns"]) -> Figure:
        named = [
            (name, number, row)
            for number, (name, row) in enumerate(zip(held_out.target.classes, found, strict=False))
            if name not in held_out.absent
        ]
        with drawing(7.2, 4.4) as it:
            axes = it.canvas.subplots()
            ink = axes.xaxis.label.get_color()
            axes.plot([0, 1], [0, 1], color=ink, lw=0.8, alpha=0.5)
            for name, number, row in named:
                axes.plot(GRID, row[1:], lw=1.3, label=f"{name}  {self._show(row[0])}", **style(number))
            for name, row, line in (("micro", found[-2], ":"), ("macro", found[-1], "-")):
                axes.plot(GRID, row[1:], color=ink, lw=2, ls=line, label=f"{name} average  {self._show(row[0])}")
            axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
            axes.set(xlabel="false-positive rate", ylabel="true-positive rate")
            axes.spines[["top", "right"]].set_visible(False)
            it.canvas.legend(loc="outside right center", frameon=False, title="AUC", alignment="left")
        areas = ", ".join(f"{name} {self._show(row[0])}" for name, _, row in named)
        averages = f"micro average {self._show(found[-2, 0])}, macro average {self._show(found[-1, 0])}"
        return it.figure(
            f"{held_out.target.name}: ROC curve of every class against the rest; the thin diagonal is guessing",
            f"ROC curves of {held_out.target.name}. Areas: {areas}; {averages}.",
        )

    def _show(self, area: float) -> str:
        return f"{area:.{self.digits}f}" if np.isfinite(area) else "–"


def curves(
    truth: Int[np.ndarray, " rows"], shares: Float[np.ndarray, "rows classes"]
) -> Float[np.ndarray, "curves columns"]:
    """Return a row per class, then micro and macro average: the AUC, then the true-positive rate at every GRID point.

    A class that is missing, or alone, has NaN and counts for no macro average.
    """
    one_hot = np.eye(shares.shape[1], dtype=bool)[truth]
    rows = [_curve(one_hot[:, k], shares[:, k]) for k in range(shares.shape[1])]
    micro = _curve(one_hot.ravel(), shares.ravel())
    known = [row for row in rows if np.isfinite(row[0])]
    macro = np.mean(known, axis=0) if known else np.full_like(micro, np.nan)
    return np.stack([*rows, micro, macro])


def _curve(positive: np.ndarray, score: np.ndarray) -> Float[np.ndarray, " columns"]:
    from sklearn.metrics import auc, roc_curve

    if positive.all() or not positive.any():
        return np.full(1 + len(GRID), np.nan)
    false, true, _ = roc_curve(positive, score)
    height = np.interp(GRID, false, true)
    height[0] = 0.0  # every curve starts in the corner, also one that rises at once
    return np.concatenate([[auc(false, true)], height])

"""confusion: which class is taken for which."""

from typing import Literal

import numpy as np
from jaxtyping import Float

from insula import Analysis, Drawing, Figure, Results, Section, TargetSpec, drawing

Normalize = Literal["true", "pred", "all"]
_SHADE = "#3b82c4"
_STRONGEST = 0.6  # opacity at which a page's text, black or white, still stands out from the shade


class Confusion(Analysis):
    """A figure per target: counts of true against predicted class over all held-out windows, and shares.

    Parameters
    ----------
    normalize
        What the percentages (and shades) are of: ``true``: the windows of a true class, so that the diagonal is recall;
        ``pred``: those of a predicted class, so that it is precision; ``all``: all windows.
    """

    def __init__(self, *, normalize: Normalize = "true") -> None:
        self.normalize = normalize

    def __call__(self, results: Results) -> Section:
        """Return one figure for every target that has classes."""
        targets = [target for target in results.data.targets.values() if target.kind != "number"]
        found = {target.name: self._counts(results, target) for target in targets}
        return Section(
            "Confusion",
            "" if targets else "A confusion matrix needs classes; every target of this run is a number.",
            figures=[self._figure(target, found[target.name]) for target in targets],
            values={name: counts.tolist() for name, counts in found.items()},
        )

    def _counts(self, results: Results, target: TargetSpec) -> Float[np.ndarray, "classes classes"]:
        """Count windows, averaged over seeds: a row per true class, a column per predicted one."""
        from sklearn.metrics import confusion_matrix

        rows = results.predictions.loc[results.predictions["target"] == target.name]
        probabilities = np.asarray(rows[[f"p_{name}" for name in target.classes]], np.float64)
        predicted = np.array(target.classes)[probabilities.argmax(axis=1)]
        counts = confusion_matrix(rows["y"].astype(str), predicted, labels=list(target.classes))
        return counts / len(np.unique(rows["seed"]))

    def _figure(self, target: TargetSpec, counts: Float[np.ndarray, "classes classes"]) -> Figure:
        divisor = {"true": counts.sum(1, keepdims=True), "pred": counts.sum(0, keepdims=True), "all": counts.sum()}
        shares = counts / np.maximum(divisor[self.normalize], 1e-12)
        of = {"true": "of the true class", "pred": "of the predicted class", "all": "of all windows"}[self.normalize]
        diagonal = ", ".join(f"{name} {share:.0%}" for name, share in zip(target.classes, np.diag(shares), strict=True))
        return draw(target.classes, counts, shares).figure(
            f"{target.name}: windows per true and predicted class; percentages are {of}",
            f"Confusion matrix of {target.name}. Predicted as what they are, {of}: {diagonal}.",
        )


def draw(
    classes: tuple[str, ...], counts: Float[np.ndarray, "classes classes"], shares: Float[np.ndarray, "classes classes"]
) -> Drawing:
    """Draw the matrix: the stronger the shade, the larger the share."""
    from matplotlib.patches import Rectangle

    n = len(classes)
    with drawing(1.6 + 0.75 * n, 1.4 + 0.68 * n) as it:
        axes = it.canvas.subplots()
        axes.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), aspect="equal", xlabel="predicted", ylabel="true")
        axes.set_xticks(range(n), classes, rotation=30 if max(map(len, classes)) > 4 else 0)
        axes.set_yticks(range(n), classes)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        for (row, column), share in np.ndenumerate(shares):
            corner = (column - 0.49, row - 0.49)
            axes.add_patch(Rectangle(corner, 0.98, 0.98, color=_SHADE, alpha=_STRONGEST * share, linewidth=0))
            axes.text(column, row - 0.08, f"{share:.0%}", ha="center", va="center", fontsize=10)
            axes.text(column, row + 0.24, f"{counts[row, column]:.4g}", ha="center", va="center", fontsize=7)
    return it

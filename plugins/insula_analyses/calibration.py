"""calibration: whether the model is right as often as it is sure."""

from typing import Annotated

import numpy as np
from jaxtyping import Float, Int
from pydantic import Field

from insula import Analysis, Figure, Results, Section, Table, drawing
from insula_analyses.predicted import Predicted

EVEN = 0.01
"""A difference between confidence and accuracy that is called none: one percentage point."""
MEASURES = {
    "accuracy": ("accuracy", "share of windows whose likeliest class is the true one"),
    "confidence": ("mean confidence", "mean probability of the likeliest class"),
    "ece": ("ECE", "gap between confidence and accuracy: mean over bins, weighted by their windows"),
    "mce": ("MCE", "the same gap in the worst bin, however few windows it has"),
    "brier": ("Brier score", "squared error of the probabilities, summed over classes, mean over windows"),
    "brier_mean": ("Brier score / classes", "the same, mean over windows and classes"),
    "log_loss": ("log-loss", "mean of −ln of the probability that the true class was given"),
}
_WHAT = (
    "Confidence is the probability of the likeliest class. Expected and maximum calibration error (ECE, MCE) compare "
    "it with accuracy in {bins} bins of equal width, (0, 1/{bins}] to (1 − 1/{bins}, 1] (Guo et al. 2017, ICML, "
    "section 2); they depend on the number of bins, and with few windows they are above 0 even for a perfect model. "
    "Figures are pooled over folds and averaged over seeds; the diagram pools the seeds' bins."
)
_ACCURACY, _CONFIDENCE = "#3b82c4", "#d9534f"


class Calibration(Analysis):
    """Calibration: ECE, MCE, Brier score, log-loss, and a reliability diagram with a histogram of confidences.

    Parameters
    ----------
    bins
        Number of bins of equal width that confidences are sorted into.
    """

    def __init__(self, *, bins: Annotated[int, Field(gt=0)] = 15) -> None:
        self.bins = bins

    def __call__(self, results: Results) -> Section:
        """Return tables and a diagram for every target that has classes."""
        targets = Predicted.all(results)
        if not targets:
            return Section("Calibration", "Calibration needs classes; every target of this run is a number.")
        texts, tables, figures, values = [_WHAT.format(bins=self.bins)], [], [], {}
        for held_out in targets:
            name = held_out.target.name
            texts += held_out.remarks
            if not len(held_out.truth):
                texts.append(f"{name}: there is no prediction to measure.")
                continue
            found = dict(zip(MEASURES, held_out.over_seeds(self._measures).tolist(), strict=True))
            counts, sure, right = held_out.over_seeds(self._bins)
            texts.append(f"{name}: {verdict(found['confidence'], found['accuracy'])}")
            tables += [_measures_table(name, found), _bins_table(name, counts, sure, right)]
            figures.append(_figure(name, found, counts, sure, right))
            values[name] = found
        return Section("Calibration", "\n\n".join(texts), tables, figures, {"bins": self.bins, **values})

    def _measures(self, truth: Int[np.ndarray, " rows"], shares: Float[np.ndarray, "rows classes"]) -> np.ndarray:
        """Return the figures of :data:`MEASURES`, in its order."""
        counts, sure, right = self._bins(truth, shares)
        gaps = np.abs(right - sure)[counts > 0] / counts[counts > 0]
        squares = (shares - np.eye(shares.shape[1])[truth]) ** 2
        likelihood = np.maximum(shares[np.arange(len(truth)), truth], np.finfo(np.float64).tiny)
        return np.array(
            [
                right.sum() / counts.sum(),
                sure.sum() / counts.sum(),
                (gaps * counts[counts > 0]).sum() / counts.sum(),
                gaps.max(),
                squares.sum(axis=1).mean(),
                squares.mean(),
                -np.log(likelihood).mean(),
            ]
        )

    def _bins(
        self, truth: Int[np.ndarray, " rows"], shares: Float[np.ndarray, "rows classes"]
    ) -> Float[np.ndarray, "3 bins"]:
        """Return per bin the number of windows, the sum of their confidences, and how many are right."""
        confidence, right = shares.max(axis=1), shares.argmax(axis=1) == truth
        edges = np.linspace(0, 1, self.bins + 1)
        place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, self.bins - 1)
        return np.stack([np.bincount(place, w, self.bins) for w in (np.ones(len(place)), confidence, right)])


def verdict(confidence: float, accuracy: float) -> str:
    """Say in a sentence whether a model is too sure of itself."""
    sentence = f"on average the model is {confidence:.1%} sure and right in {accuracy:.1%} of the windows"
    gap = confidence - accuracy
    if abs(gap) < EVEN:
        return f"{sentence}: as sure as it is right, over all windows together."
    return f"{sentence}: it is {'over' if gap > 0 else 'under'}confident by {abs(gap) * 100:.1f} percentage points."


def _measures_table(name: str, found: dict[str, float]) -> Table:
    rows = [(title, f"{found[key]:.4f}", meaning) for key, (title, meaning) in MEASURES.items()]
    return Table(f"{name}: calibration", ("measure", "value", "what it is"), rows)


def _bins_table(name: str, counts: np.ndarray, sure: np.ndarray, right: np.ndarray) -> Table:
    edges = np.linspace(0, 1, len(counts) + 1)
    rows = [
        (f"{low:.3f} to {high:.3f}", f"{n:.6g}", f"{s / n:.3f}", f"{r / n:.3f}", f"{(s - r) / n:+.3f}")
        for low, high, n, s, r in zip(edges, edges[1:], counts, sure, right, strict=False)
        if n
    ]
    heads = ("confidence", "windows", "mean confidence", "accuracy", "confidence − accuracy")
    return Table(f"{name}: bins of confidence that have windows", heads, rows)


def _figure(name: str, found: dict[str, float], counts: np.ndarray, sure: np.ndarray, right: np.ndarray) -> Figure:
    """Draw accuracy per bin above how many windows the bin has."""
    some, edges = counts > 0, np.linspace(0, 1, len(counts) + 1)
    left, width = edges[:-1][some], 1 / len(counts)
    accuracy, confidence = right[some] / counts[some], sure[some] / counts[some]
    with drawing(5.6, 5.6) as it:
        top, bottom = it.canvas.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        ink = top.xaxis.label.get_color()
        top.bar(left, accuracy, 0.92 * width, align="edge", color=_ACCURACY, alpha=0.65, label="accuracy")
        top.plot([0, 1], [0, 1], color=ink, lw=0.8, alpha=0.6, label="as sure as right")
        top.vlines(confidence, accuracy, confidence, color=_CONFIDENCE, lw=2, label="gap to the bin's mean confidence")
        top.set(ylim=(0, 1.02), ylabel="accuracy")
        it.canvas.legend(loc="outside upper center", ncols=3, frameon=False)
        bottom.bar(left, counts[some] / counts.sum(), 0.92 * width, align="edge", color=ink, alpha=0.35)
        for key, colour in (("confidence", _CONFIDENCE), ("accuracy", _ACCURACY)):
            bottom.axvline(found[key], color=colour, lw=1.5, ls="--")
        bottom.set(xlim=(0, 1), xlabel="confidence", ylabel="share of windows")
        for axes in (top, bottom):
            axes.spines[["top", "right"]].set_visible(False)
    pairs = "; ".join(f"{c:.2f}: {a:.2f}" for c, a in zip(confidence, accuracy, strict=True))
    caption = f"{name}: accuracy by confidence, and where the windows are; dashed red: mean confidence, blue: accuracy"
    return it.figure(caption, f"Reliability diagram of {name}. Mean confidence of a bin and its accuracy: {pairs}.")

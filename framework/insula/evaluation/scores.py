"""Scores: metrics as functions of sums over rows, so that a thousand resamples cost as much as one.

A confusion matrix, or the moments of two columns of numbers, is a sum over rows. What is left out, drawn again or added
up is left out, drawn again or added up there, and the metrics are read off the sum.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from insula.errors import DataError
from insula.specs import TargetSpec


class Scores(ABC):
    """The metrics of one kind of target."""

    names: ClassVar[tuple[str, ...]]
    lower: ClassVar[tuple[float, ...]]
    upper: ClassVar[tuple[float, ...]]
    """The least and the greatest value that each metric can take."""
    errors: ClassVar[tuple[str, ...]] = ()
    """Which of them are better when small."""

    @abstractmethod
    def vectors(
        self, frame: pd.DataFrame
    ) -> tuple[Float[np.ndarray, "rows outputs"], Float[np.ndarray, "rows outputs"]]:
        """Return truth and prediction of every row, in a form whose mean over a trial's rows is the trial's."""

    @abstractmethod
    def decide(self, vectors: Float[np.ndarray, "rows outputs"]) -> np.ndarray:
        """Return one answer per row: a class's position, or the number."""

    @abstractmethod
    def sums(
        self, y: np.ndarray, predicted: np.ndarray, group: Int[np.ndarray, " rows"], groups: int
    ) -> Float[np.ndarray, "groups ..."]:
        """Sum over the rows of each group what the metrics need."""

    @abstractmethod
    def values(self, sums: Float[np.ndarray, "..."]) -> Float[np.ndarray, "... metrics"]:
        """Read the metrics off sums, NaN where one isn't defined; leading axes are kept."""


def scores_for(target: TargetSpec) -> Scores:
    """Return the metrics that fit a target."""
    return NumberScores() if target.kind == "number" else ClassScores(target)


class ClassScores(Scores):
    """Accuracy (WA), balanced accuracy (UA: the mean recall of the classes that occur), macro and weighted F1."""

    names = ("accuracy", "balanced_accuracy", "macro_f1", "weighted_f1")
    lower = (0.0,) * 4
    upper = (1.0,) * 4

    def __init__(self, target: TargetSpec) -> None:
        self.target = target

    def vectors(
        self, frame: pd.DataFrame
    ) -> tuple[Float[np.ndarray, "rows outputs"], Float[np.ndarray, "rows outputs"]]:
        """Return the true class one-hot, and the probabilities ``p_<class>``."""
        classes = self.target.classes
        code = pd.Index(classes).get_indexer(pd.Index(frame["y"].astype(str)))
        if (code < 0).any():
            other = frame["y"].to_numpy()[code < 0][0]
            raise DataError(f"{other!r} is no class of target {self.target.name!r}: {', '.join(classes)}")
        return np.eye(len(classes))[code], frame[[f"p_{name}" for name in classes]].to_numpy(np.float64)

    def decide(self, vectors: Float[np.ndarray, "rows outputs"]) -> Int[np.ndarray, " rows"]:
        """Return the likeliest class; of equally likely ones the first."""
        return vectors.argmax(axis=1)

    def sums(
        self, y: np.ndarray, predicted: np.ndarray, group: Int[np.ndarray, " rows"], groups: int
    ) -> Float[np.ndarray, "groups classes classes"]:
        """Return a confusion matrix per group: a row for each true class, a column for each predicted one."""
        n = len(self.target.classes)
        cells = np.bincount((group * n + y) * n + predicted, minlength=groups * n * n)
        return cells.reshape(groups, n, n).astype(np.float64)

    def values(self, sums: Float[np.ndarray, "... classes classes"]) -> Float[np.ndarray, "... metrics"]:
        """Return the four metrics; a class that is neither true nor predicted anywhere counts for none of them."""
        _, recall, f1, support = per_class(sums)
        total = support.sum(-1)
        accuracy = _ratio(np.trace(sums, axis1=-2, axis2=-1), total)
        weighted = _ratio((np.nan_to_num(f1) * support).sum(-1), total)
        return np.stack([accuracy, mean_of_defined(recall), mean_of_defined(f1), weighted], axis=-1)


class NumberScores(Scores):
    """CCC (Lin 1989, Biometrics 45:255, eq. 3), Pearson's r, RMSE and mean absolute error."""

    names = ("ccc", "pearson", "rmse", "mae")
    lower = (-1.0, -1.0, 0.0, 0.0)
    upper = (1.0, 1.0, np.inf, np.inf)
    errors = ("rmse", "mae")

    def vectors(
        self, frame: pd.DataFrame
    ) -> tuple[Float[np.ndarray, "rows outputs"], Float[np.ndarray, "rows outputs"]]:
        """Return the columns ``y`` and ``prediction``."""
        return frame[["y"]].to_numpy(np.float64), frame[["prediction"]].to_numpy(np.float64)

    def decide(self, vectors: Float[np.ndarray, "rows outputs"]) -> Float[np.ndarray, " rows"]:
        """Return the number itself."""
        return vectors[:, 0]

    def sums(
        self, y: np.ndarray, predicted: np.ndarray, group: Int[np.ndarray, " rows"], groups: int
    ) -> Float[np.ndarray, "groups moments"]:
        """Return n, Σy, Σp, Σy², Σp², Σyp, Σ(y-p)² and Σ|y-p| per group; y and p from y's mean, for precision."""
        y, p = y - y.mean(), predicted - y.mean()
        terms = (np.ones_like(y), y, p, y * y, p * p, y * p, (y - p) ** 2, np.abs(y - p))
        return np.stack([np.bincount(group, term, minlength=groups) for term in terms], axis=-1)

    def values(self, sums: Float[np.ndarray, "... moments"]) -> Float[np.ndarray, "... metrics"]:
        """Return CCC, Pearson's r, RMSE and MAE; the first two are undefined where nothing varies."""
        n, y, p, yy, pp, yp, squared, absolute = np.moveaxis(sums, -1, 0)
        mean_y, mean_p = _ratio(y, n), _ratio(p, n)
        var_y, var_p = _ratio(yy, n) - mean_y**2, _ratio(pp, n) - mean_p**2
        covariance = _ratio(yp, n) - mean_y * mean_p
        ccc = _ratio(2 * covariance, var_y + var_p + (mean_y - mean_p) ** 2)
        pearson = _ratio(covariance, np.sqrt(np.maximum(var_y * var_p, 0)))
        return np.stack([ccc, pearson, np.sqrt(_ratio(squared, n)), _ratio(absolute, n)], axis=-1)


def plain(value: float) -> float | None:
    """Return a number that JSON knows: None where it isn't defined."""
    return float(value) if np.isfinite(value) else None


def named(names: tuple[str, ...], values: Float[np.ndarray, " metrics"]) -> dict[str, float | None]:
    """Return plain values by name."""
    return {name: plain(value) for name, value in zip(names, values, strict=True)}


def per_class(sums: Float[np.ndarray, "... classes classes"]) -> tuple[np.ndarray, ...]:
    """Return precision, recall, F1 and support of every class.

    Recall is NaN for a class that doesn't occur, F1 for one that neither occurs nor is predicted; precision is 0 for a
    class that is never predicted, as in scikit-learn.
    """
    hits = np.diagonal(sums, axis1=-2, axis2=-1)
    support, predicted = sums.sum(-1), sums.sum(-2)
    return np.nan_to_num(_ratio(hits, predicted)), _ratio(hits, support), _ratio(2 * hits, support + predicted), support


def _ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Divide; NaN where the divisor is 0."""
    return np.divide(a, b, out=np.full(np.broadcast(a, b).shape, np.nan), where=np.asarray(b) > 1e-12)


def mean_of_defined(values: Float[np.ndarray, "... classes"]) -> np.ndarray:
    """Average over the last axis, NaN left out."""
    return _ratio(np.nan_to_num(values).sum(-1), np.isfinite(values).sum(-1))

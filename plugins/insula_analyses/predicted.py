"""Predicted: truth and probabilities of one target's held-out windows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from insula import Results, TargetSpec
from insula_analyses.grouping import TRIAL

Statistic = Callable[[Int[np.ndarray, " rows"], Float[np.ndarray, "rows classes"]], np.ndarray]
"""Reads figures off true classes and probabilities; NaN where one is undefined."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """What held-out windows are, and what was said of them; folds are pooled, seeds kept apart.

    Parameters
    ----------
    target
        Which target.
    truth
        Position of the true class among the target's.
    shares
        Probability of every class.
    seed
        Number of the seed, from 0.
    trial
        Number of the trial.
    broken
        How many windows are left out because a probability of theirs isn't a number.
    """

    target: TargetSpec
    truth: Int[np.ndarray, " rows"]
    shares: Float[np.ndarray, "rows classes"]
    seed: Int[np.ndarray, " rows"]
    trial: Int[np.ndarray, " rows"]
    broken: int

    @classmethod
    def all(cls, results: Results) -> "list[Predicted]":
        """Return those of every target that has classes."""
        return [cls.of(results, target) for target in results.data.targets.values() if target.kind != "number"]

    @classmethod
    def of(cls, results: Results, target: TargetSpec) -> "Predicted":
        """Take the rows of a target."""
        rows = results.predictions.loc[results.predictions["target"] == target.name]
        shares = rows[[f"p_{name}" for name in target.classes]].to_numpy(np.float64)
        truth = pd.Index(target.classes).get_indexer(pd.Index(rows["y"].astype(str))).astype(np.int64)
        usable = (truth >= 0) & np.isfinite(shares).all(axis=1)
        trial, seed = (
            rows.groupby(list(columns), dropna=False).ngroup().to_numpy(np.int64)[usable]
            for columns in (TRIAL, ("seed",))
        )
        return cls(target, truth[usable], shares[usable], seed, trial, int((~usable).sum()))

    def over_seeds(self, statistic: Statistic) -> np.ndarray:
        """Return a statistic of all folds' windows, averaged over the seeds in which it is defined."""
        seeds = [self.seed == seed for seed in np.unique(self.seed)]
        values = np.stack([statistic(self.truth[rows], self.shares[rows]) for rows in seeds])
        known = np.isfinite(values)
        total, count = np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0)
        return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)

    @property
    def support(self) -> Float[np.ndarray, " classes"]:
        """Windows per true class and seed."""
        counts = np.bincount(self.truth, minlength=len(self.target.classes))
        return counts / max(len(np.unique(self.seed)), 1)

    @property
    def absent(self) -> list[str]:
        """The classes that no held-out window has."""
        return [name for name, count in zip(self.target.classes, self.support, strict=True) if not count]

    @property
    def remarks(self) -> list[str]:
        """What a reader must know of what is missing, in sentences."""
        found = []
        if self.absent:
            several = "these classes" if len(self.absent) > 1 else "this class"
            found.append(f"{self.target.name}: no held-out window has {several}: {', '.join(self.absent)}.")
        if self.broken:
            found.append(
                f"{self.target.name}: {self.broken} predictions are left out, because a probability isn't a number or "
                "the label is no class."
            )
        return found

"""Answers: predictions of one target, as arrays of what is true and what was said."""

from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from insula.errors import DataError
from insula.evaluation.scores import Scores, scores_for
from insula.specs import TargetSpec

TRIAL = ("dataset", "subject", "session", "trial")
"""The columns that name a trial."""
FAMILY = "family"
"""The column that names a trial, or the trial that an augmented copy was made from; by default it is the trial."""
CROSSED = "subject and stimulus"
"""The unit of a protocol that holds out people and stimuli at once."""
_UNITS = {
    "subject": ("dataset", "subject"),
    "stimulus": ("dataset", "stimulus"),
    "session": ("dataset", "subject", "session"),
    "trial": ("dataset", "subject", "session", FAMILY),
    CROSSED: ("dataset", "subject", "stimulus"),
}


class Answers:
    """Truth and answer of every row.

    Parameters
    ----------
    rows
        Columns as in ``predictions.parquet``.
    scores
        The metrics of the target's kind.
    vectors
        Truth and prediction per row; None: read from the rows.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        scores: Scores,
        vectors: tuple[Float[np.ndarray, "rows outputs"], Float[np.ndarray, "rows outputs"]] | None = None,
    ) -> None:
        self.rows, self.scores = rows, scores
        self.vectors = vectors or scores.vectors(rows)
        self.y, self.predicted = map(scores.decide, self.vectors)

    @classmethod
    def of(cls, predictions: pd.DataFrame, target: TargetSpec) -> "Answers":
        """Take the rows of a target.

        Raises
        ------
        DataError
            If there is none, or a label is no class of the target.
        """
        rows = predictions.loc[predictions["target"] == target.name] if "target" in predictions else predictions
        if rows.empty:
            raise DataError(f"no held-out window has a label for target {target.name!r}: there is nothing to measure")
        return cls(rows if FAMILY in rows else rows.assign(**{FAMILY: rows["trial"]}), scores_for(target))

    def codes(self, *columns: str) -> Int[np.ndarray, " rows"]:
        """Number the combinations of columns, in sorted order."""
        known = [name for name in columns if name in self.rows]
        return self.rows.groupby(known, dropna=False, sort=True).ngroup().to_numpy(np.int64)

    def units(self, unit: str) -> Int[np.ndarray, " rows"]:
        """Number the values of what a protocol holds out: a column, or the pairs of :data:`CROSSED`."""
        return self.codes(*_UNITS.get(unit, (unit,)))

    def crossing(self, unit: str) -> str:
        """Return the unit that counts: of people and stimuli that don't cross, the one that contains the other.

        Where every stimulus has been shown to one person only, people are the unit, and the other way round.
        """
        if unit != CROSSED:
            return unit
        people, stimuli, pairs = (int(self.units(name).max()) + 1 for name in ("subject", "stimulus", CROSSED))
        return "subject" if pairs == stimuli else "stimulus" if pairs == people else CROSSED

    def cells(self, unit: str) -> tuple[Int[np.ndarray, " rows"], list[Int[np.ndarray, " cells"]]]:
        """Number what metrics are summed over, and return the unit of each: two where people and stimuli cross."""
        cell = self.units(unit)
        if unit != CROSSED:
            return cell, [np.arange(int(cell.max()) + 1)]
        return cell, [self.units(name)[firsts(cell)] for name in ("subject", "stimulus")]

    @cached_property
    def seed(self) -> Int[np.ndarray, " rows"]:
        """The run's seeds, numbered."""
        return self.codes("seed")

    @property
    def seeds(self) -> int:
        """How many seeds there are."""
        return int(self.seed.max()) + 1

    def per_trial(self) -> "Answers":
        """Average over the windows of a trial, within a seed and a fold."""
        trial = self.codes("seed", "fold", *TRIAL)
        truth, said = (means(vector, trial) for vector in self.vectors)
        return Answers(self.rows.iloc[firsts(trial)], self.scores, (truth, said))

    def sums(self, group: Int[np.ndarray, " rows"]) -> Float[np.ndarray, "groups seeds ..."]:
        """Sum what the metrics need over the rows of every group and seed."""
        groups = int(group.max()) + 1
        flat = self.scores.sums(self.y, self.predicted, group * self.seeds + self.seed, groups * self.seeds)
        return flat.reshape(groups, self.seeds, *flat.shape[1:])

    def statistic(self, sums: Float[np.ndarray, "draws seeds ..."]) -> Float[np.ndarray, "draws metrics"]:
        """Read the metrics off sums, and average over seeds."""
        return self.scores.values(sums).mean(axis=1)


def means(
    vectors: Float[np.ndarray, "rows outputs"], group: Int[np.ndarray, " rows"]
) -> Float[np.ndarray, "groups outputs"]:
    """Average rows by group."""
    total = np.zeros((int(group.max()) + 1, vectors.shape[1]))
    np.add.at(total, group, vectors)
    return total / np.bincount(group)[:, None]


def firsts(group: Int[np.ndarray, " rows"]) -> Int[np.ndarray, " groups"]:
    """Return the first row of every group."""
    return np.unique(group, return_index=True)[1]

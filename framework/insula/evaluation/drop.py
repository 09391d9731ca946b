"""Drop: by how much a metric falls when held-out windows are answered otherwise, with an interval over the unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Float

from insula.evaluation.answers import Answers
from insula.evaluation.intervals import interval
from insula.evaluation.scores import plain
from insula.specs import TargetSpec

DECISIVE = {"classes": "balanced_accuracy", "binary": "balanced_accuracy", "number": "ccc"}
"""The metric whose fall is measured, by the kind of the target."""


@dataclass(frozen=True, eq=False)
class Drops:
    """What held-out windows were answered, against which other answers to the same windows are held.

    Parameters
    ----------
    rows
        Columns as in ``predictions.parquet``.
    target
        Whose rows they are.
    unit
        What the protocol holds out (:attr:`insula.Results.unit`).
    """

    rows: pd.DataFrame
    target: TargetSpec
    unit: str

    @property
    def metric(self) -> str:
        """Balanced accuracy, or CCC of numbers."""
        return DECISIVE[self.target.kind]

    @cached_property
    def answers(self) -> Answers:
        """The answers as they were."""
        return Answers.of(self.rows, self.target)

    @property
    def value(self) -> float | None:
        """The metric as it is: pooled over folds, averaged over seeds."""
        sums = self.answers.sums(np.zeros(len(self.answers.y), np.int64))
        return plain(self.answers.statistic(sums)[0, self._place])

    @property
    def _place(self) -> int:
        return self.answers.scores.names.index(self.metric)

    def of(self, others: Sequence[Float[np.ndarray, "rows outputs"]]) -> dict[str, float | None]:
        """Return ``value, low, high`` of the fall: the metric as it is less its mean over several other answers.

        The interval is of the difference, unit by unit: a unit is left out, or drawn, in all of them at once.

        Parameters
        ----------
        others
            Other answers to the same rows: a probability (or logit) per class, or the number.
        """
        answers = self.answers
        cell, factors = answers.cells(answers.crossing(self.unit))
        cells, seeds = int(cell.max()) + 1, answers.seeds
        parts = [answers.sums(cell)]
        for other in others:
            said = answers.scores.decide(other)
            flat = answers.scores.sums(answers.y, said, cell * seeds + answers.seed, cells * seeds)
            parts.append(flat.reshape(cells, seeds, *flat.shape[1:]))
        sums = np.stack(parts, axis=1)

        def fall(several: np.ndarray) -> Float[np.ndarray, "draws 1"]:
            values = answers.scores.values(several)[..., self._place].mean(axis=2)
            return values[:, :1] - values[:, 1:].mean(axis=1, keepdims=True)

        ends = fall(sums.sum(0, keepdims=True))[0], *interval(sums, fall, factors=factors)
        return {name: plain(end[0]) for name, end in zip(("value", "low", "high"), ends, strict=True)}

"""Split and Fold: which windows train, validate and test."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from jaxtyping import Int

RowNumbers = Sequence[int] | Int[np.ndarray, " rows"]
"""Positions in the index."""
CLAIMS = ("new trials", "new stimuli", "new people", "new sessions", "new datasets")
"""What a split may promise of its test rows."""


def _none() -> Int[np.ndarray, " rows"]:
    return np.array([], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Fold:
    """Row numbers of the index.

    ``train`` rows fit everything; ``validation`` decides when training stops; ``adapt`` rows belong to people under
    test, and the trained model is adapted on them; ``test`` is never seen before the model is final.
    """

    train: Int[np.ndarray, " train"]
    validation: Int[np.ndarray, " validation"] = field(default_factory=_none)
    test: Int[np.ndarray, " test"] = field(default_factory=_none)
    adapt: Int[np.ndarray, " adapt"] = field(default_factory=_none)
    adapt_labels: bool = field(default=True, kw_only=True)
    """False: the labels of ``adapt`` rows are withheld, so that no model learns from them."""

    ROLES = ("train", "validation", "test", "adapt")

    def rows(self, role: str) -> Int[np.ndarray, " rows"]:
        """Return the rows of one role."""
        return getattr(self, role)

    def each(self, change: Callable[[Int[np.ndarray, " rows"]], Int[np.ndarray, " kept"]]) -> "Fold":
        """Return the fold with the rows of every role changed by one rule."""
        return replace(self, **{role: change(self.rows(role)) for role in self.ROLES})


class Split(ABC):
    """A protocol. The index has one row per window, with the columns

    ``dataset, subject, session, recording, trial, stimulus, group, position, parent, t0, t1`` (seconds in the
    recording), ``raw_t0, raw_t1`` (the same, widened by what filters and context reach), one column per target with
    its label (a class name or a number; None where it is missing), and one per entry of ``Trial.context`` that is a
    string or number.
    """

    claims: tuple[str, ...] = ()
    """What it promises of the test rows of every fold, among :data:`CLAIMS`: the audit holds the folds against it."""
    selects_on_test: bool = False
    """True only for published recipes whose early stopping looks at the test rows: graded by the audit."""

    @abstractmethod
    def folds(self, index: pd.DataFrame) -> Iterator[Fold]:
        """Yield the folds, as positions in ``index``; the same index always gives the same folds."""

"""Split and Fold: which windows train, validate and test."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Int

RowNumbers = Sequence[int] | Int[np.ndarray, " rows"]
"""Positions in the index."""


def _none() -> Int[np.ndarray, " rows"]:
    return np.array([], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Fold:
    """Row numbers of the index. ``adapt`` rows belong to people under test; their labels may be withheld.

    ``test`` is never seen before the model is final; ``validation`` decides when training stops.
    """

    train: Int[np.ndarray, " train"]
    validation: Int[np.ndarray, " validation"] = field(default_factory=_none)
    test: Int[np.ndarray, " test"] = field(default_factory=_none)
    adapt: Int[np.ndarray, " adapt"] = field(default_factory=_none)

    ROLES = ("train", "validation", "test", "adapt")

    def rows(self, role: str) -> Int[np.ndarray, " rows"]:
        """Return the rows of one role."""
        return getattr(self, role)


class Split(ABC):
    """A protocol. The index has one row per window, with the columns

    ``dataset, subject, session, recording, trial, stimulus, group, position, parent, t0, t1`` (seconds in the
    recording), ``raw_t0, raw_t1`` (the same, widened by what filters and context reach), one column per target with
    its label (a class name or a number; None where it is missing), and one per entry of ``Trial.context`` that is a
    string or number.
    """

    selects_on_test: bool = False
    """True only for published recipes whose early stopping looks at the test rows: graded by the audit."""

    @abstractmethod
    def folds(self, index: pd.DataFrame) -> Iterator[Fold]:
        """Yield the folds, as positions in ``index``; the same index always gives the same folds."""

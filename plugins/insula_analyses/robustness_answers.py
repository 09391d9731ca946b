"""Robustness answers: what trained models say of the test windows when their signals are changed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from insula import Batch, FoldResult, Results, Signal
from insula_analyses.robustness_changes import RobustnessChange


@dataclass
class RobustnessAnswers:
    """What the models of all folds and seeds said of their test windows.

    Parameters
    ----------
    change
        What was done to the signals; None: nothing.
    """

    change: RobustnessChange | None = None
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    """As ``predictions.parquet``, empty where there is no test window."""
    concerned: int = 0
    """How many signals were changed."""
    there: Counter[str] = field(default_factory=Counter)
    """How many windows have each stream."""

    @classmethod
    def of(cls, results: Results, change: RobustnessChange | None = None) -> "RobustnessAnswers":
        """Ask all models."""
        found = cls(change)
        tables = [results.predict(fold, found._counted(found._batches(fold))) for fold in results.folds]
        found.table = pd.concat(tables, ignore_index=True) if tables else found.table
        return found

    def lost(self, clean: "RobustnessAnswers") -> dict[str, int]:
        """Return how many windows have lost each stream, of those where one has."""
        return {name: count - self.there[name] for name, count in clean.there.items() if count > self.there[name]}

    def _batches(self, fold: FoldResult) -> Iterable[Batch]:
        return fold.batches("test") if self.change is None else fold.perturbed("test", self._changed)

    def _changed(self, stream: str, signal: Signal, rng: np.random.Generator) -> Signal | None:
        assert self.change is not None
        found = self.change(stream, signal, rng)
        self.concerned += found is not signal
        return found

    def _counted(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        for batch in batches:
            self.there.update({name: int(has.sum()) for name, has in batch.present.items()})
            yield batch

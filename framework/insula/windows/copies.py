"""Copies: augmented copies of trials that are made once, beside the trials, before or after the split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from insula.plugin.choice import Choice
from insula.preprocess.augmentation import Augmentation
from insula.randomness import draw
from insula.sources.joined_trial import own_name
from insula.types import Signal, Trial, When
from insula.windows.split import Fold

COPY = "insula.copy"
"""The key in a copy's ``context``, and the column of the index, that name the augmentation it was made by."""


@dataclass(frozen=True, eq=False)
class CopyMaker:
    """Makes the copies of one stream's windows by one augmentation; a copy is a function of trial, window and name."""

    choice: Choice
    augmentation: Augmentation

    @property
    def when(self) -> When:
        """When the copies are made."""
        return self.choice.options["when"]

    def __call__(self, signal: Signal, trial: Trial, t0: float) -> Signal:
        """Return the augmented copy of a window that begins at ``t0``: streams of one sound get one draw."""
        rng = np.random.default_rng(draw(0, COPY, own_name(trial, "id"), round(t0, 6)))
        return self.augmentation(signal, rng)


def with_copies(trials: Sequence[Trial], whens: Mapping[str, When]) -> list[Trial]:
    """Return the trials, each followed by its copies: of the same recording, with the trial as ``parent``.

    A copied conversation is a conversation of its own.
    """
    return [one for trial in trials for one in (trial, *(_copy(trial, name) for name in whens))]


def _copy(trial: Trial, name: str) -> Trial:
    return replace(
        trial,
        id=f"{trial.id}~{name}",
        parent=trial.id,
        group=trial.group and f"{trial.group}~{name}",
        context={**trial.context, COPY: name},
    )


def is_copy(trial: Trial) -> bool:
    """Whether a trial was made here."""
    return COPY in trial.context


@dataclass(frozen=True, eq=False)
class SplitView:
    """The index as a split sees it: without the copies that are made after the split.

    Parameters
    ----------
    index
        Of the run, with all copies.
    whens
        By the name of an augmentation, when its copies are made.
    """

    index: pd.DataFrame
    whens: Mapping[str, When]

    @property
    def hidden(self) -> np.ndarray:
        """Which rows the split doesn't see."""
        if COPY not in self.index:
            return np.zeros(len(self.index), bool)
        return self.index[COPY].map(lambda name: self.whens.get(name) == "after_split").to_numpy(bool)

    def seen(self) -> pd.DataFrame:
        """Return the rows that the split sees."""
        hidden = self.hidden
        return self.index.iloc[np.flatnonzero(~hidden)].reset_index(drop=True) if hidden.any() else self.index

    def whole(self, fold: Fold) -> Fold:
        """Return a fold over the seen rows as one over all rows: the copies of its training windows train, too."""
        hidden = self.hidden
        if not hidden.any():
            return fold
        places = np.flatnonzero(~hidden)
        return self.with_copies(fold.each(lambda rows: places[rows]))

    def with_copies(self, fold: Fold) -> Fold:
        """Return a fold in which all copies of training windows that the split doesn't see train."""
        hidden = self.hidden
        if not hidden.any():
            return fold
        copies = np.flatnonzero(hidden & self._windows("parent").isin(self._windows("trial")[fold.train]))
        return replace(fold, train=np.union1d(fold.train, copies))

    def _windows(self, trial: str) -> pd.MultiIndex:
        return pd.MultiIndex.from_arrays([self.index[name] for name in ("dataset", trial, "t0", "t1")])

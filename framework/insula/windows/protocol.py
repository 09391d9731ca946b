"""Protocol: an index and its folds, with every name as a number, so that 30,000 windows in 30 folds take a second."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import SupportsIndex

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from insula.errors import SplitError
from insula.windows.finding import FoldName
from insula.windows.scopes import SESSION, Columns, of_a_recording, of_a_trial
from insula.windows.split import Fold

Ints = Int[np.ndarray, " _"]
"""Row numbers, or one code per row; of whatever length."""


@dataclass(frozen=True, eq=False)
class Protocol:
    """An index (any of the columns of :class:`~insula.windows.split.Split` may be missing) and the folds over its rows.

    Names count as the same only within a dataset; a trial's also only within its subject and session, so that trials
    which are numbered afresh for every person stay apart. Tables that somebody made elsewhere may number recordings
    afresh, too, and trials in each of them (:mod:`insula.windows.scopes`). A missing name is -1.
    """

    index: pd.DataFrame
    folds: Sequence[Fold]
    names: Sequence[FoldName] = ()
    """What the folds are called; by default they are numbered."""
    duplicates: Sequence[tuple[str, str]] = ()
    """Pairs of trials that are one recording."""
    made_elsewhere: bool = False
    """Whether it is a table that no run has written."""
    _codes: dict[tuple[str, Columns], Ints] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if not self.folds:
            raise SplitError("the split gives no fold, so there is nothing to train or to test")

    @property
    def titles(self) -> Sequence[FoldName]:
        """What the folds are called."""
        return self.names or range(len(self.folds))

    def codes(self, column: str, within: Columns = ("dataset",)) -> Ints:
        """Return a number per row for its value in a column; -1 where the value, or the column, is missing."""
        if column == "recording":
            within = self._of_a_recording
        if (column, within) not in self._codes:
            self._codes[column, within] = self._numbered(column, within)
        return self._codes[column, within]

    def _numbered(self, column: str, within: Columns) -> Ints:
        if column not in self.index:
            return np.full(len(self.index), -1)
        outer = [name for name in within if name in self.index and name != column]
        numbers = self.index.groupby([*outer, column], dropna=False, sort=False).ngroup().to_numpy(np.int64)
        return np.where(self.index[column].isna().to_numpy(), -1, numbers)

    @cached_property
    def subject(self) -> Ints:
        """The person of every row."""
        return self.codes("subject")

    @cached_property
    def stimulus(self) -> Ints:
        """The stimulus of every row."""
        return self.codes("stimulus")

    @cached_property
    def trial(self) -> Ints:
        """The trial of every row."""
        return self.codes("trial", self._of_a_trial)

    @cached_property
    def _of_a_trial(self) -> Columns:
        return of_a_trial(self.index) if self.made_elsewhere else SESSION

    @cached_property
    def _of_a_recording(self) -> Columns:
        return of_a_recording(self.index) if self.made_elsewhere else ("dataset",)

    @property
    def _copies(self) -> np.ndarray:
        """Which rows are of augmented copies."""
        return self.index["parent"].notna().to_numpy() if "parent" in self.index else np.zeros(len(self.index), bool)

    @cached_property
    def recording(self) -> Ints:
        """The recording of every row; its trial where the recording has no name."""
        named = self.codes("recording")
        unnamed = np.where(self.trial < 0, -1, self.trial + named.max(initial=-1) + 1)
        return np.where(named < 0, unnamed, named)

    @cached_property
    def family(self) -> Ints:
        """The trial of every row, where augmented copies and the trial they were made from count as one.

        A copy that isn't called anything is of its parent all the same.
        """
        if not self._copies.any():
            return self.trial
        own = self.index[[name for name in SESSION if name in self.index]]
        trial = self.index["trial"] if "trial" in self.index else pd.Series(None, own.index, object)
        parent = self.index["parent"].where(self._copies, trial)
        both = pd.concat([own.assign(trial=trial.where(trial.notna(), parent)), own.assign(trial=parent)])
        child, origin = np.split(both.groupby(list(both), dropna=False, sort=False).ngroup().to_numpy(), 2)
        return np.where(parent.isna().to_numpy(), -1, _linked(child, origin)[child])

    @cached_property
    def piece(self) -> Ints:
        """The trial of every row, with its copies; a row without a trial is one of its own."""
        return apart(self.family)

    @cached_property
    def twins(self) -> Ints:
        """A number per row that the trials which are one recording have in common; -1 where there is no other."""
        if not self.duplicates or "trial" not in self.index:
            return np.full(len(self.index), -1)
        names = self.index["trial"].astype(str).to_numpy()
        if "dataset" in self.index and self.index["dataset"].nunique() > 1:
            names = self.index["dataset"].astype(str).to_numpy() + "/" + names
        number, unique = pd.factorize(np.concatenate([names, np.array(self.duplicates, object).ravel()]))
        pairs = number[len(names) :].reshape(-1, 2)
        group = _linked(np.append(pairs[:, 0], len(unique) - 1), np.append(pairs[:, 1], len(unique) - 1))
        return np.where(np.isin(number[: len(names)], pairs), group[number[: len(names)]], -1)

    def intervals(self, widened: bool) -> tuple[Float[np.ndarray, " rows"], Float[np.ndarray, " rows"]]:
        """Return start and end of every row in seconds, NaN where unknown; ``widened``: with filters and context."""
        if not {"t0", "t1"} <= set(self.index):
            return np.full(len(self.index), np.nan), np.full(len(self.index), np.nan)
        begin, end = (self.index[name].to_numpy(np.float64) for name in ("t0", "t1"))
        if widened and {"raw_t0", "raw_t1"} <= set(self.index):
            raw = (self.index[name].to_numpy(np.float64) for name in ("raw_t0", "raw_t1"))
            begin, end = (np.where(np.isnan(far), near, far) for far, near in zip(raw, (begin, end), strict=True))
        return begin, end

    def name(self, column: str, row: SupportsIndex) -> str:
        """Return what a row is called in a column, in quotes."""
        return repr(str(self.index[column].iloc[int(row)]))

    def row(self, row: SupportsIndex) -> str:
        """Return what a row itself is called: its position, where it has no name."""
        return str(self.index["row"].iloc[int(row)] if "row" in self.index else int(row))


def _linked(one: Ints, other: Ints) -> Ints:
    """Return, for every number, the group of numbers that links make of it."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(one)), (one, other)), shape=(max(one.max(), other.max()) + 1,) * 2)
    return connected_components(links, directed=False)[1].astype(np.int64)


def trained(fold: Fold) -> Ints:
    """Return the rows whose labels a fold's model learns from."""
    return np.concatenate([fold.train, fold.adapt]) if fold.adapt_labels else fold.train


def apart(codes: Ints) -> Ints:
    """Return the codes with a new one for every missing one."""
    return np.where(codes < 0, codes.max(initial=-1) + 1 + np.arange(len(codes)), codes)


def shared(codes: Ints, left: Ints, right: Ints) -> Ints:
    """Return the codes that rows on both sides have; missing ones (-1) are never shared."""
    on_left, on_right = (np.zeros(codes.max(initial=-1) + 2, bool) for _ in range(2))
    on_left[codes[left]] = True
    on_right[codes[right]] = True
    return np.flatnonzero((on_left & on_right)[:-1])  # -1 has marked the last place


def count(codes: Ints) -> int:
    """Return how many different codes there are, missing ones left out."""
    return len(np.unique(codes[codes >= 0]))

"""Grouping: which class, or which third of a number, every window belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Int

from insula import Results, TargetSpec

TRIAL = ("dataset", "subject", "session", "trial")
THIRDS = ("lowest third", "middle third", "highest third")


@dataclass(frozen=True, eq=False)
class Grouping:
    """Windows by class of a target; a number is cut into thirds of all windows of the run.

    Parameters
    ----------
    target
        Its name.
    names
        Of the groups.
    codes
        Per row of the index the position of its group, -1 without a label.
    units
        Per row of the index what a permutation keeps whole: the windows of a trial that have one label; or of a person,
        where nobody has two labels.
    blocks
        Per row of the index within what labels are exchanged: a person, or everybody where nobody has two labels.
    """

    target: str
    names: tuple[str, ...]
    codes: Int[np.ndarray, " rows"]
    units: Int[np.ndarray, " rows"]
    blocks: Int[np.ndarray, " rows"]

    @classmethod
    def of(cls, results: Results, target: TargetSpec) -> "Grouping":
        """Read it off the index of a run."""
        labels = results.index[target.name]
        if target.kind == "number":
            numbers = labels.to_numpy(np.float64, na_value=np.nan)
            known = ~np.isnan(numbers)
            names, codes = THIRDS, np.full(len(numbers), -1)
            if known.any():
                codes[known] = np.searchsorted(np.quantile(numbers[known], [1 / 3, 2 / 3]), numbers[known])
        else:
            names, codes = target.classes, pd.Index(target.classes).get_indexer(pd.Index(labels))
        codes = np.asarray(codes, np.int64)
        keys = results.index[[name for name in TRIAL if name in results.index]].assign(label=codes)
        people = _numbered(keys, "dataset", "subject")
        if keys["label"].groupby(people).nunique().max() > 1:
            return cls(target.name, names, codes, _numbered(keys, *TRIAL, "label"), people)
        return cls(target.name, names, codes, people, np.zeros_like(people))

    def labelled(self, rows: Int[np.ndarray, " some"]) -> np.ndarray:
        """Return which of the rows have a label."""
        return self.codes[rows] >= 0

    def permuted(self, rows: Int[np.ndarray, " some"], times: int) -> Iterator[Int[np.ndarray, " some"]]:
        """Yield the groups of labelled rows with labels exchanged among the trials of a person, the same each time.

        Windows of one trial resemble each other, and trials of one person do: were labels exchanged among all windows,
        any embedding would look as if it knew the classes.
        """
        rng = np.random.default_rng(0)
        _, first, unit = np.unique(self.units[rows], return_index=True, return_inverse=True)
        labels, blocks = self.codes[rows[first]], self.blocks[rows[first]]
        given, exchanged = np.argsort(blocks, kind="stable"), np.empty_like(labels)
        for _ in range(times):
            exchanged[given] = labels[np.lexsort((rng.random(len(labels)), blocks))]
            yield exchanged[unit]


def _numbered(keys: pd.DataFrame, *columns: str) -> Int[np.ndarray, " rows"]:
    """Number the combinations of those columns that there are."""
    known = [name for name in columns if name in keys]
    return keys.groupby(known, dropna=False, sort=True).ngroup().to_numpy(np.int64)


def groupings(results: Results) -> list[Grouping]:
    """Return one grouping per target of the run."""
    return [Grouping.of(results, target) for target in results.data.targets.values()]

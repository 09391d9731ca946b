"""Shuffle: which trial's label goes to which trial, a hundred times."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from insula.evaluation.answers import means
from insula.evaluation.controls.answered import vectors
from insula.evaluation.scores import scores_for
from insula.specs import TargetSpec
from insula.windows.index import Rows
from insula.windows.protocol import Ints, Protocol
from insula.windows.split import Fold

WITHIN, BETWEEN = "within people", "between people"


@dataclass(frozen=True, eq=False)
class Shuffle:
    """Permutations of trial labels; a trial and its augmented copies are one.

    Parameters
    ----------
    family
        Row of the index to its trial, -1 where it has no label.
    given
        ``(times + 1, trials)``: the trial whose label each trial is given; the first line gives each its own.
    how
        ``within people``, or ``between people`` where labels never vary within one.
    why
        Why there is none: nothing varies.
    """

    family: Ints
    given: Int[np.ndarray, "times trials"]
    how: str
    why: str = ""

    @classmethod
    def of(cls, rows: Rows, target: TargetSpec, times: int, seed: int) -> "Shuffle":
        """Draw permutations of the trials of each person; where none of them has two labels, of the people.

        Datasets are never mixed. A label that changes within a trial counts as its most frequent class, or its mean.
        """
        known = np.flatnonzero(rows.index[target.name].notna().to_numpy())
        protocol = Protocol(rows.index, [Fold(known)])
        own, first, places = np.unique(protocol.family[known], return_index=True, return_inverse=True)
        family = np.full(len(rows.index), -1)
        family[known] = places
        label = scores_for(target).decide(labels_of(rows, target, family))
        person, dataset = (protocol.codes(name)[known][first] for name in ("subject", "dataset"))
        rng = np.random.default_rng(seed)
        same = np.arange(len(own))
        if _varies(label, person):
            return cls(family, np.stack([same, *(within(person, rng) for _ in range(times))]), WITHIN)
        people, who, whose = np.unique(person, return_index=True, return_inverse=True)
        if not _varies(label[who], dataset[who]):
            everybody = "everybody's trials have" if len(people) > 1 else "the only person's trials have"
            return cls(family, same[None], "", f"{everybody} one and the same label")
        drawn = [who[within(dataset[who], rng)][whose] for _ in range(times)]
        return cls(family, np.stack([same, *drawn]), BETWEEN)

    @property
    def trials(self) -> int:
        """How many trials have a label."""
        return self.given.shape[1]


def labels_of(rows: Rows, target: TargetSpec, family: Ints) -> Float[np.ndarray, "trials outputs"]:
    """Return the mean label vector of every trial."""
    known = np.flatnonzero(family >= 0)
    return means(vectors(rows, target)[known], family[known])


def _varies(label: np.ndarray, group: Ints) -> bool:
    """Whether any group has two different labels."""
    return bool((pd.Series(label).groupby(group).nunique() > 1).any())


def within(group: Ints, rng: np.random.Generator) -> Ints:
    """Return a permutation that leaves everything in its group."""
    found = np.empty(len(group), np.int64)
    found[np.argsort(group, kind="stable")] = np.lexsort((rng.random(len(group)), group))
    return found

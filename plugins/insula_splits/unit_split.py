"""UnitSplit: every protocol that deals whole units out over folds."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from jaxtyping import Float, Int
from pydantic import Field

from insula import Fold, Split, SplitError
from insula_splits.parts import deal
from insula_splits.units import label_codes, with_parents

Validation = Literal["same", "none"]
Seed = Annotated[int, Field(ge=0)]


class UnitSplit(Split):
    """Cuts units (people, trials, windows) into k parts: one tests, the next validates, the rest trains, in turn.

    Parts are alike in number of units and, as far as whole units allow, in size and in classes of the first target. The
    same units give the same parts, in whatever order the index has them.

    Parameters
    ----------
    k
        Number of folds; None: as many as there are units.
    validation
        ``same``: validation is a part of its own, cut by the same rule as test. ``none``: its rows train too, for a
        fixed number of epochs.
    seed
        Shuffles units of about one size over the folds; it is independent of the run's seed.
    """

    units: str
    """What the units are called."""
    keeps_copies: ClassVar[bool] = True
    """Whether an augmented copy stays with the trial that it was made from."""

    def __init__(self, k: int | None, validation: Validation, seed: Seed) -> None:
        self.k, self.seed = k, seed
        self.validation: Validation = validation

    @abstractmethod
    def names(self, index: pd.DataFrame) -> pd.Series:
        """Return the unit of every row."""

    def strata(self, index: pd.DataFrame) -> pd.Series:
        """Return of every row the group within which its unit is dealt out evenly: by default there is one."""
        return pd.Series(0, index.index)

    def folds(self, index: pd.DataFrame) -> Iterator[Fold]:
        """Yield k folds.

        Raises
        ------
        SplitError
            If there are too few units; it says how many there are and what to type.
        """
        part, k = self.parts(index)
        for i in range(k):
            test = part == i
            validation = (part == (i + 1) % k) & (self.validation == "same")
            yield Fold(*(np.flatnonzero(rows) for rows in (~(test | validation), validation, test)))

    def parts(self, index: pd.DataFrame) -> tuple[Int[np.ndarray, " rows"], int]:
        """Return the part of every row, and how many parts there are."""
        names = self.names(index)
        unit, found = pd.factorize(with_parents(index, names) if self.keeps_copies else names, sort=True)
        k = self._checked(len(found))
        strata = pd.factorize(self.strata(index), sort=True)[0][np.unique(unit, return_index=True)[1]]
        return deal(_counts(unit, label_codes(index)), strata.astype(np.int64), k, self.seed)[unit], k

    def _checked(self, there: int) -> int:
        wants = self.k or there
        if there < 2:
            raise SplitError(
                f"the data have only {there} {self.units}: two sets can't be cut from it; choose another split"
            )
        if there < 3 and self.validation == "same":
            raise SplitError(
                f"{there} {self.units} can't be cut into train, validation and test: "
                "type split.validation=none (a fixed number of epochs)"
            )
        check_number(wants, self.validation)
        if wants > there:
            raise SplitError(f"split.k={wants}: the data have only {there} {self.units}; type split.k={there} or less")
        return wants


def check_number(k: int, validation: Validation) -> None:
    """Refuse two parts where one is to validate.

    Raises
    ------
    SplitError
        It says what to type.
    """
    if k < 3 and validation == "same":
        raise SplitError(
            f"split.k={k} leaves nothing to train on beside validation and test: type split.k=3 or more, "
            "or split.validation=none"
        )


def _counts(unit: Int[np.ndarray, " rows"], label: Int[np.ndarray, " rows"]) -> Float[np.ndarray, "units kinds"]:
    """Count each unit's rows per class, and in the last column all of them."""
    counts = np.zeros((unit.max() + 1, label.max() + 2))
    np.add.at(counts, (unit[label >= 0], label[label >= 0]), 1)
    counts[:, -1] = np.bincount(unit)
    return counts

"""random_windows: the protocol of many papers, for what it is worth."""

from typing import Annotated

import pandas as pd
from pydantic import Field

from insula_splits.unit_split import Seed, UnitSplit, Validation


class RandomWindows(UnitSplit):
    """Deals windows out at random, stratified by class, so that one trial trains and tests: for comparison only.

    Published recipes split like this. Where a trial has several windows the audit grades it F.
    """

    units = "windows"
    keeps_copies = False

    def __init__(self, *, k: Annotated[int, Field(ge=2)] = 5, validation: Validation = "same", seed: Seed = 0) -> None:
        super().__init__(k, validation, seed)

    def names(self, index: pd.DataFrame) -> pd.Series:
        """Return a number for every window, by trial and time."""
        key = [name for name in ("dataset", "subject", "trial", "t0", "t1") if name in index]
        return index.groupby(key, dropna=False, sort=True).ngroup()

"""group: whatever a column of the index names is kept whole."""

import difflib
from typing import Annotated

import pandas as pd
from pydantic import Field

from insula import SplitError
from insula_splits.unit_split import Seed, UnitSplit, Validation
from insula_splits.units import named

ALIASES = {"speaker": "subject", "sentence": "stimulus"}
CLAIMS = {"stimulus": "new stimuli", "subject": "new people", "session": "new sessions", "dataset": "new datasets"}
"""What is promised beside new trials, by column."""


class Group(UnitSplit):
    """Tests on values of a column that were not trained on: new stimuli, new sessions, new sites, new devices.

    Parameters
    ----------
    column
        Any column of the index: ``subject`` (or ``speaker``), ``stimulus`` (or ``sentence``), ``session``,
        ``recording``, ``group`` (a dialogue), ``dataset``, or one that the dataset gives its trials as context.
    k
        Number of folds; None: leave one value out at a time.
    """

    claims = ("new trials",)

    def __init__(
        self,
        *,
        column: str = "group",
        k: Annotated[int, Field(ge=2)] | None = None,
        validation: Validation = "same",
        seed: Seed = 0,
    ) -> None:
        super().__init__(k, validation, seed)
        self.column = column
        self.units = f"values of {column!r}"
        more = CLAIMS.get(ALIASES.get(column, column))
        self.claims = (*Group.claims, more) if more else Group.claims

    def names(self, index: pd.DataFrame) -> pd.Series:
        """Return the column's value of every row."""
        column = self.column if self.column in index else ALIASES.get(self.column, self.column)
        if column not in index:
            near = difflib.get_close_matches(column, [*index, *ALIASES], n=1, cutoff=0.5)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            raise SplitError(
                f"split.column={column}: the index has no such column{meant}. Columns: {', '.join(map(str, index))}"
            )
        return named(index, column)

"""session: new sessions, that is other days, or other recordings of a corpus."""

from typing import Annotated

import pandas as pd
from pydantic import Field

from insula_splits.group import Group
from insula_splits.unit_split import Seed, Validation
from insula_splits.units import named


class Session(Group):
    """Tests on sessions that were not trained on.

    A session is all that bears one name: where two speakers share it (a dialogue), both are under test, and where
    everybody's sessions are numbered 1, 2, 3, a fold tests everybody's same session; either way no session is on both
    sides. Where every session is one person's own, each person's sessions are dealt out evenly over the folds.

    Parameters
    ----------
    k
        Number of folds, over which the sessions are dealt; None: leave one session out at a time.
    """

    def __init__(
        self, *, k: Annotated[int, Field(ge=2)] | None = None, validation: Validation = "same", seed: Seed = 0
    ) -> None:
        super().__init__(column="session", k=k, validation=validation, seed=seed)
        self.units = "sessions"

    def strata(self, index: pd.DataFrame) -> pd.Series:
        """Return the subject of every row where no session is that of several, else one value for all."""
        people = named(index, "subject")
        of_one = people.groupby(self.names(index).to_numpy()).nunique().max() == 1
        return people if of_one else super().strata(index)

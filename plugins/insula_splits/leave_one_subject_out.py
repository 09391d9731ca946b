"""leave_one_subject_out: new people, one at a time."""

import pandas as pd

from insula_splits.unit_split import Seed, UnitSplit, Validation
from insula_splits.units import named


class LeaveOneSubjectOut(UnitSplit):
    """Tests on each person (speaker) in turn, with one other person for validation and all the rest for training."""

    units = "subjects"

    def __init__(self, *, validation: Validation = "same", seed: Seed = 0) -> None:
        super().__init__(None, validation, seed)

    def names(self, index: pd.DataFrame) -> pd.Series:
        """Return the subject of every row."""
        return named(index, "subject")

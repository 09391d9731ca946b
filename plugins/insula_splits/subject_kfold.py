"""subject_kfold: new people, several at a time."""

from typing import Annotated

import pandas as pd
from pydantic import Field

from insula_splits.unit_split import Seed, UnitSplit, Validation
from insula_splits.units import named


class SubjectKFold(UnitSplit):
    """Tests on people who were not trained on: subjects (speakers) are dealt out over k folds, evenly in number."""

    units = "subjects"
    claims = ("new trials", "new people")

    def __init__(self, *, k: Annotated[int, Field(ge=2)] = 5, validation: Validation = "same", seed: Seed = 0) -> None:
        super().__init__(k, validation, seed)

    def names(self, index: pd.DataFrame) -> pd.Series:
        """Return the subject of every row."""
        return named(index, "subject")

"""leave_trials_out: new trials of people who may be known."""

from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from insula_splits.unit_split import Seed, UnitSplit, Validation
from insula_splits.units import named


class LeaveTrialsOut(UnitSplit):
    """Tests on whole trials that were not trained on; their people, and the stimuli they saw, may have been.

    Parameters
    ----------
    trials
        ``pooled``: all trials are dealt out together. ``per_subject``: every subject's trials are dealt out evenly over
        the folds, so that each fold trains and tests on everybody (who has at least k trials).
    """

    units = "trials"
    claims = ("new trials",)

    def __init__(
        self,
        *,
        k: Annotated[int, Field(ge=2)] = 5,
        trials: Literal["pooled", "per_subject"] = "pooled",
        validation: Validation = "same",
        seed: Seed = 0,
    ) -> None:
        super().__init__(k, validation, seed)
        self.trials = trials

    def names(self, index: pd.DataFrame) -> pd.Series:
        """Return the trial of every row."""
        return named(index, "trial")

    def strata(self, index: pd.DataFrame) -> pd.Series:
        """Return the subject of every row, or one value for all."""
        return named(index, "subject") if self.trials == "per_subject" else super().strata(index)

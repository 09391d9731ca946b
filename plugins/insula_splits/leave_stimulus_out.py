"""leave_stimulus_out: new stimuli, shown to people who may be known."""

from typing import Annotated

from pydantic import Field

from insula_splits.group import Group
from insula_splits.unit_split import Seed, Validation


class LeaveStimulusOut(Group):
    """Tests on stimuli (films, songs, sentences) that were not trained on; who sees or says them may be known.

    Parameters
    ----------
    k
        Number of folds, over which the stimuli are dealt; None: leave one stimulus out at a time.
    """

    def __init__(
        self, *, k: Annotated[int, Field(ge=2)] | None = 5, validation: Validation = "same", seed: Seed = 0
    ) -> None:
        super().__init__(column="stimulus", k=k, validation=validation, seed=seed)
        self.units = "stimuli"

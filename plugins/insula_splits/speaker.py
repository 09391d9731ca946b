"""speaker: new speakers."""

from typing import Annotated

from pydantic import Field

from insula_splits.subject_kfold import SubjectKFold
from insula_splits.unit_split import Seed, Validation


class Speaker(SubjectKFold):
    """Tests on speakers who were not trained on: the subjects of a corpus of speech, by the name they have there.

    Parameters
    ----------
    k
        Number of folds, over which the speakers are dealt; None: leave one speaker out at a time.
    """

    units = "speakers"

    def __init__(
        self, *, k: Annotated[int, Field(ge=2)] | None = None, validation: Validation = "same", seed: Seed = 0
    ) -> None:
        super().__init__(validation=validation, seed=seed)
        self.k = k

"""leave_one_subject_out: new people, one at a time."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd

from insula import Fold, SplitError
from insula_splits.unit_split import Seed, UnitSplit
from insula_splits.units import named, with_parents


class LeaveOneSubjectOut(UnitSplit):
    """Tests on each person (speaker) in turn; validates on one other person and trains on all the rest.

    Parameters
    ----------
    validation
        ``same``: one other person validates. ``session``: the other people of the test person's session do, so that
        training sees nothing of that session; in a corpus of dialogues they are the partners, which the audit says.
        ``none``: everybody else trains, for a fixed number of epochs.
    """

    units = "subjects"
    claims = ("new trials", "new people")

    def __init__(self, *, validation: Literal["same", "session", "none"] = "same", seed: Seed = 0) -> None:
        super().__init__(None, "none" if validation == "none" else "same", seed)
        self.by_session = validation == "session"

    def names(self, index: pd.DataFrame) -> pd.Series:
        """Return the subject of every row."""
        return named(index, "subject")

    def folds(self, index: pd.DataFrame) -> Iterator[Fold]:
        """Yield a fold per subject.

        Raises
        ------
        SplitError
            If there are too few subjects, or somebody's sessions are those of nobody else, or of everybody.
        """
        if not self.by_session:
            yield from super().folds(index)
            return
        person, session = (with_parents(index, named(index, name)).to_numpy() for name in ("subject", "session"))
        for name in np.unique(person):
            test = person == name
            same = np.isin(session, np.unique(session[test]))
            if test[same].all() or same.all():
                others = "nobody else is" if test[same].all() else "everybody is"
                who = index["subject"].iloc[int(test.argmax())]
                raise SplitError(
                    f"split.validation=session: {others} in the sessions of subject {who}; type split.validation=same"
                )
            yield Fold(*(np.flatnonzero(rows) for rows in (~same, same & ~test, test)))

"""Training people: how many of them a fold's training set keeps, for curves of how much more people would help."""

from dataclasses import replace

import numpy as np
import pandas as pd

from insula.errors import SplitError
from insula.randomness import draw
from insula.windows.split import Fold


def keep_people(fold: Fold, index: pd.DataFrame, people: int, seed: int, number: int) -> Fold:
    """Return the fold with the training rows of only so many of its training people; its other rows stay.

    The draw depends on the names of the people, the seed and the fold's number alone, and is nested: whom 4 people
    contain, 8 people contain, too. So a curve over numbers of people adds people, and never trades them.

    Parameters
    ----------
    fold
        Positions in the index.
    index
        One row per window, with ``dataset`` and ``subject``.
    people
        How many to keep.
    seed
        Of the draw (``split.seed``, where the split has one).
    number
        Of the fold.

    Raises
    ------
    SplitError
        If fewer people train in the fold.
    """
    rows = index.iloc[fold.train]
    whose = rows[["dataset", "subject"]].astype(str).agg("/".join, axis=1).to_numpy()
    there = np.unique(whose)
    if len(there) < people:
        raise SplitError(
            f"split.train_subjects={people}: only {len(there)} people train in fold {number}; "
            f"type split.train_subjects={len(there)} or less"
        )
    order = np.random.default_rng(draw(seed, number, "training people")).permutation(there)
    return replace(fold, train=fold.train[np.isin(whose, order[:people])])

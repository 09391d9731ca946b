"""subject_and_stimulus: new people who see new stimuli."""

from collections.abc import Iterator
from itertools import product
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from insula import Fold, Split, SplitError
from insula_splits.group import Group
from insula_splits.subject_kfold import SubjectKFold
from insula_splits.unit_split import Seed, Validation


class SubjectAndStimulus(Split):
    """Tests on people *and* stimuli that were not trained on: neither who it is nor what was shown can help.

    People are dealt out over k parts, and so are stimuli. A fold tests one part of the people on one part of the
    stimuli, and trains on the people of other parts with stimuli of other parts; what mixes the two is left out of the
    fold, so that a good part of the data is in none of its three sets.

    Parameters
    ----------
    k
        Parts of the people, and of the stimuli.
    pairs
        ``diagonal``: k folds, part i of the people with part i of the stimuli. ``all``: every pair, k² folds, which
        test every window once.
    validation
        ``same``: the next part of the people with the next part of the stimuli. ``none``: no validation rows; the
        parts train, for a fixed number of epochs.
    seed
        Shuffles people and stimuli; it is independent of the run's seed.
    """

    claims = ("new trials", "new stimuli", "new people")

    def __init__(
        self,
        *,
        k: Annotated[int, Field(ge=2)] = 5,
        pairs: Literal["diagonal", "all"] = "diagonal",
        validation: Validation = "same",
        seed: Seed = 0,
    ) -> None:
        self.k, self.pairs, self.validation = k, pairs, validation
        self.people = SubjectKFold(k=k, validation=validation, seed=seed)
        self.stimuli = Group(column="stimulus", k=k, validation=validation, seed=seed)

    def folds(self, index: pd.DataFrame) -> Iterator[Fold]:
        """Yield the folds.

        Raises
        ------
        SplitError
            If there are too few people or stimuli, a window has no stimulus, or a fold would have nothing to test or
            nothing to validate, because not everybody has met every stimulus.
        """
        (person, k), (stimulus, _) = self.people.parts(index), self.stimuli.parts(index)
        for i, j in product(range(k), range(k)) if self.pairs == "all" else zip(range(k), range(k), strict=True):
            test = (person == i) & (stimulus == j)
            train = (person != i) & (stimulus != j)
            validation = np.zeros_like(test)
            if self.validation == "same":
                there, shown = person == (i + 1) % k, stimulus == (j + 1) % k
                validation, train = there & shown, train & ~there & ~shown
            for role, rows in (("test", test), ("validation", validation)):
                if not rows.any() and (role == "test" or self.validation == "same"):
                    raise SplitError(
                        f"split.k={k}: a part of the people has met no stimulus of a part of the stimuli, so a fold "
                        f"has no {role} window; type a smaller split.k, or another split.seed"
                    )
            yield Fold(*map(np.flatnonzero, (train, validation, test)))

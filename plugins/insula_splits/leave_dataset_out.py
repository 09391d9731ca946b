"""leave_dataset_out: new datasets, one at a time."""

from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from jaxtyping import Bool
from pydantic import Field

from insula import Fold, Split, SplitError
from insula_splits.subject_kfold import SubjectKFold
from insula_splits.unit_split import Seed
from insula_splits.units import named


class LeaveDatasetOut(Split):
    """Tests on each dataset in turn, in order of their names, and trains on the others.

    By default people of the training datasets validate: two datasets are then enough, and every training dataset
    trains. Such a validation is more like training than test is, so that it stops later than a new dataset would ask
    for.

    Parameters
    ----------
    validation
        ``subject``: people of every training dataset, so that the epoch is chosen on new people of known datasets.
        ``same``: the next dataset, by the same rule as test, which takes three. ``none``: all the others train, for a
        fixed number of epochs.
    parts
        For ``validation=subject``: into how many parts a dataset's people are dealt, evenly in number and as far as
        that allows in classes, of which one validates. The only person of a dataset trains.
    seed
        Says which people validate; it is independent of the run's seed.
    """

    claims = ("new trials", "new people", "new datasets")

    def __init__(
        self,
        *,
        validation: Literal["subject", "same", "none"] = "subject",
        parts: Annotated[int, Field(ge=2)] = 5,
        seed: Seed = 0,
    ) -> None:
        self.validation, self.parts, self.seed = validation, parts, seed

    def folds(self, index: pd.DataFrame) -> Iterator[Fold]:
        """Yield a fold per dataset.

        Raises
        ------
        SplitError
            If there is one dataset, two cannot be cut into three sets, or nobody can validate.
        """
        dataset = named(index, "dataset").to_numpy()
        names = sorted(set(dataset))
        self._check(names)
        validates = self._validates(index, dataset) if self.validation == "subject" else np.zeros(len(index), bool)
        for number, name in enumerate(names):
            test = dataset == name
            validation = validates & ~test
            if self.validation == "same":
                validation = dataset == names[(number + 1) % len(names)]
            elif self.validation == "subject" and not validation.any():
                raise SplitError(
                    f"split.validation=subject: no dataset but {name} has two people, so that one can "
                    "validate; type split.validation=none (a fixed number of epochs)"
                )
            yield Fold(*(np.flatnonzero(rows) for rows in (~(test | validation), validation, test)))

    def _check(self, names: list[str]) -> None:
        if len(names) < 2:
            raise SplitError(
                f"the data are one dataset ({', '.join(names)}), and leaving it out leaves none; name several with "
                "dataset=several, or choose another split"
            )
        if len(names) < 3 and self.validation == "same":
            raise SplitError(
                f"two datasets ({', '.join(names)}) can't be cut into train, validation and test: type "
                "split.validation=subject, or split.validation=none (a fixed number of epochs)"
            )

    def _validates(self, index: pd.DataFrame, dataset: np.ndarray) -> Bool[np.ndarray, " rows"]:
        """Return which rows validate where their dataset trains: the same in every fold."""
        found = np.zeros(len(index), bool)
        for name in np.unique(dataset):
            rows = np.flatnonzero(dataset == name)
            own = index.iloc[rows]
            people = own["subject"].nunique()
            if people > 1:
                deal = SubjectKFold(k=min(self.parts, people), validation="none", seed=self.seed)
                found[rows] = deal.parts(own)[0] == 0
        return found

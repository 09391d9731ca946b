"""Lot: trials of one dataset, as the dataset lists them and as the run knows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from insula.plugin.choice import Choice
from insula.types import Trial


@dataclass(frozen=True, eq=False)
class Lot:
    """Trials that one dataset's readers can load.

    Parameters
    ----------
    key
        The dataset's key in the run; empty where it is the run's only one.
    choice
        The dataset.
    trials
        As the dataset lists them, which is what its readers know.
    known_as
        The same trials as the run knows them, in the same order.
    """

    key: str
    choice: Choice
    trials: Sequence[Trial]
    known_as: Sequence[Trial]

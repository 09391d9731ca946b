"""The modalities of the made-up data: what is measured, how often, in which unit, and how it is made."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from insula_synthetic import eda, eeg
from insula_synthetic.recipe import Recipe

TRAITS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")


@dataclass(frozen=True)
class Modality:
    """One modality; ``make`` gives the numbers of a trial, or None where it lacks the modality."""

    sfreq: float
    ch_names: tuple[str, ...]
    unit: str
    make: Callable[[Recipe, int, int], Float[np.ndarray, "channels time"] | None]


def _peripheral(recipe: Recipe, subject: int, trial: int) -> Float[np.ndarray, "channels time"] | None:
    return None if recipe.lacks_peripheral(subject, trial) else eda.eda(recipe, subject, trial)


def _personality(recipe: Recipe, subject: int, _trial: int) -> Float[np.ndarray, "channels time"]:
    return recipe.traits(subject).astype(np.float32)[:, None]


MODALITIES = {
    "eeg": Modality(eeg.SFREQ, eeg.CHANNELS, "V", eeg.eeg),
    "peripheral": Modality(eda.SFREQ, ("EDA",), "S", _peripheral),
    "personality": Modality(0.0, TRAITS, "1", _personality),
}

"""Recipe: everything that decides the numbers of a made-up dataset, and the draws that follow from it."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from jaxtyping import Float

CLASSES = ("neutral", "happiness", "anger", "sadness", "fear", "disgust", "surprise")
VERSION = 1
"""Part of every draw: other numbers for the same options must have another version."""
RATERS = 5
AGREEMENT = 0.7
"""Probability that a rater names the true class."""

Purpose = Literal[
    "order", "pattern", "personal", "person", "trial", "eeg", "eda", "arousal", "raters", "missing", "traits"
]
PURPOSES = ("order", "pattern", "personal", "person", "trial", "eeg", "eda", "arousal", "raters", "missing", "traits")


@dataclass(frozen=True)
class Recipe:
    """The options of a made-up dataset (see :class:`insula_synthetic.dataset.Synthetic`), and what is drawn from them.

    Every draw is a function of (seed, purpose, subject, trial), so that no order of reading can change a number.
    """

    subjects: int
    trials: int
    seconds: float
    classes: int
    effect: float
    trial_offset: float
    subject_offset: float
    stimuli: int
    rho: float
    missing: float
    seed: int

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """The classes."""
        return CLASSES[: self.classes]

    def rng(self, purpose: Purpose, *which: int) -> np.random.Generator:
        """Return the source of the draws for one purpose, of one subject and trial where those are given."""
        return np.random.default_rng((VERSION, self.seed, PURPOSES.index(purpose), *which))

    def condition(self, subject: int, trial: int) -> tuple[int, int]:
        """Return class and stimulus of a trial: the two are crossed, and come in an order of the subject's own."""
        place = int(order(self.seed, self.trials, subject)[trial])
        return place % self.classes, place // self.classes % self.stimuli

    def arousal(self, subject: int, trial: int) -> float:
        """Return a trial's arousal: mean 0, variance about 1, correlated with the class by ``effect``."""
        label, _ = self.condition(subject, trial)
        level = np.linspace(-1.5, 1.5, self.classes)[label]
        noise = self.rng("arousal", subject, trial).standard_normal()
        return float((self.effect * level + noise) / np.hypot(1.0, self.effect))

    def arousal_trace(self, subject: int, trial: int, sfreq: float) -> Float[np.ndarray, " time"]:
        """Return arousal over time: a slow wave around the trial's own."""
        time = np.arange(round(self.seconds * sfreq)) / sfreq
        rng = self.rng("trial", subject, trial)
        period, phase = rng.uniform(0.5, 1.0) * self.seconds, rng.uniform(0, 2 * np.pi)
        return self.arousal(subject, trial) + 0.5 * np.sin(2 * np.pi * time / period + phase)

    def raters(self, subject: int, trial: int) -> dict[str, float]:
        """Return the share of the raters' votes that every class got."""
        label, _ = self.condition(subject, trial)
        chances = np.full(self.classes, (1 - AGREEMENT) / (self.classes - 1))
        chances[label] = AGREEMENT
        votes = self.rng("raters", subject, trial).multinomial(RATERS, chances)
        return {name: float(count) / RATERS for name, count in zip(self.class_names, votes, strict=True)}

    def lacks_peripheral(self, subject: int, trial: int) -> bool:
        """Whether a trial has no peripheral recording."""
        return bool(self.rng("missing", subject, trial).random() < self.missing)

    def traits(self, subject: int) -> Float[np.ndarray, " traits"]:
        """Return a subject's personality on scales from 1 to 5, which has nothing to do with the classes."""
        return self.rng("traits", subject).normal(3.0, 0.8, 5).clip(1.0, 5.0)


@lru_cache(maxsize=4096)
def order(seed: int, trials: int, subject: int) -> np.ndarray:
    """Return a subject's order of trials."""
    return np.random.default_rng((VERSION, seed, PURPOSES.index("order"), subject)).permutation(trials)

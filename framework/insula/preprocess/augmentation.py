"""Augmentation: a random change of a training window."""

from abc import ABC, abstractmethod

import numpy as np

from insula.types import Signal


class Augmentation(ABC):
    """A random change that keeps the label; the framework calls it on training windows only."""

    @abstractmethod
    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        """Return a changed copy; every draw comes from ``rng``, which is a function of (seed, fold, epoch, row)."""

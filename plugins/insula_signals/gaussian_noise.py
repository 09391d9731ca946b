"""GaussianNoise: white noise on a training window."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Augmentation, Signal


class GaussianNoise(Augmentation):
    """Adds white Gaussian noise to every channel, in proportion to how much the channel varies within the window.

    Parameters
    ----------
    std
        Standard deviation of the noise, relative to that of the channel; a constant channel stays as it is.
    """

    def __init__(self, *, std: Annotated[float, Field(ge=0)] = 0.1) -> None:
        self.std = std

    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        """Return a noisy copy; undefined samples stay undefined."""
        defined = signal.defined
        count = np.maximum(defined.sum(axis=1, keepdims=True), 1)
        known = np.where(defined, signal.data, 0.0).astype(np.float64)
        deviations = np.where(defined, known - known.sum(axis=1, keepdims=True) / count, 0.0)
        spread = np.sqrt((deviations**2).sum(axis=1, keepdims=True) / count)
        noise = rng.standard_normal(signal.data.shape, dtype=np.float32)
        return signal.with_data(signal.data + self.std * spread * noise)

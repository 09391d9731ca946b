"""GaussianNoise: white noise on a training window."""

from typing import Annotated

import numpy as np
from jaxtyping import Float
from pydantic import Field

from insula import Augmentation, Signal


class GaussianNoise(Augmentation):
    """Adds white Gaussian noise to every channel; undefined samples stay undefined.

    Parameters
    ----------
    std
        Standard deviation of the noise.
    relative
        Whether ``std`` counts in the channel's own standard deviation within the window, so that a constant channel
        stays as it is. False: in the channel's unit (Faldu, Parikh & Kumar add 0.005 to sound in [-1, 1]).
    """

    def __init__(self, *, std: Annotated[float, Field(ge=0)] = 0.1, relative: bool = True) -> None:
        self.std, self.relative = std, relative

    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        """Return a noisy copy."""
        scale = self.std * _spread(signal) if self.relative else self.std
        noise = rng.standard_normal(signal.data.shape, dtype=np.float32)
        return signal.with_data(signal.data + scale * noise)


def _spread(signal: Signal) -> Float[np.ndarray, "channels 1"]:
    """Return the standard deviation of the defined samples, per channel."""
    defined = signal.defined
    count = np.maximum(defined.sum(axis=1, keepdims=True), 1)
    known = np.where(defined, signal.data, 0.0).astype(np.float64)
    deviations = np.where(defined, known - known.sum(axis=1, keepdims=True) / count, 0.0)
    return np.sqrt((deviations**2).sum(axis=1, keepdims=True) / count)

"""The scalp: where the 14 electrodes are, and how far what happens at one is seen at the others."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float

POSITIONS = {
    "AF3": (-0.34, 0.91, 0.24),
    "F7": (-0.77, 0.64, -0.08),
    "F3": (-0.52, 0.71, 0.47),
    "FC5": (-0.87, 0.39, 0.31),
    "T7": (-1.0, 0.01, -0.07),
    "P7": (-0.79, -0.61, 0.01),
    "O1": (-0.3, -0.95, 0.12),
    "O2": (0.29, -0.95, 0.12),
    "P8": (0.79, -0.62, 0.01),
    "T8": (1.0, 0.02, -0.07),
    "FC6": (0.86, 0.4, 0.31),
    "F4": (0.52, 0.72, 0.45),
    "F8": (0.76, 0.64, -0.09),
    "AF4": (0.34, 0.91, 0.25),
}
"""Directions from the head's centre (right, front, up), from MNE's montage ``standard_1020``; the channels in the
order of the EPOC X."""
CHANNELS = tuple(POSITIONS)
SPREAD = 0.6
"""Radians; the width of the blur that the skull makes."""


@lru_cache(maxsize=4)
def blurring(spread: float = SPREAD) -> Float[np.ndarray, "electrodes sources"]:
    """Return how sources under the electrodes are mixed by volume conduction, or by a wider blur; every electrode sees
    variance 1 in all.
    """
    places = np.array(list(POSITIONS.values()))
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    angles = np.arccos(np.clip(places @ places.T, -1, 1))
    mixing = np.exp(-(angles**2) / (2 * spread**2))
    return mixing / np.linalg.norm(mixing, axis=1, keepdims=True)


def weights(values: dict[str, float]) -> Float[np.ndarray, "electrodes 1"]:
    """Return a column with the given weights, 0 at electrodes that aren't named."""
    return np.array([[values.get(name, 0.0)] for name in CHANNELS])

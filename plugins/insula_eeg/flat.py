"""Flat: which channels carry no signal."""

import numpy as np
from jaxtyping import Bool, Float

SHARE = 1e-3
"""A channel that varies less than this share of the median channel is flat: electrodes differ tenfold, and what a
filter leaves of a constant is rounding, 1e-12 of the others."""


def flat(
    data: Float[np.ndarray, "channels time"], gaps: Bool[np.ndarray, "channels time"]
) -> Bool[np.ndarray, " channels"]:
    """Return which channels vary next to nothing beside the others where they are defined; those never defined, too."""
    count = np.maximum((~gaps).sum(axis=1), 1)
    mean = np.where(gaps, 0.0, data).sum(axis=1) / count
    spread = np.sqrt((np.where(gaps, 0.0, data - mean[:, None]) ** 2).sum(axis=1) / count)
    varying = spread[spread > 0]
    return spread <= SHARE * (np.median(varying) if len(varying) else 0.0)

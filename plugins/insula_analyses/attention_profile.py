"""The profile of attention over a window: how much weight every moment has, whatever the number of steps."""

import numpy as np
from jaxtyping import Bool, Float

EDGE = 1 / 8


def resample(
    weights: Float[np.ndarray, "windows steps"], mask: Bool[np.ndarray, "windows steps"], bins: int
) -> Float[np.ndarray, "windows bins"]:
    """Return the weight of each of ``bins`` equal parts of every window, relative to uniform attention, which is 1.

    Real steps stand before padding, and each fills an equal part of its window; a part gets its share of the steps
    that it overlaps, so that nothing is lost and windows of any length compare.
    """
    steps = mask.sum(axis=1)
    total = np.pad(np.where(mask, weights, 0.0).cumsum(axis=1), ((0, 0), (1, 0)))
    at = steps[:, None] * np.linspace(0, 1, bins + 1)
    before = np.minimum(at.astype(np.int64), mask.shape[1] - 1)
    low, high = (np.take_along_axis(total, where, axis=1) for where in (before, before + 1))
    reached = low + (at - before) * (high - low)
    return np.diff(reached, axis=1) * bins


def edge_share(profile: Float[np.ndarray, " bins"]) -> float:
    """Return the weight in the first and the last eighth relative to uniform attention, which is 1."""
    bins = len(profile)
    centre = np.arange(bins)
    left = np.clip(bins * EDGE - centre, 0, 1)
    return float(profile @ (left + left[::-1]) / (2 * EDGE * bins))


def correlation(one: Float[np.ndarray, " bins"], other: Float[np.ndarray, " bins"]) -> float:
    """Return Pearson's r of two profiles, NaN where one is flat."""
    one, other = one - one.mean(), other - other.mean()
    size = np.linalg.norm(one) * np.linalg.norm(other)
    return float(one @ other / size) if size > 1e-9 * len(one) else float("nan")

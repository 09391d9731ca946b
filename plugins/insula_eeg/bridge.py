"""Bridge: gaps are closed before a filter, which would smear NaN over its whole length, and opened again behind it."""

from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from insula import Signal, SignalError


def bridged(signal: Signal, step: str) -> tuple[Float[np.ndarray, "channels time"], Bool[np.ndarray, "channels time"]]:
    """Return the samples in float64, every gap crossed by a straight line, and where the gaps are.

    A gap is what is undefined or infinite. One at an end repeats its neighbour; a channel that is nothing but a gap
    becomes 0.

    Raises
    ------
    SignalError
        If the signal has no samples at a regular rate.
    """
    if signal.times is not None or not signal.sfreq:
        raise SignalError(f"{step} takes samples at a regular rate; this signal has none: put it before such steps")
    gaps = ~(signal.defined & np.isfinite(signal.data))
    data = np.where(gaps, 0.0, signal.data).astype(np.float64)
    position = np.arange(signal.n_times)
    for channel in np.flatnonzero(gaps.any(axis=1) & ~gaps.all(axis=1)):
        gap = gaps[channel]
        data[channel, gap] = np.interp(position[gap], position[~gap], data[channel, ~gap])
    return data, gaps


def reopened(
    signal: Signal, data: Float[np.ndarray, "channels time"], gaps: Bool[np.ndarray, "channels time"], **changes: Any
) -> Signal:
    """Return a Signal of new samples in which the gaps are undefined again."""
    return signal.with_data(np.where(gaps, np.nan, data), valid=None, **changes)

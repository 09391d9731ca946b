"""Likeness: whether two stretches of signal are one recording, whatever its gain, offset, ends and a little noise."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float

from insula.types import Signal

FLOOR = 0.03
"""Power under which a frequency says little, as a share of the mean: 15 dB above noise of 30 dB."""
ALIKE = 0.8
"""Likeness from which two stretches count as one recording, if they have detail enough."""
_SAME = 0.995  # of what has little detail only an exact copy counts
_CHANCE = 5.0  # how many standard deviations a likeness must lie above chance
_DETAIL = 8.0  # what is smoother (ten seconds of skin conductance, a minute of heart rate) can't be told apart
_LAG = 0.02  # of the length: a copy may have lost, or got, so much at its beginning
_LONGEST = 1 << 17  # samples that are compared at full rate
_SHORTEST = 16


def likeness(one: Signal, other: Signal) -> float:
    """Return how far two stretches of one kind are the same recording, 1 for a copy; 0 where it can't be told.

    The correlation of both after whitening, the largest over small lags and over all channels together: every
    frequency counts the same, unless its power is below :data:`FLOOR` (Knapp and Carter 1976, "The generalized
    correlation method for estimation of time delay", their phase transform, here with a floor). Slow drifts, which make
    any two recordings alike, are a few frequencies of many. By chance it is about 1/√n with n frequencies that count.
    """
    if one.ch_names != other.ch_names or min(one.n_times, other.n_times) < _SHORTEST:
        return 0.0
    longest = max(one.n_times, other.n_times)
    step = -(-longest // _LONGEST)
    lags = int(np.ceil(_LAG * longest / step)) + 1
    size = 1 << int(np.ceil(np.log2(longest / step + lags)))
    a, b = (_whitened(thinned(filled(signal), step), size) for signal in (one, other))
    if a is None or b is None:
        return 0.0
    along = np.fft.irfft((a.bins * np.conj(b.bins)).sum(axis=0), size)
    found = float(max(along[: lags + 1].max(), along[-lags:].max()))
    detail = min(a.detail, b.detail)
    needed = max(ALIKE, min(_SAME, _CHANCE / np.sqrt(detail)))
    return min(found, 1.0) if found >= needed and detail >= _DETAIL else 0.0


def filled(signal: Signal) -> Float[np.ndarray, "channels time"]:
    """Return the samples of a stretch with every channel's mean taken away, 0 where they aren't defined."""
    known = signal.defined
    data = np.where(known, signal.data, 0.0).astype(np.float64)
    mean = data.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    return np.where(known, data - mean, 0.0)


def thinned(data: Float[np.ndarray, "channels time"], step: int) -> Float[np.ndarray, "channels fewer"]:
    """Take every so many samples, after a smooth low-pass: it mustn't matter at which sample one begins."""
    if step == 1:
        return data
    from scipy.ndimage import uniform_filter1d

    for _ in range(3):
        data = uniform_filter1d(data, step, axis=1)
    return data[:, ::step]


def tapered(data: Float[np.ndarray, "channels time"]) -> Float[np.ndarray, "channels time"]:
    """Take a straight line away and fade both ends in, so that they have no frequencies of their own."""
    time = np.linspace(-1, 1, data.shape[1])
    data = data - data.mean(axis=1, keepdims=True)
    data = data - (data @ time / (time @ time))[:, None] * time
    return data * np.hanning(data.shape[1] + 2)[1:-1]


@dataclass(frozen=True, eq=False)
class _Whitened:
    bins: Complex[np.ndarray, "channels bins"]
    detail: float
    """How many frequencies count, or moments, if they are fewer: one spike has all frequencies."""


def _whitened(data: Float[np.ndarray, "channels time"], size: int) -> _Whitened | None:
    scale = np.abs(data).max(axis=1, keepdims=True, initial=0.0)
    bins = np.fft.rfft(tapered(data / np.where(scale > 0, scale, 1.0)), size)
    power = np.abs(bins) ** 2
    mean = power.mean(axis=1, keepdims=True)
    if mean.max() < 1e-12:  # a straight line
        return None
    bins = np.where(mean > 1e-12, bins / np.sqrt(power + FLOOR * np.maximum(mean, 1e-12)), 0.0)
    weight = np.full(bins.shape[1], 2.0)
    weight[[0, -1]] = 1.0  # the others stand for their negative frequencies, too
    energy = np.abs(bins) ** 2 * weight
    # channels of one cap are alike: they count once; and padding has made more bins than a stretch has frequencies
    frequencies = _counting(energy.max(axis=0)) * data.shape[1] / size
    moments = 3 * _counting((np.fft.irfft(bins, size) ** 2).max(axis=0))  # Gaussian noise has a third of its length
    return _Whitened(bins * np.sqrt(size / energy.sum()), min(frequencies, moments))


def _counting(energy: Float[np.ndarray, " parts"]) -> float:
    """Return how many parts there are, small ones counted less."""
    return float(energy.sum() ** 2 / (energy**2).sum())

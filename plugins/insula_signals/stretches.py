"""Stretches: a signal cut into pieces that are judged one by one."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float

from insula import Signal

STUCK = 3
"""Samples in a row at an extreme value, from which on it is more than a rounded peak."""


@dataclass(frozen=True, eq=False)
class Stretches:
    """Pieces of equal length, one behind the other; the last one ends where the signal ends.

    Parameters
    ----------
    data
        Samples, ``(channels, stretches, size)``.
    used
        Which of them are defined.
    sfreq
        Sampling rate in Hz.
    n_times
        Samples of the whole signal.
    """

    data: Float[np.ndarray, "channels stretches size"]
    used: Bool[np.ndarray, "channels stretches size"]
    sfreq: float
    n_times: int

    @classmethod
    def of(cls, signal: Signal, used: Bool[np.ndarray, "channels time"], seconds: float) -> "Stretches":
        """Cut a signal; one shorter than a stretch is one stretch."""
        size = min(max(round(seconds * signal.sfreq), 1), signal.n_times)
        starts = np.arange(0, signal.n_times - size + 1, size)
        if signal.n_times % size:
            starts = np.append(starts, signal.n_times - size)
        data, mask = (
            np.lib.stride_tricks.sliding_window_view(array, size, axis=1)[:, starts] for array in (signal.data, used)
        )
        return cls(data, mask, signal.sfreq, signal.n_times)

    def spread(self, verdict: Bool[np.ndarray, "channels stretches"]) -> Bool[np.ndarray, "channels time"]:
        """Return every sample's verdict: that of its stretch, and of the first one where the last two overlap."""
        size = self.data.shape[2]
        whole, rest = divmod(self.n_times, size)
        return np.concatenate(
            [np.repeat(verdict[:, :whole], size, axis=1), np.repeat(verdict[:, whole:], rest, axis=1)], axis=1
        )

    @cached_property
    def highest(self) -> Float[np.ndarray, "channels stretches"]:
        """Highest value; minus infinity where nothing is defined."""
        return np.where(self.used, self.data, -np.inf).max(axis=2)

    @cached_property
    def lowest(self) -> Float[np.ndarray, "channels stretches"]:
        """Lowest value; infinity where nothing is defined."""
        return np.where(self.used, self.data, np.inf).min(axis=2)

    @cached_property
    def variation(self) -> Float[np.ndarray, "channels stretches"]:
        """Highest minus lowest value; infinity where there are no two samples to compare."""
        return np.where(self.used.sum(axis=2) > 1, self.highest - self.lowest, np.inf)

    def stuck(self) -> Float[np.ndarray, "channels stretches"]:
        """Return the share of the defined samples that stay at the highest or the lowest value, three in a row."""
        share = np.zeros(self.highest.shape)
        for extreme in (self.highest, self.lowest):
            at = self.used & (self.data == extreme[..., None])
            share += _in_runs(at).sum(axis=2) / np.maximum(self.used.sum(axis=2), 1)
        return share

    def outside(self, band: tuple[float, float]) -> Float[np.ndarray, "channels stretches"]:
        """Return the share of power outside a band, the mean apart; 0 where there is no power, or half is undefined."""
        size = self.data.shape[2]
        filled = _filled(self.data, self.used)
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
        power = np.abs(np.fft.rfft((filled - filled.mean(axis=2, keepdims=True)) * window, axis=2)) ** 2
        frequency = np.fft.rfftfreq(size, 1 / self.sfreq)
        out = ((frequency < band[0]) | (frequency > band[1])) & (frequency > 0)
        total = power[..., 1:].sum(axis=2)
        judged = (self.highest > self.lowest) & (self.used.mean(axis=2) > 0.5) & (total > 0)
        return np.divide(power[..., out].sum(axis=2), total, out=np.zeros_like(total), where=judged)


def _in_runs(at: Bool[np.ndarray, "channels stretches size"]) -> Bool[np.ndarray, "channels stretches size"]:
    """Return which samples belong to a run of at least ``STUCK``."""
    member = np.zeros_like(at)
    reach = at.shape[2] - STUCK + 1
    if reach > 0:
        begins = np.all([at[..., k : k + reach] for k in range(STUCK)], axis=0)
        for k in range(STUCK):
            member[..., k : k + reach] |= begins
    return member


def _filled(
    data: Float[np.ndarray, "channels stretches size"], used: Bool[np.ndarray, "channels stretches size"]
) -> Float[np.ndarray, "channels stretches size"]:
    """Interpolate what is undefined, within each stretch."""
    filled = np.where(used, data, 0.0).astype(np.float64)
    for place in zip(*np.nonzero(used.any(axis=2) & ~used.all(axis=2)), strict=True):
        known = np.flatnonzero(used[place])
        filled[place] = np.interp(np.arange(data.shape[2]), known, data[place][known])
    return filled

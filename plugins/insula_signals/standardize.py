"""Standardize: z-scores with learnt means and standard deviations."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from insula import DataError, Preprocessor, Signal, SignalError, Transform

ROUNDING = 1e-10
"""A standard deviation below this share of the mean is rounding, not variation."""


@dataclass(frozen=True, eq=False)
class Standardized(Transform):
    """Subtracts ``mean`` and divides by ``std``, per channel; a channel that never varied becomes 0.

    Parameters
    ----------
    mean
        Mean per channel, in the channel's unit.
    std
        Standard deviation per channel; 0 where the channel was constant.
    """

    mean: Float[np.ndarray, " channels"]
    std: Float[np.ndarray, " channels"]

    def __call__(self, signal: Signal) -> Signal:
        """Return z-scores, whose unit is 1; undefined samples stay undefined.

        Raises
        ------
        SignalError
            If the signal has another number of channels than those it was fitted on.
        """
        if len(signal.data) != len(self.mean):
            raise SignalError(
                f"standardize was fitted on {len(self.mean)} channels; this signal has {len(signal.data)}"
            )
        scale = np.divide(1.0, self.std, out=np.zeros_like(self.std), where=self.std > 0)
        return signal.with_data((signal.data - self.mean[:, None]) * scale[:, None], units=("1",) * len(self.mean))


class Standardize(Preprocessor):
    """Gives every channel mean 0 and standard deviation 1 over the signals it is fitted on.

    Undefined samples are ignored. The signals are seen once and never held together: counts, means and sums of squared
    deviations are merged signal by signal in float64 (Chan, Golub & LeVeque 1983, The American Statistician 37, eq.
    2.1).
    """

    def fit(self, signals: Iterable[Signal]) -> Standardized:
        """Learn mean and (population) standard deviation per channel.

        Raises
        ------
        DataError
            If there is no signal to learn from.
        SignalError
            If the signals differ in their number of channels.
        """
        total: Moments | None = None
        for signal in signals:
            some = Moments.of(signal)
            total = some if total is None else total.merged(some)
        if total is None:
            raise DataError("standardize got no signals to learn from")
        std = np.sqrt(total.squares / np.maximum(total.count, 1))
        return Standardized(total.mean, np.where(std > ROUNDING * np.abs(total.mean), std, 0.0))


@dataclass(frozen=True, eq=False)
class Moments:
    """Number, mean and sum of squared deviations of the defined samples, per channel."""

    count: Float[np.ndarray, " channels"]
    mean: Float[np.ndarray, " channels"]
    squares: Float[np.ndarray, " channels"]

    @classmethod
    def of(cls, signal: Signal) -> "Moments":
        """Take the moments of one signal, in two passes over its samples."""
        used = signal.defined & np.isfinite(signal.data)
        data = np.where(used, signal.data, 0.0).astype(np.float64)
        count = used.sum(axis=1, dtype=np.float64)
        mean = data.sum(axis=1) / np.maximum(count, 1)
        deviations = np.where(used, data - mean[:, None], 0.0)
        return cls(count, mean, (deviations**2).sum(axis=1))

    def merged(self, other: "Moments") -> "Moments":
        """Return the moments of both together."""
        if len(self.mean) != len(other.mean):
            raise SignalError(
                f"standardize needs signals with the same channels; it got {len(self.mean)} and {len(other.mean)}"
            )
        count = self.count + other.count
        share = other.count / np.maximum(count, 1)
        apart = other.mean - self.mean
        return Moments(count, self.mean + apart * share, self.squares + other.squares + apart**2 * self.count * share)

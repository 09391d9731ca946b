"""WindowFeatures: what the feature steps of this plugin have in common."""

from abc import abstractmethod
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from insula import Signal, SignalError, Transform


class WindowFeatures(Transform):
    """Base of the steps that turn one channel of a window, with its context behind, into a static vector of features.

    Parameters
    ----------
    context_min
        Seconds; of anything shorter all features are undefined.
    gap
        Seconds that may be undefined in a row and are interpolated.
    """

    def __init__(self, context_min: float, gap: float) -> None:
        self.context_min, self.gap = context_min, gap

    @abstractmethod
    def units(self, unit: str) -> dict[str, str]:
        """Return the features' names, in order, each with its unit; ``unit`` is the signal's."""

    @abstractmethod
    def features(self, x: Float[np.ndarray, " time"], sfreq: float) -> Mapping[str, float]:
        """Return features of one or more samples without a gap; one that is left out or NaN is undefined."""

    def __call__(self, signal: Signal) -> Signal:
        """Return the features as one column; all undefined where there is nothing, or too little, to judge.

        Raises
        ------
        SignalError
            If the signal isn't one regularly sampled channel.
        """
        if len(signal.data) != 1:
            raise SignalError(f"these features are of one channel; this signal has {len(signal.data)}")
        if signal.static or signal.times is not None:
            raise SignalError("these features need a regularly sampled signal; this one has no sampling rate")
        x = latest(signal, self.gap)
        enough = len(x) and len(x) + 0.5 >= self.context_min * signal.sfreq
        found = self.features(x, signal.sfreq) if enough else {}
        units = self.units(signal.units[0])
        column = np.array([[found.get(name, np.nan)] for name in units])
        return signal.with_data(column, sfreq=0.0, ch_names=tuple(units), units=tuple(units.values()), valid=None)


def latest(signal: Signal, gap: float) -> Float[np.ndarray, " time"]:
    """Return the last stretch of the first channel that has no undefined part longer than ``gap`` seconds.

    What is shorter is interpolated; at the signal's two ends it is dropped. Of a signal that ends in a longer gap
    nothing is left: its features would be of the past.
    """
    data = signal.data[0].astype(np.float64)
    known = np.flatnonzero(signal.defined[0] & np.isfinite(data))
    longest = int(gap * signal.sfreq + 1e-6)
    if not len(known) or signal.n_times - 1 - known[-1] > longest:
        return np.empty(0)
    breaks = np.flatnonzero(np.diff(known) - 1 > longest)
    taken = known[breaks[-1] + 1 :] if len(breaks) else known
    return np.interp(np.arange(taken[0], taken[-1] + 1), taken, data[taken])

"""Excerpt: one channel of a signal over its first seconds."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from insula import Signal

SCALED = {"V": ("µV", 1e6), "S": ("µS", 1e6), "1": ("", 1.0), "degC": ("°C", 1.0)}
"""How units are shown: bio-signals are small numbers of SI units."""
POINTS, LEAST, SPAN = 1200, 16, 2.0
"""Points of a line on a page; samples that a spectrum needs; seconds of its windows."""


@dataclass(frozen=True, eq=False)
class Excerpt:
    """The first seconds of one channel after a step.

    Parameters
    ----------
    step
        The step that it was taken after.
    channel
        Its channel there.
    renamed
        Whether that isn't the channel asked for.
    seconds
        Time of every sample.
    values
        The samples in ``unit``; NaN where undefined.
    sfreq
        Sampling rate in Hz; 0 where sampling is irregular.
    unit
        The unit that is shown; empty for a number without one.
    """

    step: str
    channel: str
    renamed: bool
    seconds: Float[np.ndarray, " time"]
    values: Float[np.ndarray, " time"]
    sfreq: float
    unit: str

    @classmethod
    def of(cls, step: str, signal: Signal, channel: str, seconds: float) -> "Excerpt":
        """Cut it from a signal that has a time axis."""
        row = signal.ch_names.index(channel) if channel in signal.ch_names else 0
        times = signal.times if signal.times is not None else signal.t0 + np.arange(signal.n_times) / signal.sfreq
        start = times[0] if len(times) else 0.0
        inside = times < start + seconds - 1e-9
        unit, factor = SCALED.get(signal.units[row], (signal.units[row], 1.0))
        defined = signal.defined[row, inside] & np.isfinite(signal.data[row, inside])
        values = np.where(defined, signal.data[row, inside].astype(np.float64) * factor, np.nan)
        name = signal.ch_names[row]
        return cls(step, name, name != channel, times[inside].astype(np.float64), values, signal.sfreq, unit)

    @property
    def rate(self) -> str:
        """The sampling rate in words."""
        return f"{self.sfreq:g} Hz" if self.sfreq else "irregular"

    @property
    def title(self) -> str:
        """What stands above it."""
        return f"{self.step} ({self.channel})" if self.renamed else self.step

    @property
    def summary(self) -> tuple[str, str, str]:
        """Mean, standard deviation and undefined share, as text."""
        known = self.values[np.isfinite(self.values)]
        undefined = f"{1 - len(known) / max(len(self.values), 1):.1%}"
        return (f"{known.mean():.4g}", f"{known.std():.4g}", undefined) if len(known) else ("–", "–", undefined)

    def spectrum(self) -> tuple[Float[np.ndarray, " bins"], Float[np.ndarray, " bins"], str]:
        """Return frequencies in Hz, power per Hz of the longest stretch without a gap, and why there is none."""
        from scipy.signal import welch

        values, nothing = self._unbroken(), np.zeros(0)
        if not self.sfreq:
            return nothing, nothing, "irregular sampling:\nno spectrum"
        if len(values) < LEAST:
            return nothing, nothing, f"under {LEAST} samples\nwithout a gap: no spectrum"
        frequency, power = welch(values, self.sfreq, nperseg=min(round(SPAN * self.sfreq), len(values)))
        some = (power > 0) & (frequency > 0)
        return (frequency[some], power[some], "") if some.any() else (nothing, nothing, "flat: no power")

    def _unbroken(self) -> Float[np.ndarray, " time"]:
        """Return the longest run of defined samples."""
        known = np.isfinite(self.values)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
        starts, stops = edges[::2], edges[1::2]
        if not len(starts):
            return self.values[:0]
        longest = int((stops - starts).argmax())
        return self.values[starts[longest] : stops[longest]]


def thinned(
    x: Float[np.ndarray, " samples"], y: Float[np.ndarray, " samples"]
) -> tuple[Float[np.ndarray, " points"], Float[np.ndarray, " points"]]:
    """Return a line as it is, or, of more samples than a page shows, the least and greatest of short stretches."""
    step = -(-2 * len(y) // POINTS)
    if step <= 2:
        return x, y
    whole = len(y) // step * step
    parts = y[:whole].reshape(-1, step)
    ends = np.stack([np.fmin.reduce(parts, axis=1), np.fmax.reduce(parts, axis=1)], axis=1)
    return x[:whole].reshape(-1, step)[:, [0, step // 2]].ravel(), ends.ravel()

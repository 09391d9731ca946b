"""Window: what features are computed from, and how they are given back."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from insula import Signal, SignalError


def readable(signal: Signal, step: str) -> tuple[Float[np.ndarray, "channels time"], Bool[np.ndarray, " channels"]]:
    """Return a window's samples in float64, and which channels can be read: defined throughout, and not constant.

    Channels that can't be read are 0.

    Raises
    ------
    SignalError
        If the window has no samples at a regular rate.
    """
    if signal.times is not None or not signal.sfreq or not signal.n_times:
        raise SignalError(f"{step} takes a window of samples at a regular rate; this signal has none")
    known = np.all(signal.defined & np.isfinite(signal.data), axis=1)
    data = np.where(known[:, None], signal.data, 0.0).astype(np.float64)
    return data, known & (np.ptp(data, axis=1) > 0)


def features(
    signal: Signal, values: Float[np.ndarray, "channels features"], names: Sequence[str], units: Sequence[str]
) -> Signal:
    """Return a window's features as a static Signal: those of the first channel, of the second, …

    Infinite ones become NaN.
    """
    finite = np.where(np.isfinite(values), values, np.nan)
    return Signal.of(finite.reshape(-1, 1), 0.0, names, units, t0=signal.t0, notes=signal.notes)


def named(signal: Signal, *parts: Sequence[str]) -> list[str]:
    """Return a name per channel and feature: ``AF3.delta``, ``AF3.theta``, …; more parts vary faster."""
    names = list(signal.ch_names)
    for part in parts:
        names = [f"{name}.{more}" for name in names for more in part]
    return names


def power_unit(unit: str) -> str:
    """Return the unit of a power density: V²/Hz of volts; what has no unit keeps none."""
    return "1" if unit == "1" else f"{unit}^2/Hz"

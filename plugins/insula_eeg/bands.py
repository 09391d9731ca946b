"""Bands: named ranges of frequency."""

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from jaxtyping import Bool
from pydantic import Field

from insula import ConfigError, Signal, SignalError

Edges = tuple[float, float]
Bands = Annotated[Mapping[str, Edges], Field(min_length=1)]
"""Name of a band to its lowest and highest frequency in Hz."""

BANDS: Mapping[str, Edges] = {
    "delta": (1.0, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 13.0),
    "beta": (13.0, 30.0),
    "gamma": (30.0, 45.0),
}
"""The five bands of arXiv:2602.06997."""


def checked(bands: Mapping[str, Edges]) -> tuple[Edges, ...]:
    """Return the edges of all bands.

    Raises
    ------
    ConfigError
        If a band doesn't begin above 0 Hz and end above its beginning.
    """
    for name, (low, high) in bands.items():
        if not 0 < low < high:
            raise ConfigError(f"the band {name!r} goes from {low:g} to {high:g} Hz; type 0 < lowest < highest")
    return tuple((float(low), float(high)) for low, high in bands.values())


def check_rate(bands: Mapping[str, Edges], signal: Signal) -> None:
    """Refuse a signal that can't hold a band.

    Raises
    ------
    SignalError
        If a band reaches half the sampling rate.
    """
    for name, (low, high) in bands.items():
        if high >= signal.sfreq / 2:
            raise SignalError(
                f"the band {name!r} ({low:g}–{high:g} Hz) needs a sampling rate above {2 * high:g} Hz; this signal has "
                f"{signal.sfreq:g} Hz"
            )


def fitting(edges: tuple[Edges, ...], seconds: float) -> Bool[np.ndarray, " bands"]:
    """Return which bands a stretch is long enough for: a cycle of its lowest frequency fits in."""
    return np.array([low * seconds >= 1 - 1e-9 for low, _ in edges])

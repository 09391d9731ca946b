"""Sound: what features and augmentations of speech take, and what they refuse."""

import numpy as np
from jaxtyping import Float

from insula import Signal, SignalError

LOWEST = 8000.0
"""Hz; what sounds slower than this isn't taken for speech. Reaches in seconds are stated for this rate: at a higher one
they are shorter."""


def samples_of(signal: Signal, who: str) -> Float[np.ndarray, " time"]:
    """Return the samples of one channel of sound; ``who`` asks for them.

    Raises
    ------
    SignalError
        If the signal isn't one channel of sound, has no samples, or has undefined ones.
    """
    if len(signal.data) != 1:
        raise SignalError(f"{who} takes one channel of sound; this signal has {len(signal.data)}")
    if signal.times is not None or signal.sfreq < LOWEST:
        raise SignalError(
            f"{who} takes sound of at least {LOWEST:g} Hz at a regular rate; this has {signal.sfreq:g} Hz"
        )
    if not signal.n_times:
        raise SignalError(f"{who} takes sound; this signal has no samples")
    if undefined := int((~(signal.defined & np.isfinite(signal.data))).sum()):
        raise SignalError(f"{who} takes sound without gaps; {undefined} of {signal.n_times} samples are undefined")
    return signal.data[0]


def fixed(sound: Float[np.ndarray, " time"], size: int) -> Float[np.ndarray, " size"]:
    """Return sound of so many samples: cut, or filled with silence at its end."""
    return np.pad(sound[:size], (0, max(size - len(sound), 0)))

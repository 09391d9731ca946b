"""Material: the samples that ICA is fitted on."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from insula import DataError, Signal, SignalError
from insula_eeg.bridge import bridged
from insula_eeg.flat import flat

SAMPLES_PER_WEIGHT = 5
"""Samples that every weight of the unmixing matrix needs at least; 20 are better (Onton et al. 2006, Neurosci.
Biobehav. Rev. 30)."""
DEFINED = 0.5
"""Share of its samples that a channel must have to take part: where one has none, the others' are left out too."""
LOWEST_RATE = 21.0
"""Hz; MNE compares components and eye channels between 1 and 10 Hz."""


@dataclass(frozen=True, eq=False)
class Material:
    """Samples at which all channels that take part are defined.

    Parameters
    ----------
    ch_names
        All channels, in order.
    sfreq
        Sampling rate in Hz.
    used
        Which of them take part.
    data
        Their samples, of all signals one behind the other.
    """

    ch_names: tuple[str, ...]
    sfreq: float
    used: Bool[np.ndarray, " channels"]
    data: Float[np.ndarray, "used time"]

    @classmethod
    def of(cls, signals: Iterable[Signal]) -> "Material":
        """Join signals, without flat channels, those mostly undefined, and moments at which one is undefined.

        Raises
        ------
        DataError
            If there is no signal.
        SignalError
            If the signals differ in channels or rate, or too little is left of them.
        """
        several = list(signals)
        if not several:
            raise DataError("ica got no signals to learn from")
        first = several[0]
        for signal in several:
            _check_same(first, signal)
        parts = [bridged(signal, "ica") for signal in several]
        data, gaps = (np.concatenate(arrays, axis=1) for arrays in zip(*parts, strict=True))
        used = ~flat(data, gaps) & (gaps.mean(axis=1) <= DEFINED)
        material = cls(first.ch_names, first.sfreq, used, data[used][:, ~gaps[used].any(axis=0)])
        material._check_enough()
        return material

    @property
    def names(self) -> list[str]:
        """The channels that take part."""
        return [name for name, used in zip(self.ch_names, self.used, strict=True) if used]

    def _check_enough(self) -> None:
        count, length = self.data.shape
        if count < 2:
            raise SignalError(f"ica needs two channels with a signal; {count} of {len(self.ch_names)} have one")
        if self.sfreq <= LOWEST_RATE:
            raise SignalError(f"ica needs a sampling rate above {LOWEST_RATE:g} Hz; this signal has {self.sfreq:g} Hz")
        needed = SAMPLES_PER_WEIGHT * count**2
        if length < needed:
            raise SignalError(
                f"ica on {count} channels needs {needed / self.sfreq:.1f} s in which all of them are defined; there "
                f"are {length / self.sfreq:.1f} s: leave the recording out, or type fit: subject"
            )


def _check_same(first: Signal, signal: Signal) -> None:
    if (signal.ch_names, signal.sfreq) != (first.ch_names, first.sfreq):
        raise SignalError(
            f"ica needs signals with the same channels and rate; it got {', '.join(first.ch_names)} at "
            f"{first.sfreq:g} Hz and {', '.join(signal.ch_names)} at {signal.sfreq:g} Hz"
        )

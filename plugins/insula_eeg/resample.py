"""Resample: fewer samples per second."""

from fractions import Fraction
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Bool, Float
from pydantic import Field

from insula import Signal, SignalError, Transform
from insula_eeg.bridge import bridged, reopened

NEIGHBOURS = 10
"""Samples of the lower rate that SciPy's polyphase filter takes from each side."""
LARGEST = 1000
"""Denominator up to which two rates are in a simple ratio."""
ROUNDING = 1e-6
"""Samples by which a time may miss a sample's beginning."""


class Resample(Transform):
    """Brings a signal to another sampling rate; frequencies that the new rate can't hold are filtered out.

    ``polyphase`` is SciPy's ``resample_poly`` (Kaiser window, β = 5, ends reflected), which looks 10 samples of the new
    rate to each side: it lowers a rate, by a simple ratio. ``fft`` is what MNE's ``raw.resample`` does by default: any
    ratio, up or down, but every sample depends on the whole recording, so the reach is infinite. An output sample is
    undefined where an input sample is that lasts or begins between its time and the next one's.

    Parameters
    ----------
    sfreq
        The new sampling rate in Hz.
    method
        ``polyphase``, or ``fft``.
    """

    def __init__(
        self,
        *,
        sfreq: Annotated[float, Field(gt=0)] = 128.0,
        method: Literal["polyphase", "fft"] = "polyphase",
    ) -> None:
        self.sfreq, self.method = sfreq, method
        seconds = NEIGHBOURS / sfreq if method == "polyphase" else float("inf")
        self.reach = seconds, seconds

    def __call__(self, signal: Signal) -> Signal:
        """Return the signal at the new rate, in the same unit; ``t0`` is kept.

        Raises
        ------
        SignalError
            If the signal is irregular or too short, or ``polyphase`` would have to raise the rate or finds no simple
            ratio.
        """
        data, gaps = bridged(signal, "resample")
        if signal.sfreq == self.sfreq:
            return signal
        if round(signal.duration * self.sfreq) < 1:
            raise SignalError(f"resample: a signal of {signal.duration:.4f} s has no sample at {self.sfreq:g} Hz")
        new = self._polyphase(data, signal.sfreq) if self.method == "polyphase" else self._fft(data, signal.sfreq)
        return reopened(signal, new, _thinned(gaps, new.shape[1], self.sfreq / signal.sfreq), sfreq=self.sfreq)

    def _polyphase(
        self, data: Float[np.ndarray, "channels time"], sfreq: float
    ) -> Float[np.ndarray, "channels new_time"]:
        from scipy.signal import resample_poly

        ratio = Fraction(self.sfreq / sfreq).limit_denominator(LARGEST)
        if ratio >= 1 or abs(float(ratio) * sfreq / self.sfreq - 1) > 1e-9:
            raise SignalError(
                f"resample lowers a rate by a simple ratio; from {sfreq:g} Hz to {self.sfreq:g} Hz type method: fft"
            )
        return resample_poly(data, ratio.numerator, ratio.denominator, axis=1, padtype="reflect")

    def _fft(self, data: Float[np.ndarray, "channels time"], sfreq: float) -> Float[np.ndarray, "channels new_time"]:
        import mne

        return mne.filter.resample(
            data,
            up=self.sfreq,
            down=sfreq,
            npad="auto",  # pyright: ignore[reportArgumentType]
            verbose="ERROR",
        )


def _thinned(gaps: Bool[np.ndarray, "channels time"], count: int, ratio: float) -> Bool[np.ndarray, "channels new"]:
    """Return which of ``count`` output samples are undefined."""
    begins = np.minimum(np.floor(np.arange(count) / ratio + ROUNDING).astype(int), gaps.shape[1] - 1)
    thinned = gaps[:, begins]
    channel, position = np.nonzero(gaps)
    thinned[channel, np.minimum(np.floor(position * ratio + ROUNDING).astype(int), count - 1)] = True
    return thinned

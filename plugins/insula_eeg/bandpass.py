"""Bandpass: what lies between two frequencies."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import ConfigError, Signal, SignalError, Transform
from insula_eeg.bridge import bridged, reopened
from insula_eeg.fir import check_length, fir_reach

Hertz = Annotated[float, Field(gt=0)]


class Bandpass(Transform):
    """Keeps the frequencies from ``low`` to ``high`` by a zero-phase FIR filter, as MNE's ``raw.filter`` does.

    The filter is MNE's default (``fir_design="firwin"``, Hamming window, applied once and centred; Widmann et al. 2015,
    J. Neurosci. Methods 250): 3.3 divided by its narrowest transition band long, 3.3 s from 1 Hz, of which the reach is
    half. It is -6 dB at ``low`` minus and ``high`` plus half a transition band: 1–45 Hz lets 50 Hz through at -4.5 dB
    and 60 Hz at -59 dB. Ends are extended by reflection. Gaps are crossed by a straight line for the filter and are
    undefined again behind it. A channel that is constant becomes 0, or stays where ``low`` is None.

    Parameters
    ----------
    low
        Lowest frequency kept, in Hz; None: no high-pass.
    high
        Highest frequency kept, in Hz; None: no low-pass.
    low_transition
        Width in Hz of the transition below ``low``; None is MNE's ``min(max(low / 4, 2), low)``.
    high_transition
        Width in Hz of the transition above ``high``; None is MNE's ``max(high / 4, 2)``. It is narrowed where half the
        sampling rate is nearer.
    """

    def __init__(
        self,
        *,
        low: Hertz | None = 1.0,
        high: Hertz | None = 45.0,
        low_transition: Hertz | None = None,
        high_transition: Hertz | None = None,
    ) -> None:
        if low is None and high is None:
            raise ConfigError("bandpass has neither low nor high: type at least one of them, or drop the step")
        if low is not None and high is not None and low >= high:
            raise ConfigError(f"bandpass: low={low:g} Hz isn't below high={high:g} Hz")
        if low is not None and low_transition is not None and low_transition > low:
            raise ConfigError(f"bandpass: low_transition={low_transition:g} Hz is wider than low={low:g} Hz")
        self.low, self.high = low, high
        self.low_transition = low_transition or (min(max(low / 4, 2.0), low) if low else np.inf)
        self.high_transition = high_transition or (max(high / 4, 2.0) if high else np.inf)
        self.narrowest = float(min(self.low_transition if low else np.inf, self.high_transition if high else np.inf))
        self.reach = fir_reach(self.narrowest)

    def __call__(self, signal: Signal) -> Signal:
        """Return the filtered signal, in the same unit.

        Raises
        ------
        SignalError
            If the signal is shorter than the filter, its rate too low for ``high``, or irregular.
        """
        import mne

        data, gaps = bridged(signal, "bandpass")
        high_transition = self._room_above(signal.sfreq)
        check_length(signal, self.narrowest, "bandpass")
        filtered = mne.filter.filter_data(
            data,
            signal.sfreq,
            self.low,
            self.high,
            l_trans_bandwidth=self.low_transition,  # pyright: ignore[reportArgumentType]
            h_trans_bandwidth=high_transition,  # pyright: ignore[reportArgumentType]
            verbose="ERROR",
        )
        # Rounding would be left of a constant, which a later z-score would blow up to a signal.
        constant = np.ptp(data, axis=1, keepdims=True) == 0
        return reopened(signal, np.where(constant, 0.0 if self.low else data, filtered), gaps)

    def _room_above(self, sfreq: float) -> float:
        """Return the width of the upper transition, which ends at half the sampling rate at the latest."""
        if self.high is None:
            return self.high_transition
        room = sfreq / 2 - self.high
        if room < self.narrowest:
            raise SignalError(
                f"bandpass: high={self.high:g} Hz needs a sampling rate of at least "
                f"{2 * (self.high + self.narrowest):g} Hz; this signal has {sfreq:g} Hz: type a lower high, or high: "
                "null"
            )
        return min(self.high_transition, room)

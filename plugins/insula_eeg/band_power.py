"""BandPower: mean power per channel and band."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Signal, Transform
from insula_eeg.bands import BANDS, Bands, check_rate, checked
from insula_eeg.spectrum import band_powers
from insula_eeg.window import features, named, power_unit, readable


class BandPower(Transform):
    """Mean power density of every channel in every band of a window: 14 × 5 = 70 features by default (PSD of
    arXiv:2602.06997, section on features).

    Welch's method with a Hamming window, each segment's mean removed. A bin at the edge of two bands belongs to the
    upper one. Features are called ``AF3.delta, AF3.theta, …``; their unit is V²/Hz of volts, and 1 of z-scores and of
    logarithms. A feature is undefined where its channel has an undefined sample or is constant, where a segment holds
    no cycle of the band's lowest frequency, or the band no bin.

    Parameters
    ----------
    bands
        Lowest and highest frequency in Hz per band.
    n_per_seg
        Seconds per segment; None: the whole window is one (nothing is averaged, as in the paper's 2-s windows).
    overlap
        Share of a segment that the next one repeats.
    log
        Whether the natural logarithm of the power (in its unit) is given.
    """

    def __init__(
        self,
        *,
        bands: Bands = BANDS,
        n_per_seg: Annotated[float, Field(gt=0)] | None = None,
        overlap: Annotated[float, Field(ge=0, lt=1)] = 0.0,
        log: bool = False,
    ) -> None:
        self.bands, self.edges = bands, checked(bands)
        self.n_per_seg, self.overlap, self.log = n_per_seg, overlap, log

    def __call__(self, signal: Signal) -> Signal:
        """Return the features of a window, ``(channels · bands, 1)``.

        Raises
        ------
        SignalError
            If the signal is irregular or its rate too low for a band.
        """
        data, usable = readable(signal, "band_power")
        check_rate(self.bands, signal)
        power = band_powers(data, signal.sfreq, self.edges, self.n_per_seg, self.overlap)
        power[~usable] = np.nan
        units = [unit for own in signal.units for unit in ["1" if self.log else power_unit(own)] * len(self.edges)]
        return features(signal, np.log(power) if self.log else power, named(signal, list(self.bands)), units)

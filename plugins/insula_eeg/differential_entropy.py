"""DifferentialEntropy: entropy per channel and band."""

import numpy as np

from insula import Signal, Transform
from insula_eeg.bands import BANDS, Bands, check_rate, checked
from insula_eeg.filter_bank import filter_bank
from insula_eeg.window import features, named, readable


class DifferentialEntropy(Transform):
    """Differential entropy of every channel in every band of a window: 14 × 5 = 70 features by default.

    ``½ ln(2πe σ²)``, the entropy of a normal distribution (Shi, Jiao & Lu 2013, EMBC; DE of arXiv:2602.06997).
    σ² is the population variance of the window in that band, filtered by a 4th-order Butterworth forwards and backwards
    (second-order sections). Features are called ``AF3.delta, AF3.theta, …``; their unit is 1, σ being a number in the
    signal's unit. A feature is undefined where its channel has an undefined sample or is constant, where the window
    holds no cycle of the band's lowest frequency, or no more than 27 samples.

    Parameters
    ----------
    bands
        Lowest and highest frequency in Hz per band.
    """

    def __init__(self, *, bands: Bands = BANDS) -> None:
        self.bands, self.edges = bands, checked(bands)

    def __call__(self, signal: Signal) -> Signal:
        """Return the features of a window, ``(channels · bands, 1)``.

        Raises
        ------
        SignalError
            If the signal is irregular or its rate too low for a band.
        """
        data, usable = readable(signal, "differential_entropy")
        check_rate(self.bands, signal)
        variance = filter_bank(data, signal.sfreq, self.edges).var(axis=-1)
        variance[~usable] = np.nan
        names = named(signal, list(self.bands))
        return features(signal, 0.5 * np.log(2 * np.pi * np.e * variance), names, ["1"] * len(names))

"""BandStatistics: four statistics per channel and band."""

import numpy as np
from jaxtyping import Float

from insula import Signal, Transform
from insula_eeg.bands import BANDS, Bands, check_rate, checked
from insula_eeg.filter_bank import filter_bank
from insula_eeg.window import features, named, readable

STATISTICS = ("mean", "std", "skewness", "kurtosis")


class BandStatistics(Transform):
    """Mean, standard deviation, skewness and kurtosis of every channel in every band of a window: 14 × 5 × 4 = 280
    features by default (arXiv:2602.06997, section on features).

    The window is filtered by a 4th-order Butterworth forwards and backwards (second-order sections). Standard deviation
    is the population's; skewness ``m₃ / m₂^1.5`` and excess kurtosis ``m₄ / m₂² - 3`` are of the central moments,
    SciPy's defaults. Features are called ``AF3.delta.mean, AF3.delta.std, …``; mean and standard deviation have the
    signal's unit, the others 1. A feature is undefined where its channel has an undefined sample or is constant, where
    the window holds no cycle of the band's lowest frequency, or no more than 27 samples.

    Parameters
    ----------
    bands
        Lowest and highest frequency in Hz per band.
    """

    def __init__(self, *, bands: Bands = BANDS) -> None:
        self.bands, self.edges = bands, checked(bands)

    def __call__(self, signal: Signal) -> Signal:
        """Return the features of a window, ``(channels · bands · 4, 1)``.

        Raises
        ------
        SignalError
            If the signal is irregular or its rate too low for a band.
        """
        data, usable = readable(signal, "band_statistics")
        check_rate(self.bands, signal)
        data[~usable] = np.nan
        values = moments(filter_bank(data, signal.sfreq, self.edges)).reshape(len(data), -1)
        units = [unit for own in signal.units for unit in [own, own, "1", "1"] * len(self.edges)]
        return features(signal, values, named(signal, list(self.bands), STATISTICS), units)


def moments(data: Float[np.ndarray, "channels bands time"]) -> Float[np.ndarray, "channels bands 4"]:
    """Return mean, standard deviation, skewness and excess kurtosis over time."""
    mean = data.mean(axis=-1)
    deviation = data - mean[..., None]
    square = deviation * deviation
    variance = square.mean(axis=-1)
    std = np.sqrt(variance)
    skewness = (square * deviation).mean(axis=-1) / std**3
    return np.stack([mean, std, skewness, (square * square).mean(axis=-1) / variance**2 - 3], axis=-1)

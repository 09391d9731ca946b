"""Pulse: where the beats of a blood volume pulse are."""

from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float, Int

Pulse = Float[np.ndarray, " time"]
Peaks = Int[np.ndarray, " beats"]

BAND = (0.5, 8.0)
"""Hz; where Elgendi et al. (2013) look for beats."""
BEAT_WINDOW = 0.667
"""Seconds; the moving average that their detector compares with, and so the least that it can judge."""
FILTER_PAD = 15
"""Samples; what a forward-backward band-pass of second order needs at its ends, and one more than that in all."""
CORRECTED_FROM = 5
"""Beats; with fewer, a rhythm that one of them could break isn't known."""


def paper_peaks(x: Pulse, sfreq: float) -> Peaks:
    """Return peaks that are 500 ms apart and as prominent as a tenth of the standard deviation (arXiv:2602.06997)."""
    from scipy.signal import find_peaks

    return find_peaks(x, distance=max(0.5 * sfreq, 1.0), prominence=max(0.1 * x.std(), np.finfo(float).tiny))[0]


def neurokit_peaks(x: Pulse, sfreq: float) -> Peaks:
    """Return the peaks of NeuroKit2: cleaned and detected by Elgendi et al. (2013), corrected by Lipponen & Tarvainen.

    The numbers are those of ``ppg_peaks(ppg_clean(x), method="elgendi", correct_artifacts=True)``: PLoS ONE 8(10):
    e76585, and J. Med. Eng. Technol. 43(3), 2019. A signal too short for its filters has no peaks.
    """
    if len(x) <= max(FILTER_PAD, round(BEAT_WINDOW * sfreq)):
        return np.empty(0, int)
    from neurokit2.ppg import ppg_findpeaks
    from neurokit2.signal import signal_fixpeaks
    from scipy.signal import sosfiltfilt

    rate: Any = sfreq  # NeuroKit2 is annotated with int and takes any number
    try:
        peaks = ppg_findpeaks(sosfiltfilt(_band(sfreq), x), sampling_rate=rate, method="elgendi")["PPG_Peaks"]
    except IndexError:  # it looks up the first wave, and a signal may have none
        return np.empty(0, int)
    if len(peaks) < CORRECTED_FROM:
        return peaks
    return signal_fixpeaks(peaks, sampling_rate=rate, method="Kubios")[1].astype(int)


@lru_cache(maxsize=8)
def _band(sfreq: float) -> Any:
    from scipy.signal import butter

    return butter(2, BAND, "bandpass", output="sos", fs=sfreq)

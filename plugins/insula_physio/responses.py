"""Responses: the rises and falls of phasic skin conductance."""

import numpy as np
from jaxtyping import Float


def responses(phasic: Float[np.ndarray, " time"], relative: float, least: float) -> Float[np.ndarray, " responses"]:
    """Return the amplitude of every response, from the trough before it to its peak.

    A response is a local maximum whose prominence is at least ``relative`` times the signal's greatest and at least
    ``least``: the rule of ``neurokit2.eda_peaks(method="neurokit", amplitude_min=relative)``, and a floor, which that
    hasn't. A response whose trough lies before the signal has no amplitude: NaN.
    """
    from scipy.signal import find_peaks

    peaks, about = find_peaks(phasic, prominence=0.0)
    prominences = about["prominences"]
    peaks = peaks[prominences >= max(relative * prominences.max(initial=0.0), least)]
    troughs, _ = find_peaks(-phasic)
    before = np.searchsorted(troughs, peaks) - 1
    amplitudes = np.full(len(peaks), np.nan)
    has = before >= 0
    amplitudes[has] = phasic[peaks[has]] - phasic[troughs[before[has]]]
    return amplitudes

"""FilterBank: a window in every band, by Butterworth filters run forwards and backwards."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float

from insula_eeg.bands import Edges, fitting

ORDER = 4
LONGEST = 512
"""Samples up to which the filters are kept as matrices: 10 MB for five bands."""


def filter_bank(
    data: Float[np.ndarray, "channels time"], sfreq: float, edges: tuple[Edges, ...]
) -> Float[np.ndarray, "channels bands time"]:
    """Return the signal in every band: SciPy's ``butter(4, band)`` as second-order sections, ``sosfiltfilt`` with its
    default odd padding.

    NaN for a band of whose lowest frequency the window holds no cycle; everywhere if it isn't longer than the padding
    (27 samples).
    """
    channels, n_times = data.shape
    if n_times <= _padding(sfreq, edges):
        return np.full((channels, len(edges), n_times), np.nan)
    if n_times <= LONGEST:
        filtered = (data @ _matrix(sfreq, edges, n_times)).reshape(channels, len(edges), n_times)
    else:
        filtered = np.stack([_filtered(data, sfreq, band) for band in edges], axis=1)
    filtered[:, ~fitting(edges, n_times / sfreq)] = np.nan
    return filtered


@lru_cache(maxsize=64)
def _sections(sfreq: float, band: Edges) -> np.ndarray:
    from scipy.signal import butter

    return np.asarray(butter(ORDER, band, "bandpass", fs=sfreq, output="sos"))


@lru_cache(maxsize=16)
def _matrix(sfreq: float, edges: tuple[Edges, ...], n_times: int) -> np.ndarray:
    """Return what all bands' filters do to a window of this length: filtering is linear, so it is one matrix, five
    to ten times as fast.
    """
    return np.concatenate([_filtered(np.eye(n_times), sfreq, band) for band in edges], axis=1)


def _filtered(data: np.ndarray, sfreq: float, band: Edges) -> np.ndarray:
    from scipy.signal import sosfiltfilt

    return sosfiltfilt(_sections(sfreq, band), data, axis=-1)


def _padding(sfreq: float, edges: tuple[Edges, ...]) -> int:
    """Return how many samples ``sosfiltfilt`` adds at each end: three times its taps, as many for every band."""
    return 3 * (2 * len(_sections(sfreq, edges[0])) + 1)

"""Spectrum: mean power in bands, by Welch's method."""

import numpy as np
from jaxtyping import Float

from insula_eeg.bands import Edges, fitting

ROUNDING = 1e-9
"""Hz by which a bin may miss the edge of a band."""


def band_powers(
    data: Float[np.ndarray, "channels time"],
    sfreq: float,
    edges: tuple[Edges, ...],
    n_per_seg: float | None,
    overlap: float,
) -> Float[np.ndarray, "channels bands"]:
    """Return the mean power density of the bins of every band, lowest edge included, highest not.

    Power per Hz by Welch (1967, IEEE Trans. Audio Electroacoust. 15(2)): segments of ``n_per_seg`` seconds (None: one
    segment) that share a part ``overlap``, less their mean, under a Hamming window, as MNE's ``psd_array_welch``. NaN
    for a band without a bin, or of which a segment doesn't hold one cycle.
    """
    from scipy.signal import welch

    length = data.shape[1] if n_per_seg is None else min(data.shape[1], max(round(n_per_seg * sfreq), 1))
    freqs, power = welch(data, sfreq, window="hamming", nperseg=length, noverlap=int(overlap * length))
    inside = np.array([(freqs >= low - ROUNDING) & (freqs < high - ROUNDING) for low, high in edges])
    count = inside.sum(axis=1)
    mean = power @ inside.T.astype(np.float64) / np.maximum(count, 1)
    return np.where((count > 0) & fitting(edges, length / sfreq), mean, np.nan)

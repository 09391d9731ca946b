"""A phase vocoder that warps the frequency axis of sound."""

import numpy as np
from jaxtyping import Complex, Float, Int

from insula_speech.sound import fixed
from insula_speech.warp import Warp

WINDOW = 0.064
"""Seconds of the window, to the nearest power of two in samples: long enough to tell a low voice's harmonics apart."""

OVERLAP = 4

Bins = Float[np.ndarray, "bins frames"]


def warped(sound: Float[np.ndarray, " time"], sfreq: float, warp: Warp) -> Float[np.ndarray, " time"]:
    """Return sound of the same length whose frequencies have gone where the warp sends them.

    The magnitudes of a short-time Fourier transform are warped. A phase runs on with the frequency that its partial
    now has: the instantaneous frequency of every spectral peak is measured from frame to frame, warped, and the bins
    around the peak turn with it (Laroche & Dolson 1999, IEEE WASPAA: phase-locked shifts of regions of influence).
    Magnitudes keep their level, so that the level of the sound changes with the slope of the warp, by about 1 dB.
    """
    import librosa

    n_fft = 2 ** round(np.log2(WINDOW * sfreq))
    hop = n_fft // OVERLAP
    spectrum = librosa.stft(fixed(sound, max(len(sound), n_fft)), n_fft=n_fft, hop_length=hop)
    result = _warped_spectrum(spectrum, warp)
    return librosa.istft(result, n_fft=n_fft, hop_length=hop, length=max(len(sound), n_fft))[: len(sound)]


def _warped_spectrum(spectrum: Complex[np.ndarray, "bins frames"], warp: Warp) -> Complex[np.ndarray, "bins frames"]:
    magnitude = np.abs(spectrum)
    centred = np.where(np.arange(len(spectrum)) % 2, -1, 1)[:, None]  # phases count from the middle of a frame
    phase = np.angle(spectrum * centred).astype(np.float64)
    turned = phase + _rotation(_more_per_frame(phase, warp), _nearest_peak(magnitude))
    source = np.round(warp.comes_from(np.linspace(0, 1, len(spectrum))) * (len(spectrum) - 1)).astype(int)
    return (centred * warp.bins(magnitude) * np.exp(1j * turned[source])).astype(spectrum.dtype)


def _more_per_frame(phase: Bins, warp: Warp) -> Bins:
    """Return the phase that a bin's instantaneous frequency gains per frame by the warp; nothing in the first frame."""
    half_turns = np.pi * (2 / OVERLAP) * (len(phase) - 1)  # per frame, at the top frequency
    expected = np.linspace(0, half_turns, len(phase))[:, None]
    beyond = np.diff(phase, axis=1) - expected
    frequency = np.clip((expected + beyond - 2 * np.pi * np.round(beyond / (2 * np.pi))) / half_turns, 0, 1)
    return np.pad((warp.goes_to(frequency) - frequency) * half_turns, ((0, 0), (1, 0)))


def _nearest_peak(magnitude: Bins) -> Int[np.ndarray, "bins frames"]:
    """Return which bin holds the peak nearest to each bin; a peak is above two neighbours on both sides."""
    bins = np.arange(len(magnitude))[:, None]
    around = np.pad(magnitude, ((2, 2), (0, 0)), constant_values=-1)
    neighbours = [around[shift : shift + len(magnitude)] for shift in (0, 1, 3, 4)]
    peak = (magnitude >= np.maximum(*neighbours[:2])) & (magnitude > np.maximum(*neighbours[2:]))
    far = 2 * len(magnitude)
    below = np.maximum.accumulate(np.where(peak, bins, -far), axis=0)
    above = np.minimum.accumulate(np.where(peak, bins, far)[::-1], axis=0)[::-1]
    return np.clip(np.where(bins - below <= above - bins, below, above), 0, len(magnitude) - 1)


def _rotation(more: Bins, peak: Int[np.ndarray, "bins frames"]) -> Bins:
    """Return by how much each bin is turned: a peak goes on from what its bin had in the frame before."""
    rotation = np.zeros_like(more)
    for frame in range(1, more.shape[1]):
        at = peak[:, frame]
        rotation[:, frame] = rotation[at, frame - 1] + more[at, frame]
    return rotation

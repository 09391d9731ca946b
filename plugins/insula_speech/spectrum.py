"""The power spectrum over time, which all spectral features of speech begin with."""

import warnings

import numpy as np
from jaxtyping import Float

from insula import Signal
from insula_speech.sound import LOWEST, fixed, samples_of


def power_spectrum(signal: Signal, *, n_fft: int, hop: int, center: bool, who: str) -> Float[np.ndarray, "bins frames"]:
    """Return the squared magnitude of the short-time Fourier transform (Hann window), from 0 Hz to half the rate.

    Raises
    ------
    SignalError
        If the signal isn't one channel of sound, has no samples, or has undefined ones; ``who`` asked for them.
    """
    import librosa

    sound = samples_of(signal, who)
    if not center:
        sound = fixed(sound, max(len(sound), n_fft))
    with warnings.catch_warnings():
        # A segment shorter than a window is padded with zeros, as its ends are; that needs no warning per file.
        warnings.filterwarnings("ignore", message="n_fft=.* is too large")
        spectrum = librosa.stft(sound, n_fft=n_fft, hop_length=hop, center=center)
    return np.abs(spectrum) ** 2


def frame_reach(length: int, center: bool, top_db: float | None = None, more: float = 0.0) -> tuple[float, float]:
    """Return the seconds of past and future behind a frame of ``length`` samples, plus ``more`` samples on both sides;
    infinite with ``top_db``.
    """
    if top_db is not None:
        return float("inf"), float("inf")
    before, after = (length / 2, length / 2) if center else (0.0, float(length))
    return (before + more) / LOWEST, (after + more) / LOWEST

"""The mel spectrogram in decibels, which all spectral features of speech begin with."""

import warnings

import numpy as np
from jaxtyping import Float

from insula import Signal, SignalError

LOWEST = 8000.0
"""Hz; what sounds slower than this isn't taken for speech. Reaches in seconds are stated for this rate: at a higher one
they are shorter."""


def mel_decibels(
    signal: Signal, *, n_mels: int, n_fft: int, hop: int, center: bool, top_db: float | None
) -> Float[np.ndarray, "mels frames"]:
    """Return ``10 log10`` of the power in mel bands (librosa's defaults otherwise: Hann window, Slaney bands, reference
    1).

    Raises
    ------
    SignalError
        If the signal isn't one channel of sound, has no samples, or has undefined ones.
    """
    import librosa

    sound = _sound(signal)
    if not center and len(sound) < n_fft:
        sound = np.pad(sound, (0, n_fft - len(sound)))
    with warnings.catch_warnings():
        # A segment shorter than a window is padded with zeros, as its ends are; that needs no warning per file.
        warnings.filterwarnings("ignore", message="n_fft=.* is too large")
        power = librosa.feature.melspectrogram(
            y=sound, sr=signal.sfreq, n_fft=n_fft, hop_length=hop, n_mels=n_mels, center=center
        )
    return librosa.power_to_db(power, top_db=top_db)


def mel_reach(n_fft: int, center: bool, top_db: float | None, more: float = 0.0) -> tuple[float, float]:
    """Return the seconds of past and future behind a frame, plus ``more`` samples on both sides; infinite with
    ``top_db``.
    """
    if top_db is not None:
        return float("inf"), float("inf")
    before, after = (n_fft / 2, n_fft / 2) if center else (0.0, float(n_fft))
    return (before + more) / LOWEST, (after + more) / LOWEST


def _sound(signal: Signal) -> Float[np.ndarray, " time"]:
    if len(signal.data) != 1:
        raise SignalError(f"speech features take one channel of sound; this signal has {len(signal.data)}")
    if signal.times is not None or signal.sfreq < LOWEST:
        raise SignalError(
            f"speech features take sound of at least {LOWEST:g} Hz at a regular rate; this has {signal.sfreq:g} Hz"
        )
    if not signal.n_times:
        raise SignalError("speech features take sound; this signal has no samples")
    if undefined := int((~(signal.defined & np.isfinite(signal.data))).sum()):
        raise SignalError(
            f"speech features take sound without gaps; {undefined} of {signal.n_times} samples are undefined"
        )
    return signal.data[0]

"""The mel spectrogram in decibels, which MFCC and log mel begin with."""

import numpy as np
from jaxtyping import Float

from insula import Signal
from insula_speech.spectrum import power_spectrum


def mel_decibels(
    signal: Signal, *, n_mels: int, n_fft: int, hop: int, center: bool, top_db: float | None, who: str
) -> Float[np.ndarray, "mels frames"]:
    """Return ``10 log10`` of the power in mel bands (librosa's defaults otherwise: Hann window, Slaney bands, reference
    1).

    Raises
    ------
    SignalError
        If the signal isn't one channel of sound, has no samples, or has undefined ones; ``who`` asked for them.
    """
    import librosa

    power = power_spectrum(signal, n_fft=n_fft, hop=hop, center=center, who=who)
    mel = librosa.feature.melspectrogram(S=power, sr=signal.sfreq, n_fft=n_fft, n_mels=n_mels)
    return librosa.power_to_db(mel, top_db=top_db)

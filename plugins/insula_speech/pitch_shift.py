"""PitchShift: speech by a higher or lower voice."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Augmentation, Signal
from insula_speech.bounds import check_bounds
from insula_speech.sound import fixed, samples_of

Semitones = Annotated[float, Field(ge=-24, le=24)]
N_FFT = 2048
"""Samples of the phase vocoder's window, librosa's default: shorter sound is filled up to it and cut back."""


class PitchShift(Augmentation):
    """Raises or lowers all frequencies by a random number of semitones and keeps the duration.

    The sound is ``librosa.effects.pitch_shift``'s (a phase vocoder's stretch, then resampling), of the same number of
    samples. The shift is drawn anew for every window. It stands under ``augment.signal``, before the features.

    Parameters
    ----------
    low
        Least shift, in semitones.
    high
        Greatest shift, in semitones; the shift is uniform between both. The same as ``low`` is a fixed shift (Faldu,
        Parikh & Kumar's is 2).
    """

    def __init__(self, *, low: Semitones = -2.0, high: Semitones = 2.0) -> None:
        check_bounds("pitch_shift", low, high)
        self.low, self.high = low, high

    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        """Return the shifted sound.

        Raises
        ------
        SignalError
            If the signal isn't one channel of sound, has no samples, or has undefined ones.
        """
        import librosa

        sound = samples_of(signal, "pitch_shift")
        long_enough = fixed(sound, max(len(sound), N_FFT))
        shift = rng.uniform(self.low, self.high)
        shifted = librosa.effects.pitch_shift(long_enough, sr=signal.sfreq, n_steps=shift, n_fft=N_FFT)
        return signal.with_data(shifted[None, : len(sound)], valid=None)

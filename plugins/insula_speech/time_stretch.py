"""TimeStretch: the same speech, spoken faster or slower."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Augmentation, Signal
from insula_speech.bounds import check_bounds
from insula_speech.sound import fixed, samples_of

Rate = Annotated[float, Field(ge=0.25, le=4)]
N_FFT = 2048
"""Samples of the phase vocoder's window, librosa's default: shorter sound is filled up to it and cut back."""


class TimeStretch(Augmentation):
    """Speeds sound up or slows it down by a random rate and keeps the pitch.

    The sound is ``librosa.effects.time_stretch``'s (a phase vocoder). The rate is drawn anew for every window, uniform
    in its logarithm: half as fast and twice as fast are equally likely between 0.5 and 2. It stands under
    ``augment.signal``, before the features.

    Parameters
    ----------
    low
        Least rate; below 1 is slower.
    high
        Greatest rate; above 1 is faster. The same as ``low`` is a fixed rate (Faldu, Parikh & Kumar's is 0.9).
    keep_length
        Whether the result is cut, or filled with silence at its end, to the original number of samples, as windows of a
        fixed length need it (slower sound loses its end, so it isn't for a stream with a longer ``context``). False: it
        is ``round(samples / rate)`` long, for training on whole utterances.
    """

    def __init__(self, *, low: Rate = 0.9, high: Rate = 1.1, keep_length: bool = True) -> None:
        check_bounds("time_stretch", low, high)
        self.low, self.high, self.keep_length = low, high, keep_length

    def __call__(self, signal: Signal, rng: np.random.Generator) -> Signal:
        """Return the stretched sound, at least one sample of it.

        Raises
        ------
        SignalError
            If the signal isn't one channel of sound, has no samples, or has undefined ones.
        """
        import librosa

        sound = samples_of(signal, "time_stretch")
        rate = self.low * (self.high / self.low) ** rng.random()
        long_enough = fixed(sound, max(len(sound), N_FFT))
        stretched = librosa.effects.time_stretch(long_enough, rate=rate, n_fft=N_FFT)
        stretched = stretched[: max(round(len(sound) / rate), 1)]
        return signal.with_data((fixed(stretched, len(sound)) if self.keep_length else stretched)[None], valid=None)

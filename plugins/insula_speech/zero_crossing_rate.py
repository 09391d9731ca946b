"""ZeroCrossingRate: how often sound changes its sign."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Signal, Transform
from insula_speech.sound import samples_of
from insula_speech.spectrum import frame_reach


class ZeroCrossingRate(Transform):
    """The share of a frame's samples whose sign differs from that of the sample before.

    The number is ``librosa.feature.zero_crossing_rate``'s: 0 for silence, ``2 f / sfreq`` for a tone of ``f`` Hz. Both
    ends of the sound are extended by their last value, which crosses nothing. The one channel is called
    ``zero_crossing_rate``; the rate is ``sfreq / hop``, so that with the defaults there are as many frames as of
    ``mfcc`` (Liu et al. 2023, Speech Communication 156, use both); ``t0`` is kept.

    Parameters
    ----------
    frame_length
        Length of a frame, in samples.
    hop
        Samples from one frame to the next; 512 is 32 ms at 16 kHz.
    center
        Whether a frame is centred on its time; False: it begins there.
    """

    def __init__(
        self,
        *,
        frame_length: Annotated[int, Field(ge=2)] = 2048,
        hop: Annotated[int, Field(ge=1)] = 512,
        center: bool = True,
    ) -> None:
        self.frame_length, self.hop, self.center = frame_length, hop, center
        self.reach = frame_reach(frame_length, center)

    def __call__(self, signal: Signal) -> Signal:
        """Return the rate, ``(1, frames)``.

        Raises
        ------
        SignalError
            If the signal isn't one channel of sound, has no samples, or has undefined ones.
        """
        import librosa

        sound = samples_of(signal, "zero_crossing_rate")
        if not self.center and len(sound) < self.frame_length:
            sound = np.pad(sound, (0, self.frame_length - len(sound)), mode="edge")
        rate = librosa.feature.zero_crossing_rate(
            sound, frame_length=self.frame_length, hop_length=self.hop, center=self.center
        )
        return Signal.of(rate, signal.sfreq / self.hop, ["zero_crossing_rate"], "1", t0=signal.t0)

"""Spectrogram: the spectrum in decibels, from 0 Hz up."""

from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Signal, SignalError, Transform
from insula_speech.spectrum import frame_reach, power_spectrum

Hertz = Annotated[float, Field(gt=0)]


class Spectrogram(Transform):
    """The log power of a short-time Fourier transform on a linear frequency axis, in dB (reference 1, Hann window).

    Channels are called ``bin_0…``: they are ``sfreq / n_fft`` apart, begin at 0 Hz and end at ``top`` Hz, or less than
    one bin below it. The rate is ``sfreq / hop``; ``t0`` is kept. With ``top_db`` a value depends on the loudest moment
    of the whole signal (up to ``top`` Hz), so the reach is infinite; without it, it is the FFT's window, stated in
    seconds for 8 kHz.

    Etienne et al. 2018 (SMM, arXiv 1802.05630) feed such spectrograms to convolutions. That theirs end at 4 kHz is
    recalled, not checked; the window of 40 ms every 10 ms (at 16 kHz) is an assumption.

    Parameters
    ----------
    top
        Highest frequency, in Hz; at most half the sound's rate.
    n_fft
        Length of the FFT's window, in samples.
    hop
        Samples from one frame to the next; 160 is 10 ms at 16 kHz.
    top_db
        How far below its loudest bin a signal is cut off, in dB; None: nowhere.
    center
        Whether a frame is centred on its time; False: it begins there.
    """

    def __init__(
        self,
        *,
        top: Hertz = 4000.0,
        n_fft: Annotated[int, Field(ge=16)] = 640,
        hop: Annotated[int, Field(ge=1)] = 160,
        top_db: Annotated[float, Field(gt=0)] | None = 80.0,
        center: bool = True,
    ) -> None:
        self.top, self.n_fft, self.hop, self.top_db, self.center = top, n_fft, hop, top_db, center
        self.reach = frame_reach(n_fft, center, top_db)

    def __call__(self, signal: Signal) -> Signal:
        """Return the bins, ``(1 + floor(top n_fft / sfreq), frames)``.

        Raises
        ------
        SignalError
            If the signal isn't one channel of sound, has no samples or undefined ones, or ends below ``top`` Hz.
        """
        import librosa

        power = power_spectrum(signal, n_fft=self.n_fft, hop=self.hop, center=self.center, who="spectrogram")
        if self.top > signal.sfreq / 2:
            raise SignalError(
                f"spectrogram goes up to {self.top:g} Hz, and sound at {signal.sfreq:g} Hz ends at "
                f"{signal.sfreq / 2:g}: type top={signal.sfreq / 2:g} or less"
            )
        count = 1 + int(np.floor(self.top * self.n_fft / signal.sfreq))
        decibels = librosa.power_to_db(power[:count], top_db=self.top_db)
        return Signal.of(decibels, signal.sfreq / self.hop, bin_names(count), "1", t0=signal.t0)


def bin_names(count: int) -> tuple[str, ...]:
    """Return the channel names of a spectrogram of so many bins."""
    return tuple(f"bin_{number}" for number in range(count))

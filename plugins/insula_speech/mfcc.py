"""MFCC: mel-frequency cepstral coefficients and how they change."""

from typing import Annotated

import numpy as np
from jaxtyping import Float
from pydantic import Field

from insula import Signal, Transform
from insula_speech.mel import mel_decibels
from insula_speech.spectrum import frame_reach

DELTA_WIDTH = 9
MEL_BANDS = 128


class MFCC(Transform):
    """Mel-frequency cepstral coefficients with their first and second differences: 39 channels by default.

    The numbers are those of ``librosa.feature.mfcc`` and ``librosa.feature.delta`` (128 mel bands, type-2 DCT, a
    difference is a Savitzky-Golay slope over 9 frames; Davis & Mermelstein 1980, IEEE TASSP 28(4)). Sound of fewer than
    9 frames has its first and last frame repeated for the differences, so that they are defined for a single frame too
    (they are 0 there). Channels are called ``mfcc_1…``, ``delta_1…``, ``delta2_1…``; the rate is ``sfreq / hop``;
    ``t0`` is kept.

    With ``top_db`` a value depends on the loudest moment of the whole signal, so the reach is infinite; without it, it
    is the FFT's window and the frames of both differences, stated in seconds for 8 kHz (at 16 kHz it is half of that).

    Parameters
    ----------
    n_mfcc
        Number of coefficients.
    n_fft
        Length of the FFT's window, in samples.
    hop
        Samples from one frame to the next; 512 is 32 ms at 16 kHz.
    deltas
        Whether the first and second differences are added.
    top_db
        How far below its loudest band a signal is cut off, in dB; None: nowhere.
    center
        Whether a frame is centred on its time; False: it begins there.
    """

    def __init__(
        self,
        *,
        n_mfcc: Annotated[int, Field(ge=1, le=MEL_BANDS)] = 13,
        n_fft: Annotated[int, Field(ge=16)] = 2048,
        hop: Annotated[int, Field(ge=1)] = 512,
        deltas: bool = True,
        top_db: Annotated[float, Field(gt=0)] | None = 80.0,
        center: bool = True,
    ) -> None:
        self.n_mfcc, self.n_fft, self.hop, self.deltas, self.top_db, self.center = (
            n_mfcc,
            n_fft,
            hop,
            deltas,
            top_db,
            center,
        )
        context = (DELTA_WIDTH - 1) * hop if deltas else 0  # near its ends a slope is taken from the nearest 9 frames
        self.reach = frame_reach(n_fft, center, top_db, context)

    def __call__(self, signal: Signal) -> Signal:
        """Return the coefficients, ``(n_mfcc or 3 n_mfcc, frames)``.

        Raises
        ------
        SignalError
            If the signal isn't one channel of sound, has no samples, or has undefined ones.
        """
        import librosa

        mel = mel_decibels(
            signal,
            n_mels=MEL_BANDS,
            n_fft=self.n_fft,
            hop=self.hop,
            center=self.center,
            top_db=self.top_db,
            who="mfcc",
        )
        parts = {"mfcc": librosa.feature.mfcc(S=mel, n_mfcc=self.n_mfcc)}
        if self.deltas:
            parts |= {"delta": _slope(parts["mfcc"], 1), "delta2": _slope(parts["mfcc"], 2)}
        names = [f"{part}_{number}" for part in parts for number in range(1, self.n_mfcc + 1)]
        return Signal.of(np.concatenate(list(parts.values())), signal.sfreq / self.hop, names, "1", t0=signal.t0)


def _slope(values: Float[np.ndarray, "coefficients frames"], order: int) -> Float[np.ndarray, "coefficients frames"]:
    import librosa

    mode = "interp" if values.shape[1] >= DELTA_WIDTH else "nearest"
    return librosa.feature.delta(values, width=DELTA_WIDTH, order=order, mode=mode)

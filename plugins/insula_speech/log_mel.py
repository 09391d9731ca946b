"""LogMel: the mel spectrogram in decibels."""

from typing import Annotated

from pydantic import Field

from insula import Signal, Transform
from insula_speech.mel import mel_decibels
from insula_speech.spectrum import frame_reach


class LogMel(Transform):
    """The power in mel bands in dB, as ``librosa.power_to_db(librosa.feature.melspectrogram(...))`` gives it.

    Channels are called ``mel_1…``; the rate is ``sfreq / hop``; ``t0`` is kept. With ``top_db`` a value depends on the
    loudest moment of the whole signal, so the reach is infinite; without it, it is the FFT's window, stated in seconds
    for 8 kHz.

    Parameters
    ----------
    n_mels
        Number of mel bands.
    n_fft
        Length of the FFT's window, in samples.
    hop
        Samples from one frame to the next; 512 is 32 ms at 16 kHz.
    top_db
        How far below its loudest band a signal is cut off, in dB; None: nowhere.
    center
        Whether a frame is centred on its time; False: it begins there.
    """

    def __init__(
        self,
        *,
        n_mels: Annotated[int, Field(ge=1)] = 64,
        n_fft: Annotated[int, Field(ge=16)] = 2048,
        hop: Annotated[int, Field(ge=1)] = 512,
        top_db: Annotated[float, Field(gt=0)] | None = 80.0,
        center: bool = True,
    ) -> None:
        self.n_mels, self.n_fft, self.hop, self.top_db, self.center = n_mels, n_fft, hop, top_db, center
        self.reach = frame_reach(n_fft, center, top_db)

    def __call__(self, signal: Signal) -> Signal:
        """Return the bands, ``(n_mels, frames)``.

        Raises
        ------
        SignalError
            If the signal isn't one channel of sound, has no samples, or has undefined ones.
        """
        mel = mel_decibels(
            signal,
            n_mels=self.n_mels,
            n_fft=self.n_fft,
            hop=self.hop,
            center=self.center,
            top_db=self.top_db,
            who="log_mel",
        )
        names = [f"mel_{number}" for number in range(1, self.n_mels + 1)]
        return Signal.of(mel, signal.sfreq / self.hop, names, "1", t0=signal.t0)

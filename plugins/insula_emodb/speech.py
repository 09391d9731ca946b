"""EmoDBSpeech: an utterance as one channel of sound."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from insula import Reader, Signal, SignalError, Trial


class EmoDBSpeech(Reader):
    """Reads an utterance of EmoDB: one channel, float32 in [-1, 1].

    Parameters
    ----------
    root
        The folder given to the dataset.
    sfreq
        Sampling rate in Hz; a file of another rate is resampled (soxr, high quality).
    """

    def __init__(self, root: Path, *, sfreq: Annotated[int, Field(gt=0)] = 16_000) -> None:
        super().__init__(root)
        self.sfreq = sfreq

    def read(self, trial: Trial) -> Signal:
        """Load the file; several channels are averaged.

        Raises
        ------
        SignalError
            If the file can't be read or holds no samples.
        """
        import soundfile

        (path,) = self.files(trial)
        try:
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        except (OSError, RuntimeError) as error:  # soundfile's own error is a RuntimeError
            raise SignalError(f"{path} can't be read as sound: {error}") from error
        if not len(samples):
            raise SignalError(f"{path} holds no samples")
        mono = samples.mean(axis=1)
        if rate != self.sfreq:
            import librosa

            mono = np.asarray(librosa.resample(mono, orig_sr=rate, target_sr=self.sfreq, res_type="soxr_hq"))
        return Signal.of(mono, self.sfreq, ["speech"], "1")

    def files(self, trial: Trial) -> Iterable[Path]:
        """Return the one file of the utterance."""
        return [self.root / trial.context["path"]]

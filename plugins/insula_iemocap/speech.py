"""IEMOCAPSpeech: an utterance as one channel of sound."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field

from insula import Reader, Signal, Trial, read_sound


class IEMOCAPSpeech(Reader):
    """Reads an utterance of IEMOCAP: one channel, float32 in [-1, 1].

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
        """Load the file (see :func:`insula.read_sound`)."""
        (path,) = self.files(trial)
        return read_sound(path, self.sfreq)

    def files(self, trial: Trial) -> Iterable[Path]:
        """Return the one file of the utterance."""
        return [self.root / trial.context["path"]]

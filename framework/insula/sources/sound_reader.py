"""SoundReader: the reader of every corpus whose trials name a sound file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field

from insula.sources.reader import Reader
from insula.sources.sound import read_sound
from insula.types import Signal, Trial


class SoundReader(Reader):
    """Reads the sound file that a trial names as ``context["path"]``, below the root: one channel, in [-1, 1].

    A plugin registers it under a name of its own: ``{"my_speech": "insula.sources.sound_reader:SoundReader"}``.

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
        """Return the one file of the trial."""
        return [self.root / trial.context["path"]]

"""PhyMERReader: what the readers of all modalities share."""

from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from insula import Reader, Signal, SignalError, Trial

SOUGHT = "sought"
"""The key in a trial's context under which the dataset says what it looked for of the modalities that nobody has."""


class PhyMERReader(Reader):
    """Loads the file that the dataset found for a modality of a trial; serves both layouts.

    Parameters
    ----------
    root
        The folder given to the dataset.
    """

    modality: ClassVar[str]

    @abstractmethod
    def load(self, path: Path, trial: Trial) -> Signal:
        """Load the file; a SignalError raised here needs to say only what is wrong, not where."""

    def read(self, trial: Trial) -> Signal | None:
        """Return the signal, or None where the trial lacks the modality.

        Raises
        ------
        SignalError
            If the file can't be read or holds what it shouldn't, with its path, the subject and the trial; or if no
            trial has the modality, with what was looked for.
        """
        path = self.path(trial)
        if path is None:
            if sought := trial.context.get(SOUGHT, {}).get(self.modality):
                raise SignalError(f"{self.root}: {sought}")
            return None
        try:
            signal = self.load(path, trial)
            if not signal.defined.any():
                raise SignalError("it holds no defined sample" if signal.data.size else "it holds no samples")
            return signal
        except OSError as error:
            raise SignalError(f"{_place(path, trial)}: it can't be read: {error.strerror or error}") from error
        except SignalError as error:
            raise SignalError(f"{_place(path, trial)}: {error}") from error

    def path(self, trial: Trial) -> Path | None:
        """Return the trial's file of this modality."""
        return self._path_of(self.modality, trial)

    def files(self, trial: Trial) -> Iterable[Path]:
        """Return the trial's own file, or none."""
        path = self.path(trial)
        return [] if path is None else [path]

    def _path_of(self, modality: str, trial: Trial) -> Path | None:
        place = trial.context.get(modality)
        return None if place is None else self.root / place


def _place(path: Path, trial: Trial) -> str:
    return f"{path} (subject {trial.subject}, trial {trial.id})"

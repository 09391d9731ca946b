"""Readers of the made-up data, one per modality."""

import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

import numpy as np

from insula import Reader, Signal, SignalError, Trial
from insula_synthetic import eda, eeg, modality, recipe

CODE = (recipe, eeg, eda, modality)


class SyntheticSignal(Reader):
    """Makes a trial's signal in memory, or loads the one that ``insula generate`` wrote; the numbers are the same.

    Parameters
    ----------
    root
        The generated folder; None: the signal is made.
    """

    modality: ClassVar[str]

    def read(self, trial: Trial) -> Signal | None:
        """Return the signal, or None where the trial lacks the modality.

        Raises
        ------
        SignalError
            If a file that should be there can't be read.
        """
        kind = modality.MODALITIES[self.modality]
        if "recipe" in trial.context:
            data = kind.make(trial.context["recipe"], *trial.context["which"])
        else:
            data = next(map(_loaded, self.files(trial)), None)
        return None if data is None else Signal.of(data, kind.sfreq, kind.ch_names, kind.unit)

    def files(self, trial: Trial) -> Iterable[Path]:
        """Return the one file of a generated trial; of one in memory, the code that makes it, which decides its
        numbers.
        """
        if "recipe" in trial.context:
            return [Path(inspect.getfile(module)) for module in CODE]
        name = trial.context.get(f"path_{self.modality}")
        return [self.root / name] if name else []


class SyntheticEEG(SyntheticSignal):
    """Made-up EEG of 14 channels at 128 Hz, in volts."""

    modality = "eeg"


class SyntheticPeripheral(SyntheticSignal):
    """Made-up skin conductance at 4 Hz, in siemens."""

    modality = "peripheral"


class SyntheticPersonality(SyntheticSignal):
    """Made-up personality: five static values that say who a person is, and nothing about the classes."""

    modality = "personality"


def _loaded(path: Path) -> np.ndarray:
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise SignalError(f"{path} can't be read: {error}") from error

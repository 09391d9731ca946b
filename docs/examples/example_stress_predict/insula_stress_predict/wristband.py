"""Wristband: a signal in Empatica's own files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np

from insula import Reader, Signal, SignalError, Trial

UNITS = {"BVP": ("nW", 1.0), "EDA": ("S", 1e-6), "TEMP": ("degC", 1.0), "HR": ("1/min", 1.0)}
"""The unit of every signal, and how many of it one of the file's units is."""
CLOCK = "BVP"
"""The signal whose start is the start of the recording."""


class Wristband(Reader):
    """Reads one signal of the Empatica E4: a start time (Unix seconds), the rate (Hz), then a sample per line.

    Parameters
    ----------
    root
        The folder with a folder per person.
    signal
        Which file: ``BVP`` (64 Hz), ``EDA`` (4 Hz, in the file µS) or ``TEMP`` (4 Hz).
    """

    def __init__(self, root: Path, *, signal: Literal["BVP", "EDA", "TEMP"] = "BVP") -> None:
        super().__init__(root)
        self.name: str = signal

    def read(self, trial: Trial) -> Signal | None:
        """Load the person's whole signal; None where the file is missing."""
        path, clock = self._path(trial, self.name), self._path(trial, CLOCK)
        if not path.is_file():
            return None
        start, sfreq = header(path)
        begin = header(clock)[0] if clock.is_file() else start
        try:
            samples = np.loadtxt(path, skiprows=2, ndmin=1)
        except (OSError, ValueError) as error:
            raise SignalError(f"{path} can't be read: {error}") from error
        if self.name == "EDA":
            samples[:1] = np.nan  # the device writes 0 before it has measured
        unit, scale = UNITS[self.name]
        return Signal.of(samples * scale, sfreq, [self.name], unit, t0=start - begin)

    def files(self, trial: Trial) -> Iterable[Path]:
        """Return the signal's file, and the one that says when the recording began."""
        paths = dict.fromkeys(self._path(trial, name) for name in (self.name, CLOCK))
        return [path for path in paths if path.is_file()]

    def _path(self, trial: Trial, signal: str) -> Path:
        return self.root / trial.recording / f"{signal}.csv"


def header(path: Path) -> tuple[float, float]:
    """Return start (Unix seconds) and rate (Hz) of a signal.

    Raises
    ------
    SignalError
        If the first two lines don't say them.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            start, sfreq = (float(file.readline().strip(" \r\n,")) for _ in range(2))
    except (OSError, ValueError) as error:
        raise SignalError(f"{path}: its first two lines must be the start (Unix seconds) and the rate (Hz)") from error
    if sfreq <= 0:
        raise SignalError(f"{path}: its rate, in line 2, is {sfreq:g} Hz")
    return start, sfreq

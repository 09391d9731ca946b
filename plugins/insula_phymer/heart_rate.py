"""PhyMERHeartRate: the heart rate that Empatica computes afterwards."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from insula import SignalError, Trial
from insula_phymer.e4 import E4File, read_start
from insula_phymer.wristband import WristbandReader

CLOCKS = ("bvp", "eda", "temp")
"""The signals whose start is the start of the recording."""
LATEST = 60.0
"""Seconds; headers that are further apart don't tell of one recording."""


class PhyMERHeartRate(WristbandReader):
    """Reads the heart rate (channel HR, 1 Hz), in beats per minute.

    Empatica computes it afterwards in spans of 10 s and begins 10 s after the other signals: a sample depends on 10 s
    before and after it (``reach``), and the signal's ``t0`` is what its header and that of the trial's BVP (else EDA or
    TEMP) file are apart.

    Parameters
    ----------
    root
        The folder given to the dataset.
    delay
        Seconds after the start of the recording at which it begins, where headers don't tell.

    Notes
    -----
    Empatica, https://support.empatica.com/hc/en-us/articles/360029469772.
    """

    modality = "hr"
    channel, unit = "HR", "1/min"
    reach = (10.0, 10.0)

    def __init__(
        self,
        root: Path,
        *,
        rate: Literal["agree", "header", "name"] = "agree",
        delay: Annotated[float, Field(ge=0)] = 10.0,
    ) -> None:
        super().__init__(root, rate=rate)
        self.delay = delay

    def begin(self, file: E4File, trial: Trial) -> float:
        """Return by how much its header's start is later than that of another file of the trial."""
        clock = self._clock(trial)
        start = None if clock is None or file.start is None else read_start(clock)
        if start is None or file.start is None:
            return self.delay
        late = file.start - start
        if not 0 <= late <= LATEST:
            raise SignalError(
                f"its header's start is {late:g} s later than that of {clock}, so it can't be placed in time"
            )
        return late

    def files(self, trial: Trial) -> Iterable[Path]:
        """Return the trial's file, and the one whose header says when the recording began."""
        own, clock = super().files(trial), self._clock(trial)
        return [*own, clock] if own and clock is not None else own

    def _clock(self, trial: Trial) -> Path | None:
        return next((path for name in CLOCKS if (path := self._path_of(name, trial)) is not None), None)

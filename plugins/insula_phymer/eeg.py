"""PhyMEREEG: the EEG of the Emotiv EPOC X."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from insula import Signal, SignalError, Trial
from insula_phymer.channels import EPOC_X, places
from insula_phymer.reader import PhyMERReader
from insula_phymer.recording import Recording, parts, read_recording

log = logging.getLogger("insula")

MICROVOLT = 1e-6
TOO_LARGE = 1e-2
"""Volts: half of an EEG's samples can't be larger, for the device's offset is 4.2e-3 and its range 8.4e-3."""
NEAR = 1e-3
"""Share by which a rate may differ from the one that is expected; clocks are no better."""
RESCALED = "rescaled from µV"


class PhyMEREEG(PhyMERReader):
    """Reads the EEG from FIF, SET or CSV, in volts: 14 channels of the EPOC X in its own order, whatever the file's.

    Channels are found by name in any case, with or without a prefix such as ``EEG``; further ones are left aside.
    Values that are microvolts under the name of volts, as the paper's Fig. 1 shows, are rescaled: the report counts
    these recordings. A CSV (KERC2021) has a column per channel, the rate in its name, and a row of names or none.

    Parameters
    ----------
    root
        The folder given to the dataset.
    channels
        The channels to take, in that order.
    sfreq
        The sampling rate in Hz that every file must have, for what follows needs one rate; null: take any.
    unit
        What the files' numbers are: ``V``, ``uV`` (microvolts), or ``auto``: microvolts where half of them are larger
        than 1e-2.
    """

    modality = "eeg"

    def __init__(
        self,
        root: Path,
        *,
        channels: Annotated[tuple[str, ...], Field(min_length=1)] = EPOC_X,
        sfreq: Annotated[float, Field(gt=0)] | None = 256.0,
        unit: Literal["auto", "V", "uV"] = "auto",
    ) -> None:
        super().__init__(root)
        self.channels, self.sfreq, self.unit = channels, sfreq, unit
        self._told = False

    def load(self, path: Path, trial: Trial) -> Signal:
        """Load the channels."""
        found = read_recording(path)
        data = found.data[places(found.names, self.channels)]
        data[~np.isfinite(data)] = np.nan
        sfreq = self._rate(found)
        if not self._microvolts(data):
            return Signal.of(data, sfreq, self.channels, "V")
        signal = Signal.of(data * MICROVOLT, sfreq, self.channels, "V")
        if self.unit != "auto":
            return signal
        self._tell(path)
        return signal.noted(RESCALED)

    def files(self, trial: Trial) -> Iterable[Path]:
        """Return the trial's file, and that of its samples where a SET file has one."""
        path = self.path(trial)
        return [] if path is None else parts(path)

    def _rate(self, found: Recording) -> float:
        if found.sfreq is None:
            if self.sfreq is None:
                raise SignalError("neither it nor its name (as in EEG_256.csv) says its rate in Hz")
            return self.sfreq
        if self.sfreq is None:
            return found.sfreq
        if abs(found.sfreq - self.sfreq) > NEAR * self.sfreq:
            raise SignalError(
                f"its rate is {found.sfreq:g} Hz, not {self.sfreq:g}; if all files have it, type, "
                f"for each stream of EEG, '+streams.NAME.reader={{name: phymer_eeg, sfreq: {found.sfreq:g}}}' (null "
                "takes any)"
            )
        return self.sfreq

    def _microvolts(self, data: Float[np.ndarray, "channels time"]) -> bool:
        if self.unit != "auto":
            return self.unit == "uV"
        sizes = np.abs(data[~np.isnan(data)])
        return bool(len(sizes)) and float(np.median(sizes)) > TOO_LARGE

    def _tell(self, path: Path) -> None:
        if not self._told:
            log.info("%s: its volts are microvolts, rescaled; the report counts such recordings", path)
            self._told = True

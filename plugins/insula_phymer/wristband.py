"""WristbandReader: what the readers of the Empatica E4's signals share."""

import re
from pathlib import Path
from typing import ClassVar, Literal

from insula import Signal, SignalError, Trial
from insula_phymer.e4 import E4File, read_e4
from insula_phymer.reader import PhyMERReader

NAMED = re.compile(r"_(\d+(?:\.\d+)?)$")
"""The rate at the end of a name such as SUB07VID24_BVP_64."""


class WristbandReader(PhyMERReader):
    """Reads one channel of the wristband from a CSV file, with Empatica's header (start time, rate) or without.

    Parameters
    ----------
    root
        The folder given to the dataset.
    rate
        Whose word counts for the sampling rate: ``agree``: header and name of the file, and where both say one they
        must agree; ``header`` or ``name``: that one, the other only where it says nothing.
    """

    channel: ClassVar[str]
    unit: ClassVar[str]
    scale: ClassVar[float] = 1.0
    """How many of ``unit`` one of the file's units is."""

    def __init__(self, root: Path, *, rate: Literal["agree", "header", "name"] = "agree") -> None:
        super().__init__(root)
        self.rate = rate

    def load(self, path: Path, trial: Trial) -> Signal:
        """Load the channel in SI units."""
        file = read_e4(path)
        return Signal.of(
            file.samples * self.scale, self._sfreq(file, path), [self.channel], self.unit, t0=self.begin(file, trial)
        )

    def begin(self, file: E4File, trial: Trial) -> float:
        """Return when its first sample is, in seconds from the start of the recording."""
        return 0.0

    def _sfreq(self, file: E4File, path: Path) -> float:
        match = NAMED.search(path.stem)
        named = float(match.group(1)) if match else None
        said = [rate for rate in (file.sfreq, named) if rate]
        if not said:
            raise SignalError("neither a header nor its name (as in NAME_4.csv) says its rate in Hz")
        if self.rate == "agree" and len(set(said)) > 1:
            raise SignalError(
                f"its header says {said[0]:g} Hz and its name {said[1]:g}; type which is right: "
                f"'+streams.NAME.reader={{name: phymer_{self.modality}, rate: header}}', or rate: name"
            )
        return said[-1] if self.rate == "name" else said[0]

"""HeartRate: what Empatica computes from the pulse afterwards."""

from pathlib import Path

from insula_stress_predict.wristband import Wristband


class HeartRate(Wristband):
    """Reads the heart rate (1 Hz, beats per minute), which begins 10 s after the other signals.

    Every sample is an average over spans of 10 s: the audit must know, or two windows would seem to share nothing
    (``reach``).
    """

    reach = (10.0, 10.0)

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.name = "HR"

"""StressPredict: three stress tasks and the rests between them."""

import csv
from collections.abc import Iterable, Iterator
from itertools import groupby

from insula import DataError, Dataset, SignalError, Target, Trial
from insula_stress_predict.wristband import CLOCK, header

COLUMNS = ("Participant", "Time(sec)", "Label")
CLASSES = ("rest", "stress")


class StressPredict(Dataset):
    """People who worked under stress and rested, with an Empatica E4 on the wrist for about an hour.

    A trial is a phase: the longest stretch with one label. Everybody went through the phases in one order, so a phase's
    number is the trial's stimulus, and all but tells the label. A person's recording is one, and all phases share it.

    Parameters
    ----------
    root
        The folder with ``S01``, ``S02``, … and ``labels.csv``, which has a line per second.
    """

    licence = "MIT"
    citation = "Iqbal et al. (2022), Sensors 22(21):8135."
    readers = {
        "bvp": "stress_predict_e4",
        "eda": {"name": "stress_predict_e4", "signal": "EDA"},
        "temp": {"name": "stress_predict_e4", "signal": "TEMP"},
        "hr": "stress_predict_hr",
    }
    targets = {"stress": Target("classes", CLASSES)}
    terms = {"stimulus": "phase"}

    def trials(self) -> Iterable[Trial]:
        """List the phases by person and time."""
        self.left_out.clear()
        labels = self._labels()
        for folder in sorted(path for path in self.root.glob("S*") if path.is_dir()):
            seconds = labels.get(folder.name)
            if seconds is None:
                self.leave_out(folder, "labels.csv has no line about this person")
                continue
            try:
                begin, _ = header(folder / f"{CLOCK}.csv")
            except SignalError as error:
                self.leave_out(folder, str(error))
                continue
            for number, (start, stop, label) in enumerate(_phases(seconds), 1):
                yield Trial(
                    f"{folder.name}_{number}",
                    folder.name,
                    stimulus=f"phase {number}",
                    recording=folder.name,
                    start=max(start - begin, 0.0),
                    stop=stop - begin,
                    position=number,
                    labels={"stress": CLASSES[label]},
                )

    def _labels(self) -> dict[str, list[tuple[float, int]]]:
        """Return time and label of every second, by folder."""
        path = self.root / "labels.csv"
        found: dict[str, list[tuple[float, int]]] = {}
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                for line in csv.DictReader(file):
                    participant, time, label = (line[name] for name in COLUMNS)
                    found.setdefault(f"S{int(participant):02d}", []).append((float(time), int(label)))
        except OSError as error:
            raise DataError(f"stress_predict: {path} can't be read: {error.strerror}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path}: every line needs numbers under {', '.join(COLUMNS)} ({error})") from error
        if wrong := {label for seconds in found.values() for _, label in seconds} - {0, 1}:
            raise DataError(f"{path}: a label is 0 (rest) or 1 (stress), not {min(wrong)}")
        return found


def _phases(seconds: list[tuple[float, int]]) -> Iterator[tuple[float, float, int]]:
    """Yield start, stop and label of every stretch with one label; a second lasts one second."""
    for label, stretch in groupby(sorted(seconds), key=lambda second: second[1]):
        times = [time for time, _ in stretch]
        yield times[0], times[-1] + 1.0, label

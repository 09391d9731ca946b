"""The package keeps insula's contracts; what is in the files is what comes out, and wrong files are said plainly."""

from pathlib import Path

import numpy as np
import pytest
from insula_stress_predict.dataset import StressPredict
from insula_stress_predict.heart_rate import HeartRate
from insula_stress_predict.wristband import Wristband

from insula import DataError, SignalError
from insula.plugin.testing import check_dataset, check_plugin, check_reader

START = 1_644_000_000
PHASES = ((0, 40), (1, 30), (0, 50))


@pytest.fixture
def root(tmp_path) -> Path:
    """Two people with labels from 5 s after the wristband's start, and one whom labels.csv doesn't know."""
    lines = ["Participant,HR,respr,Time(sec),Label"]
    for person in (2, 3):
        seconds = [label for label, length in PHASES for _ in range(length)]
        lines += [f"{person},80,12.0,{START + 5 + n},{label}" for n, label in enumerate(seconds)]
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n")
    rng = np.random.default_rng(0)
    for person in (1, 2, 3):
        folder = tmp_path / f"S{person:02d}"
        folder.mkdir()
        for name, sfreq, late in (("BVP", 64, 0), ("EDA", 4, 0), ("TEMP", 4, 0), ("HR", 1, 10)):
            samples = rng.uniform(1, 2, (130 - late) * sfreq).round(3)
            if name == "EDA":
                samples[0] = 0
            head = f"{START + late}.000000\n{sfreq}.000000\n"
            (folder / f"{name}.csv").write_text(head + "\n".join(map(str, samples)) + "\n")
    return tmp_path


def test_plugin():
    check_plugin("stress_predict")


def test_dataset(root):
    check_dataset(StressPredict, root=root)


@pytest.mark.parametrize("signal", ["BVP", "EDA", "TEMP"])
def test_readers(root, signal):
    check_reader(Wristband, dataset=StressPredict, root=root, signal=signal)


def test_heart_rate_begins_late_and_says_what_it_reaches(root):
    check_reader(HeartRate, dataset=StressPredict, root=root)
    trial = next(iter(StressPredict(root).trials()))
    signal = HeartRate(root).read(trial)
    assert (signal.t0, signal.sfreq, signal.n_times) == (10.0, 1.0, 120)
    assert HeartRate.reach == (10.0, 10.0)


def test_phases_are_trials_of_one_recording(root):
    dataset = StressPredict(root)
    trials = list(dataset.trials())
    of_one = [(t.start, t.stop, t.labels["stress"], t.stimulus) for t in trials if t.subject == "S02"]
    assert of_one == [
        (5.0, 45.0, "rest", "phase 1"),
        (45.0, 75.0, "stress", "phase 2"),
        (75.0, 125.0, "rest", "phase 3"),
    ]
    assert {trial.recording for trial in trials} == {"S02", "S03"}
    assert [item.why for item in dataset.left_out] == ["labels.csv has no line about this person"]


def test_skin_conductance_is_in_siemens_and_its_first_zero_no_measurement(root):
    trial = next(iter(StressPredict(root).trials()))
    signal = Wristband(root, signal="EDA").read(trial)
    assert np.isnan(signal.data[0, 0])
    assert signal.units == ("S",)
    assert 1e-6 <= signal.data[0, 1:].min() <= signal.data[0, 1:].max() <= 2e-6


def test_a_missing_file_is_a_missing_modality(root):
    trial = next(iter(StressPredict(root).trials()))
    (root / "S02" / "TEMP.csv").unlink()
    assert Wristband(root, signal="TEMP").read(trial) is None


def test_wrong_files_are_said_plainly(root):
    trial = next(iter(StressPredict(root).trials()))
    path = root / "S02" / "EDA.csv"
    whole = path.read_text()
    path.write_text(whole + "broken\n")
    with pytest.raises(SignalError, match=r"EDA\.csv can't be read: .*broken"):
        Wristband(root, signal="EDA").read(trial)
    path.write_text("t0,IBI\n")
    with pytest.raises(SignalError, match="first two lines must be the start"):
        Wristband(root, signal="EDA").read(trial)
    path.write_text(whole.replace("4.000000", "0", 1))
    with pytest.raises(SignalError, match="its rate, in line 2, is 0 Hz"):
        Wristband(root, signal="EDA").read(trial)
    (root / "S02" / "BVP.csv").write_text("")
    dataset = StressPredict(root)
    assert {trial.subject for trial in dataset.trials()} == {"S03"}
    assert any("BVP.csv: its first two lines" in item.why for item in dataset.left_out)


def test_wrong_labels_are_said_plainly(root):
    path = root / "labels.csv"
    path.write_text(path.read_text().replace(",1\n", ",2\n"))
    with pytest.raises(DataError, match=r"a label is 0 \(rest\) or 1 \(stress\), not 2"):
        list(StressPredict(root).trials())
    path.write_text("Participant,Label\n2,0\n")
    with pytest.raises(DataError, match=r"every line needs numbers under Participant, Time\(sec\), Label"):
        list(StressPredict(root).trials())
    path.unlink()
    with pytest.raises(DataError, match=r"labels\.csv can't be read: No such file"):
        list(StressPredict(root).trials())

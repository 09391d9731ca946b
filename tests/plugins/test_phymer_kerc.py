"""KERC2021: samples by their folders, quadrants, whose sample it is, and the parts without labels."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from insula import DataError
from insula.plugin.testing import check_dataset
from insula_phymer.bvp import PhyMERBVP
from insula_phymer.challenge import KERC2021
from insula_phymer.eda import PhyMEREDA
from insula_phymer.eeg import PhyMEREEG
from insula_phymer.personality import PhyMERPersonality
from insula_phymer.temperature import PhyMERTemperature
from made_phymer import eeg, write_kerc, write_text

LABELS = {"aa1": "HAHV", "bb2": "HALV", "cc3": "LALV", "dd4": "LAHV"}
READERS = {"eda": PhyMEREDA, "bvp": PhyMERBVP, "temp": PhyMERTemperature}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_kerc(tmp_path / "kerc", LABELS)


def test_contract(root: Path) -> None:
    check_dataset(KERC2021, root=root)


def test_a_sample_and_its_labels(root: Path) -> None:
    made = KERC2021(root)
    trials = list(made.trials())
    assert [trial.id for trial in trials] == [f"train/{name}" for name in LABELS]
    assert made.left_out == []
    assert trials[1].labels == {"quadrant": "HALV", "arousal_binary": "high", "valence_binary": "low"}
    assert [trial.labels["quadrant"] for trial in trials] == list(LABELS.values())
    assert (trials[0].dataset, trials[0].stimulus, trials[0].context["part"]) == ("kerc2021", None, "train")
    assert trials[0].context["eeg"] == Path("train/aa1/EEG_256.csv")


@pytest.mark.parametrize("header", [True, False])
def test_signals(tmp_path: Path, header: bool) -> None:
    root = write_kerc(tmp_path, LABELS, header=header)
    second = list(KERC2021(root).trials())[1]
    brain = PhyMEREEG(root).read(second)
    np.testing.assert_allclose(brain.data, eeg(seed=1), rtol=1e-6)
    assert brain.notes == {"rescaled from µV": 1.0}
    for name, reader in READERS.items():
        signal = reader(root).read(second)
        written = np.loadtxt(next((root / "train/bb2").glob(f"{name.upper()}_*.csv")))
        np.testing.assert_allclose(signal.data[0], written * (1e-6 if name == "eda" else 1), rtol=1e-6)
        assert (signal.sfreq, signal.t0) == ({"eda": 4, "bvp": 64, "temp": 4}[name], 0)


def test_personality_by_sample(root: Path) -> None:
    made = KERC2021(root)
    options = {key: value for key, value in made.readers["personality"].items() if key != "name"}  # type: ignore[union-attr]
    found = [PhyMERPersonality(root, **options).read(trial).data[:, 0].tolist() for trial in made.trials()]
    assert found == [[1, 2, 3, 4, 1], [1, 2, 3, 4, 2], [1, 2, 3, 4, 3], [1, 2, 3, 4, 4]]


def test_samples_with_the_same_traits_count_as_one_persons(tmp_path: Path) -> None:
    traits = ["aa1,1,2,3,4,1", "bb2,1,2,3,4,1", "cc3,4,4,4,4,4", "dd4,1,2,3,4,2"]
    root = write_kerc(tmp_path, LABELS, traits)
    subjects = [trial.subject for trial in KERC2021(root).trials()]
    assert subjects == ["1-2-3-4-1", "1-2-3-4-1", "4-4-4-4-4", "1-2-3-4-2"]
    assert {trial.subject for trial in KERC2021(root, subjects="unknown").trials()} == {"unknown"}


@pytest.mark.parametrize("last", ["dd4,1,2,3,4,", "ee5,1,2,3,4,2"])
def test_where_one_sample_lacks_a_trait_nobody_is_known(tmp_path: Path, last: str) -> None:
    root = write_kerc(tmp_path, LABELS, ["aa1,1,2,3,4,1", "bb2,1,2,3,4,1", "cc3,4,4,4,4,4", last])
    made = KERC2021(root)
    assert {trial.subject for trial in made.trials()} == {"unknown"}
    assert [item.what for item in made.left_out] == ["who the samples are of"]


def test_no_personalities_at_all(root: Path) -> None:
    (root / "train_personality.csv").unlink()
    trials = list(KERC2021(root).trials())
    assert {trial.subject for trial in trials} == {"unknown"}
    assert PhyMERPersonality(root, who="Id", by="trial").read(trials[0]) is None


def test_samples_without_a_label_are_counted(root: Path) -> None:
    for part, name in (("val", "v1"), ("val", "v2"), ("train", "ee5")):
        write_text(root / part / name / "EDA_4.csv", f"1\n2\n{len(name)}{name[-1]}\n")
    made = KERC2021(root)
    assert len(list(made.trials())) == 4
    assert [(item.what, item.why, item.count) for item in made.left_out] == [
        ("samples of train", "no label is known of them", 1),
        ("samples of val", "no label is known of them", 2),
    ]


def test_labels_that_are_wrong_double_or_without_files(root: Path) -> None:
    with (root / "train_labels.csv").open("a") as file:
        file.write("aa1,LALV\nff6,HAHV\nbb2x,happy\n")
    made = KERC2021(root)
    assert [trial.labels["quadrant"] for trial in made.trials()] == list(LABELS.values())
    assert {item.what: item.why for item in made.left_out} == {
        "train_labels.csv: aa1": "the sample has a row before it, which counts",
        "train_labels.csv: bb2x 'HAPPY'": "its label is none of LALV, LAHV, HALV, HAHV",
        "train_labels.csv: ff6": "no file of the sample was found",
    }


def test_a_missing_file_is_a_missing_modality(root: Path) -> None:
    (root / "train/aa1/EEG_256.csv").unlink()
    made = KERC2021(root)
    first = next(iter(made.trials()))
    assert PhyMEREEG(root).read(first) is None
    assert [item.what for item in made.left_out] == ["eeg of trial train/aa1"]


def test_columns_by_other_names(root: Path) -> None:
    for name in ("train_labels.csv", "train_personality.csv"):
        (root / name).write_text((root / name).read_text().replace("Id,", "Sample,").replace("label", "Quadrant"))
    with pytest.raises(
        DataError, match=r"train_labels\.csv lacks .*Id, label \(it has: Sample, Quadrant\).*dataset\.id_column"
    ):
        KERC2021(root).trials()
    made = KERC2021(root, id_column="Sample", label="quadrant")
    assert len({trial.subject for trial in made.trials()}) == 4


def test_nothing_there_says_what_to_type(root: Path, tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"no sample has a label: looked in .*nowhere for train_labels\.csv.*dataset\.root="
    ):
        KERC2021(tmp_path / "nowhere").trials()
    shutil.rmtree(root / "train")
    with pytest.raises(
        DataError, match=r"none of the 4 samples has a file: no eeg file was found: looked below .*train"
    ):
        KERC2021(root).trials()

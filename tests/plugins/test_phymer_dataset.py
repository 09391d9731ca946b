"""PhyMER's files: found by what their paths name, missing ones counted, copies and strays reported."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from insula import ConfigError, DataError
from insula.plugin.testing import check_dataset
from insula_phymer.copies import copies
from insula_phymer.dataset import PhyMER
from insula_phymer.eeg import PhyMEREEG
from made_phymer import eeg, write_fif, write_phymer, write_set, write_text

TRIALS = [(1, 7), (1, 24), (3, 7)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_phymer(tmp_path / "phymer", TRIALS)


def reasons(made: PhyMER) -> Counter[str]:
    return Counter(item.why for item in made.left_out)


def test_a_complete_set_leaves_nothing_out(root: Path) -> None:
    made = PhyMER(root)
    for _ in range(2):
        trials = list(made.trials())
        assert [trial.id for trial in trials] == ["SUB01VID07", "SUB01VID24", "SUB03VID07"]
        assert made.left_out == []
    wrist = Path("E4/Sub01/SUB01VID24")
    assert {name: path for name, path in trials[1].context.items() if name != "sought"} == {
        "eeg": Path("Emotiv/Sub01/SUB01VID24/SUB01VID24_raw.fif"),
        "eda": wrist / "SUB01VID24_EDA_4.csv",
        "bvp": wrist / "SUB01VID24_BVP_64.csv",
        "temp": wrist / "SUB01VID24_TEMP_4.csv",
        "hr": wrist / "SUB01VID24_HR_1.csv",
        "personality": Path("Personality/personality.csv"),
    }


def test_contract(root: Path) -> None:
    check_dataset(PhyMER, root=root)


def test_only_some_people(root: Path) -> None:
    made = PhyMER(root, people=1)
    assert {trial.subject for trial in made.trials()} == {"01"}
    assert made.left_out == []


def test_a_missing_file_is_a_missing_modality_and_counted(root: Path) -> None:
    (root / "E4/Sub01/SUB01VID07/SUB01VID07_EDA_4.csv").unlink()
    (root / "Emotiv/Sub03/SUB03VID07/SUB03VID07_raw.fif").unlink()
    made = PhyMER(root)
    first, _, last = made.trials()
    assert "eda" not in first.context
    assert "eeg" not in last.context
    assert PhyMEREEG(root).read(last) is None
    assert {item.what: item.why for item in made.left_out} == {
        "eda of trial SUB01VID07": "no eda file: the trial lacks the modality",
        "eeg of trial SUB03VID07": "no eeg file: the trial lacks the modality",
    }


def test_a_trial_without_any_file_is_left_out(root: Path) -> None:
    for folder in ("E4", "Emotiv"):
        shutil.rmtree(root / folder / "Sub03")
    made = PhyMER(root)
    assert [trial.id for trial in made.trials()] == ["SUB01VID07", "SUB01VID24"]
    assert reasons(made) == {"no file of the trial was found": 1}


def test_files_without_a_row_or_a_code_are_reported(root: Path) -> None:
    shutil.copytree(root / "E4/Sub01/SUB01VID07", root / "E4/Sub01/SUB01VID09")
    for path in (root / "E4/Sub01/SUB01VID09").iterdir():
        path.write_text(path.read_text() + "1.5\n")
        path.rename(path.with_name(path.name.replace("VID07", "VID09")))
    write_text(root / "Emotiv/Sub01/SUB01_baseline_raw.fif", "x")
    made = PhyMER(root)
    assert len(list(made.trials())) == 3
    assert {item.what: item.why for item in made.left_out} == {
        "files of SUB01VID09": "labels.csv has no row of the trial",
        "Emotiv/Sub01/SUB01_baseline_raw.fif": "its path names no subject or no video",
    }


def test_any_inner_layout_is_searched(root: Path) -> None:
    shutil.rmtree(root / "Emotiv")
    write_fif(root / "Emotiv/raw/sub1/vid007/recording.fif", eeg())
    write_fif(root / "Emotiv/raw/sub3_vid7.fif", eeg(seed=1))
    found = {trial.id: trial.context.get("eeg") for trial in PhyMER(root).trials()}
    assert found == {
        "SUB01VID07": Path("Emotiv/raw/sub1/vid007/recording.fif"),
        "SUB01VID24": None,
        "SUB03VID07": Path("Emotiv/raw/sub3_vid7.fif"),
    }


def test_the_last_name_in_a_path_counts(root: Path) -> None:
    (root / "Emotiv/Sub01").rename(root / "Emotiv/of SUB09VID99")
    made = PhyMER(root)
    assert next(iter(made.trials())).context["eeg"] == Path("Emotiv/of SUB09VID99/SUB01VID07/SUB01VID07_raw.fif")
    assert made.left_out == []


def test_fif_before_set_and_further_files_reported(root: Path) -> None:
    folder = root / "Emotiv/Sub01/SUB01VID07"
    write_set(folder / "SUB01VID07.set", eeg())
    write_fif(folder / "SUB01VID07_second_raw.fif", eeg(seed=9))
    made = PhyMER(root)
    assert next(iter(made.trials())).context["eeg"] == Path("Emotiv/Sub01/SUB01VID07/SUB01VID07_raw.fif")
    assert [item.what for item in made.left_out] == [
        "Emotiv/Sub01/SUB01VID07/SUB01VID07_second_raw.fif (instead: Emotiv/Sub01/SUB01VID07/SUB01VID07_raw.fif)"
    ]
    shutil.rmtree(root / "Emotiv/Sub01")
    write_set(folder / "SUB01VID07.set", eeg())
    assert next(iter(PhyMER(root).trials())).context["eeg"].suffix == ".set"


def test_what_a_mac_leaves_behind_is_passed_over(root: Path) -> None:
    write_text(root / "E4/Sub01/SUB01VID07/._SUB01VID07_EDA_4.csv", b"\x00\x05\x16\x07")
    made = PhyMER(root)
    assert next(iter(made.trials())).context["eda"].name == "SUB01VID07_EDA_4.csv"
    assert made.left_out == []


def test_copies_under_another_trial_are_reported_and_not_used(root: Path) -> None:
    first, again = (root / f"E4/Sub0{s}/SUB0{s}VID07/SUB0{s}VID07_BVP_64.csv" for s in (1, 3))
    shutil.copy(first, again)
    made = PhyMER(root)
    trials = {trial.id: trial for trial in made.trials()}
    assert "bvp" in trials["SUB01VID07"].context
    assert "bvp" not in trials["SUB03VID07"].context
    told = {item.what: item.why for item in made.left_out}
    pair = "E4/Sub03/SUB03VID07/SUB03VID07_BVP_64.csv (= E4/Sub01/SUB01VID07/SUB01VID07_BVP_64.csv)"
    assert told[pair] == "its contents are those of another trial's bvp file: one of them is wrong"


def test_copies_by_contents_only(tmp_path: Path) -> None:
    body = bytes(range(256)) * 100
    other = bytearray(body)
    other[5] ^= 1  # same size, same middle
    files = [
        write_text(tmp_path / name, data)
        for name, data in (("a", body), ("b", bytes(other)), ("c", body), ("d", b""), ("e", b""))
    ]
    assert list(copies(files)) == [(tmp_path / "c", tmp_path / "a")]


def test_what_cannot_be_opened_is_nobodys_copy(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]  # of one size, and no file
    for folder in folders:
        folder.mkdir()
    assert list(copies([*folders, tmp_path / "gone"])) == []


def test_a_modality_that_nobody_has_says_what_was_looked_for(root: Path) -> None:
    shutil.rmtree(root / "Emotiv")
    made = PhyMER(root)
    trials = list(made.trials())
    assert len(trials) == 3
    (item,) = made.left_out
    assert item.what == "eeg"
    assert "no eeg file was found: looked below Emotiv for names like" in item.why
    assert r"SUB0*(\d+)" in item.why
    assert "type dataset.eeg=FOLDER or dataset.eeg_pattern=REGEX" in item.why


def test_nothing_at_all_says_what_was_looked_for(root: Path) -> None:
    for folder in ("E4", "Emotiv"):
        shutil.rmtree(root / folder)
    with pytest.raises(
        DataError, match=r"none of the 3 trials in .*labels\.csv has a file: no eeg file was found: looked"
    ):
        PhyMER(root).trials()


def test_other_names_of_folders_and_files(root: Path) -> None:
    (root / "E4").rename(root / "Wrist")
    (root / "Emotiv").rename(root / "Brain")
    (root / "Personality/personality.csv").rename(root / "people.csv")
    made = PhyMER(root, e4="Wrist", eeg="Brain", eeg_pattern=r"_raw\.fif$", personality="people.csv")
    assert len(list(made.trials())) == 3
    assert made.left_out == []


def test_several_files_of_personalities(root: Path) -> None:
    write_text(root / "Personality/answers.csv", "subject,q1\n1,2\n")
    made = PhyMER(root)
    assert next(iter(made.trials())).context["personality"] == Path("Personality/answers.csv")
    (item,) = made.left_out
    assert "dataset.personality=Personality/personality.csv" in item.why


@pytest.mark.parametrize(
    ("option", "pattern", "message"),
    [
        ("video_pattern", "VID(", r"dataset\.video_pattern=VID\(: this is no regular expression"),
        ("subject_pattern", "SUB", r"dataset\.subject_pattern=SUB: put what is looked for in parentheses"),
    ],
)
def test_a_pattern_that_is_none_is_named(root: Path, option: str, pattern: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        PhyMER(root, **{option: pattern})

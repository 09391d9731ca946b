"""The generator of PhyMER on disk: the published layout, SYNTHETIC everywhere, whole after an interruption."""

import csv
import json
import sys
from pathlib import Path

import mne
import numpy as np
import pytest
import tqdm

from insula import DataError
from insula.cli import generate
from insula.plugin.registry import REGISTRIES, Component
from insula_phymer.dataset import PhyMER
from insula_phymer.generator import trial_files, write
from insula_phymer.generator.emotions import EMOTIONS
from insula_phymer.generator.scalp import CHANNELS

SMALL = {"preset": "null", "subjects": 2, "videos": 3, "seconds": 12.0, "missing": 0.0}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phymer") / "made"
    PhyMER.generate(folder, **SMALL)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def contents(folder: Path) -> dict[str, object]:
    """Return what every file says; a FIF file also holds the time of writing, which is left out."""
    said: dict[str, object] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        said[name] = read_eeg(path).get_data().tobytes() if path.suffix == ".fif" else path.read_bytes()
    return said


def read_eeg(path: Path) -> mne.io.BaseRaw:
    return mne.io.read_raw_fif(path, preload=True, verbose="error")


def test_the_layout(made: Path) -> None:
    codes = [row["experiment_code"] for row in rows(made / "labels.csv")]
    trials = [code for code in codes if "VID" in code]
    assert sorted({*codes} - {*trials}) == ["SUB01BASELINE", "SUB02BASELINE"]
    expected = {"labels.csv", "Personality/personality.csv", "SYNTHETIC.json"}
    for code in trials:
        place = f"Sub{code[3:5]}/{code}/{code}"
        expected |= {f"E4/{place}_{kind}.csv" for kind in ("EDA_4", "BVP_64", "TEMP_4", "HR_1")}
        expected.add(f"Emotiv/{place}_raw.fif")
    assert len(trials) == 6
    assert {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()} == expected
    assert "SYNTHETIC" in json.loads((made / "SYNTHETIC.json").read_text())["note"]


def test_labels_and_personality(made: Path) -> None:
    labels = [row for row in rows(made / "labels.csv") if "VID" in row["experiment_code"]]
    assert list(labels[0]) == ["experiment_code", "arousal", "valence", "emotion", "target_emotion"]
    for row in labels:
        assert {row["arousal"], row["valence"]} <= {*"123456789"}
        assert {row["emotion"], row["target_emotion"]} <= {*EMOTIONS}
    people = rows(made / "Personality" / "personality.csv")
    assert [row["subject"] for row in people] == ["Sub01", "Sub02"]
    for row in people:
        answer = {n: int(row[f"Q{n}"]) for n in range(1, 13)}
        assert {*answer.values()} <= {1, 2, 3, 4, 5}
        agreeable = answer[2] + (6 - answer[7]) + answer[12]
        assert int(row["agreeableness"]) == 1 + (agreeable > 10) + (agreeable > 12) + (agreeable > 13)
        careful = answer[4] + (6 - answer[9])
        assert int(row["conscientiousness"]) == 1 + (careful > 4) + (careful > 6) + (careful > 8)


def test_eeg_reads_back(made: Path) -> None:
    for path in sorted(made.rglob("*.fif")):
        raw = read_eeg(path)
        assert (tuple(raw.ch_names), raw.info["sfreq"], raw.n_times) == (CHANNELS, 256.0, 12 * 256)
        assert "SYNTHETIC" in raw.info["description"]
        data = raw.get_data()
        assert np.median(data) == pytest.approx(4.2e-3, rel=0.02)
        steps = data / 0.51e-6
        np.testing.assert_allclose(steps, steps.round(), atol=2e-3)


def test_the_wristbands_files_have_their_headers(made: Path) -> None:
    for path in sorted(made.rglob("*_BVP_64.csv")):
        start = float(path.read_text().split("\n")[0])
        for kind, rate, count, late in (("EDA", 4, 48, 0), ("BVP", 64, 768, 0), ("TEMP", 4, 48, 0), ("HR", 1, 2, 10)):
            values = np.loadtxt(path.with_name(path.name.replace("BVP_64", f"{kind}_{rate}")))
            assert (values[0], values[1], len(values) - 2) == (start + late, rate, count)
            low, high = {"EDA": (0.01, 60), "BVP": (-500, 500), "TEMP": (25, 40), "HR": (40, 140)}[kind]
            assert low <= values[2:].min() <= values[2:].max() <= high
        read_eeg(made / "Emotiv" / path.relative_to(made / "E4").with_name(path.name.replace("BVP_64.csv", "raw.fif")))


def test_the_dataset_reads_it(made: Path) -> None:
    trials = list(PhyMER(made).trials())
    assert len(trials) == 6
    reported = {row["experiment_code"]: row["emotion"].lower() for row in rows(made / "labels.csv")}
    assert {trial.id: trial.labels["emotion"] for trial in trials}.items() <= {
        code: {"angry": "anger"}.get(name, name) for code, name in reported.items()
    }.items()


def test_the_same_options_give_the_same_files(made: Path, tmp_path: Path) -> None:
    PhyMER.generate(tmp_path / "again", **SMALL)
    assert contents(tmp_path / "again") == contents(made)
    PhyMER.generate(tmp_path / "other", **SMALL, seed=1)
    assert contents(tmp_path / "other") != contents(made)


def test_microvolts_as_volts_and_set(made: Path, tmp_path: Path) -> None:
    PhyMER.generate(tmp_path / "wild", **{**SMALL, "subjects": 1, "videos": 1}, eeg_unit="uV", set=True)
    (path,) = (tmp_path / "wild").rglob("*_raw.fif")
    volts = read_eeg(path).get_data()
    assert np.median(volts) == pytest.approx(4200, rel=0.02)
    back = mne.io.read_raw_eeglab(path.with_suffix(".set"), preload=True, verbose="error")
    np.testing.assert_allclose(back.get_data(), volts, rtol=1e-5)
    assert (tuple(back.ch_names), back.info["sfreq"]) == (CHANNELS, 256.0)
    assert list(back.annotations.description) == ["SYNTHETIC"]


def test_some_files_are_missing(tmp_path: Path) -> None:
    PhyMER.generate(tmp_path / "made", **{**SMALL, "videos": 6, "missing": 0.3})
    there = [path for path in (tmp_path / "made").rglob("SUB*") if path.is_file()]
    assert 30 <= len(there) <= 55  # of 60
    assert len(rows(tmp_path / "made" / "labels.csv")) == 14


def test_a_short_trial_has_no_heart_rate(tmp_path: Path) -> None:
    PhyMER.generate(tmp_path / "made", **{**SMALL, "subjects": 1, "videos": 1, "seconds": 4.0})
    assert sorted(p.name.partition("_")[2] for p in (tmp_path / "made").rglob("SUB*.*")) == [
        "BVP_64.csv",
        "EDA_4.csv",
        "TEMP_4.csv",
        "raw.fif",
    ]


def test_it_goes_on_where_it_was_interrupted(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, real, calls = tmp_path / "made", trial_files.write_fif, iter(range(100))

    def stops(path: Path, *args: object) -> None:
        if next(calls) == 3:
            path.write_bytes(b"half a file")
            raise KeyboardInterrupt
        real(path, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(trial_files, "write_fif", stops)
    with pytest.raises(KeyboardInterrupt):
        PhyMER.generate(folder, **SMALL)
    monkeypatch.undo()
    finished = {path: path.stat().st_mtime_ns for path in folder.rglob("SUB*.*")}
    assert len(finished) == 15  # three trials; what was being written has a hidden name
    assert not (folder / "labels.csv").exists()
    with pytest.raises(DataError, match="labels"):
        list(PhyMER(folder).trials())
    PhyMER.generate(folder, **SMALL)
    assert contents(folder) == contents(made)
    assert all(path.stat().st_mtime_ns == when for path, when in finished.items())


def test_only_its_own_folder(tmp_path: Path) -> None:
    few = {**SMALL, "subjects": 1, "videos": 1}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious.txt").touch()
    with pytest.raises(DataError, match=r"mine isn't empty, and SYNTHETIC\.json isn't in it: name a new folder"):
        PhyMER.generate(tmp_path / "mine", **few)
    PhyMER.generate(tmp_path / "made", **few)
    with pytest.raises(
        DataError, match=r"made was begun with other options \(seed: 0 there, 1 now; preset: null there"
    ):
        PhyMER.generate(tmp_path / "made", **{**few, "preset": "easy"}, seed=1)
    (tmp_path / "made" / "SYNTHETIC.json").write_text("[]")
    with pytest.raises(DataError, match=r"SYNTHETIC\.json can't be read"):
        PhyMER.generate(tmp_path / "made", **few)


def test_set_without_eeglabio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "eeglabio", None)
    with pytest.raises(DataError, match="SET files need eeglabio: pip install eeglabio"):
        PhyMER.generate(tmp_path / "made", **SMALL, set=True)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(("videos", "disable"), [(20, True), (21, None)])
def test_a_progress_bar_from_twenty_trials_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, videos: int, disable: bool | None
) -> None:
    said = {}
    monkeypatch.setattr(write, "write_trial", lambda *args: None)
    monkeypatch.setattr(tqdm, "tqdm", lambda items, **how: (said.update(how), items)[1])
    PhyMER.generate(tmp_path / "made", **{**SMALL, "subjects": 1, "videos": videos})
    assert said["disable"] is disable


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--preset", "nul"], "--preset: Input should be 'null', 'default' or 'easy', got 'nul'"),
        (["--subjects", "0"], "--subjects: Input should be greater than or equal to 1"),
        (["--rho", "1.5"], "--rho: Input should be less than or equal to 1"),
        (["--seconds", "1"], "--seconds: Input should be greater than or equal to 2"),
        (["--missing", "1"], "--missing: Input should be less than 1"),
        (["--eeg-unit", "mV"], "--eeg_unit: Input should be 'V' or 'uV'"),
    ],
)
def test_wrong_options_are_said(capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    component = Component(REGISTRIES["datasets"], "phymer", "insula_phymer.dataset:PhyMER", "test")
    parser, model = generate.parser_for(component)
    given = vars(parser.parse_args(["DIR", *words]))
    with pytest.raises(SystemExit):
        generate._validated(parser, model, {name: value for name, value in given.items() if name != "directory"})
    assert message in capsys.readouterr().err

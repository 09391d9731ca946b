"""``insula inspect``: what it finds in a manifest, what it warns of, and the command it ends with."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from insula.cli.inspect import inspection
from insula.cli.main import main


def voices(folder: Path, rows: list[str], header: str = "path,subject,stimulus,emotion") -> Path:
    for number in range(len(rows)):
        soundfile.write(folder / f"{number}.wav", 0.1 * np.ones(4000 * (number + 1)), 16_000)
    path = folder / "manifest.csv"
    path.write_text("\n".join([header, *(f"{number}.wav,{row}" for number, row in enumerate(rows))]))
    return path


def test_the_real_files(tmp_path: Path, real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letters = {"W": "anger", "F": "happiness", "T": "sadness", "N": "neutral"}
    files = sorted((real_data / "emodb" / "wav").glob("*.wav"))
    rows = [f"{path},{path.stem[:2]},{path.stem[2:5]},{letters[path.stem[5]]}" for path in files]
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("\n".join(["path,subject,stimulus,emotion", *rows]))
    assert main(["inspect", str(manifest)]) == 0
    said = capsys.readouterr().out
    assert "339 trials" in said
    assert "anger 127, happiness 71, neutral 79, sadness 62" in said
    assert "16000 Hz" in said
    assert "warning" not in said
    wanted = f"insula train experiment=speech dataset=table dataset.root={manifest} split=subject_kfold"
    assert said.rstrip().splitlines()[-1] == wanted
    assert main(["inspect", str(manifest), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["trials"], len(found["subjects"]), found["stimuli"], found["command"]) == (339, 10, 10, wanted)
    assert found["modalities"]["speech"]["sfreq"] == [16000.0]


def test_one_subject(tmp_path: Path) -> None:
    found = inspection(voices(tmp_path, ["s1,a,joy", "s1,b,fear", "s1,a,fear", "s1,b,joy"]))
    assert found["warnings"] == ["there is one subject: no figure says anything about other people"]
    assert found["command"].endswith("split=leave_trials_out")


def test_labels_that_stimulus_or_subject_give_away(tmp_path: Path) -> None:
    by_stimulus = [f"s{k % 6},{'ab'[k // 6]},{'joy' if k < 6 else 'fear'}" for k in range(12)]
    (warning,) = inspection(voices(tmp_path, by_stimulus))["warnings"]
    assert "the stimulus gives 'emotion' away in 100% of the trials" in warning
    by_subject = [f"s{k % 6},{'ab'[k // 6]},{'joy' if k % 6 < 3 else 'fear'}" for k in range(12)]
    (warning,) = inspection(voices(tmp_path, by_subject))["warnings"]
    assert "the subject gives 'emotion' away in 100% of the trials" in warning
    one_only = [f"s{k % 6},,{'fear' if k == 0 else 'joy' if k < 7 else 'calm'}" for k in range(12)]
    assert any(
        "emotion=fear occurs with one subject only, s0" in w for w in inspection(voices(tmp_path, one_only))["warnings"]
    )


def test_what_is_left_out_and_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = voices(tmp_path, ["s1,a,joy", "s2,b,fear", "s3,a,joy"])
    manifest.write_text(manifest.read_text() + "\ngone.wav,s4,b,joy")
    (tmp_path / "0.wav").write_bytes(b"junk")
    soundfile.write(tmp_path / "2.wav", np.zeros(8000), 8000)
    assert main(["inspect", str(manifest)]) == 0
    said = capsys.readouterr().out
    assert "left out    1" in said
    assert "gone.wav" in said
    assert "0.wav can't be read as sound" in said
    assert "the files differ (8000, 16000 Hz; 1 channels)" in said
    assert "split=leave_one_subject_out" in said


def test_another_label_and_another_modality(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(4.0))
    np.save(tmp_path / "b.npy", np.arange(4.0))
    manifest = tmp_path / "my data.csv"
    manifest.write_text("path,subject,valence\na.npy,s1,0.5\nb.npy,s2,\n")
    found = inspection(manifest)
    assert found["labels"] == {"valence": {"kind": "number", "missing": 1, "range": "0.5 to 0.5"}}
    assert found["modalities"]["features"]["static"]
    assert "experiment=signals" in found["command"]
    assert found["command"].endswith("'+targets.valence={}'")
    import shlex

    assert f"dataset.root='{manifest}'" in shlex.split(found["command"])


def test_eeg_that_is_not_in_volts(tmp_path: Path) -> None:
    import mne

    info = mne.create_info(["AF3"], 128.0, "eeg")
    mne.io.RawArray(np.random.default_rng(0).standard_normal((1, 512)), info, verbose="error").save(
        tmp_path / "a_raw.fif", verbose="error"
    )
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("path,subject\na_raw.fif,s1\n")
    warnings = inspection(manifest)["warnings"]
    assert any("isn't an EEG's in volts" in warning for warning in warnings)
    assert any("no column can be a label" in warning for warning in warnings)


def test_a_manifest_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(tmp_path / "none.csv")]) == 1
    assert "there is no manifest at" in capsys.readouterr().err

"""IEMOCAP from the command line: the fixed scripts, its protocols on made-up speech, damaged files in a whole run."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from insula.cli.compose import preflight
from insula.cli.main import main

STUDIES = {"iemocap_table_1": 9, "iemocap_figure_2": 8, "iemocap_units": 42, "iemocap_cells": 8}
SMALL = ("training.epochs=1", "training.progress=false")
PROTOCOLS = {
    "experiment=iemocap_paper": (
        "F",
        {"augmented_copies", "selection_on_test", "fitted_on_test", "disclosed_step", "shared_conversation"},
    ),
    "experiment=iemocap_honest": ("A", set()),
    "experiment=iemocap_honest split=iemocap_speakers": ("A", {"partner_validates"}),
    "experiment=iemocap_honest split=iemocap_dialogues": ("A", set()),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """The folder of the fixed script."""
    folder = tmp_path_factory.mktemp("iemocap") / "files"
    assert main(["generate", "iemocap", str(folder), "--preset", "null", "--utterances", "60", "--seed", "0"]) == 0
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> str:
    return f"store={tmp_path_factory.mktemp('store')}"


def test_check_ends_with_the_size_of_the_cell(files, store, capsys):
    words = ["experiment=iemocap_honest", f"dataset.root={files}", "cell=euler_ltc", "cell.hidden_size=16"]
    assert main(["check", *words]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "parameters: 1,012"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_protocols_run_and_are_told_apart(files, store, protocol, tmp_path):
    grade, kinds = PROTOCOLS[protocol]
    words = [*protocol.split(), f"dataset.root={files}", store, *SMALL]
    assert main(["train", *words, f"hydra.run.dir={tmp_path}"]) == 0
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    found = {finding["kind"] for finding in metrics["audit"]["findings"]} - {"missing_class"}
    assert kinds <= found
    assert metrics["grade"] >= grade
    assert ("augmented_copies" in found) == (grade == "F")
    assert metrics["made_up"] is True
    assert {"scenario only", "speaker only", "duration only", "majority class"} <= {
        floor["name"] for floor in metrics["floors"]["baselines"]
    }
    report = (tmp_path / "report.md").read_text()
    assert "the ceiling of emotion_e1…e6" in report
    tested = pd.read_parquet(tmp_path / "predictions.parquet")
    assert tested["trial"].str.contains("~").any() == (grade == "F")
    if "iemocap_speakers" in protocol:
        assert len(metrics["folds"]) == 10
    if grade != "F":
        assert len(tested) == 60


def test_other_targets_train_together(files, store, tmp_path):
    words = ["experiment=iemocap_honest", f"dataset.root={files}", store, *SMALL, "split.take=1"]
    words += ["targets={emotion_votes: {}, valence: {loss: ccc}, emotion_e1: {weight: 0.5}}"]
    assert main(["train", *words, f"hydra.run.dir={tmp_path}"]) == 0
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert set(metrics["targets"]) >= {"emotion_votes", "valence"}
    assert "ccc" in metrics["targets"]["valence"]["metrics"]


def test_damaged_files_cost_themselves_alone_and_are_counted(files, store, tmp_path, capsys):
    root = tmp_path / "damaged"
    shutil.copytree(files, root)
    waves = sorted((root / "IEMOCAP_full_release").glob("Session*/sentences/wav/*/Ses*.wav"))
    cut, empty, silent, clipped, slow, many, gone, *_ = waves
    sound, rate = soundfile.read(clipped)
    whole = cut.read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    soundfile.write(empty, np.zeros(0), rate)
    soundfile.write(silent, np.zeros(rate), rate)
    soundfile.write(clipped, (50 * sound).clip(-1, 1), rate)
    soundfile.write(slow, sound[::2], 8000)
    soundfile.write(many, np.tile(sound[:, None], (1, 10)), rate)
    gone.unlink()
    stranger = waves[10].with_name(waves[10].name.replace("_F0", "_F9").replace("_M0", "_M9"))
    shutil.copy(waves[10], stranger)
    evaluation = next((root / "IEMOCAP_full_release" / "Session5" / "dialog" / "EmoEvaluation").glob("Ses*.txt"))
    evaluation.write_text(evaluation.read_text() + "\n[1.0 - oops]\tSes05F_impro01_F000\tneu\t[1, 2]\n")
    words = ["experiment=iemocap_honest", f"dataset.root={root}", store, *SMALL, "~streams.speech.augment"]
    assert main(["train", *words, f"hydra.run.dir={tmp_path / 'run'}"]) == 0
    report = (tmp_path / "run" / "report.md").read_text()
    for told in (
        "1 | its file is cut off: its header promises more sound than there is",
        "1 | its file holds no samples",
        "1 | its file is silent: all its samples are 0",
        "has 10 channels; speech has one",
        gone.stem,
        stranger.stem,
        evaluation.name,
        "| speech | clipped | 1 of",
        "| speech | resampled | 1 of",
    ):
        assert told in report, told
    assert len(pd.read_parquet(tmp_path / "run" / "predictions.parquet")) == 60 - 5


def test_a_wrong_root_says_where_it_looked(tmp_path, capsys):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "readme.txt").write_text("nothing")
    assert main(["train", "experiment=iemocap_honest", f"dataset.root={tmp_path / 'elsewhere'}"]) == 1
    told = capsys.readouterr().err
    assert "Session1" in told
    assert "dataset.root=" in told


@pytest.mark.parametrize(("study", "rows"), STUDIES.items())
def test_every_row_of_the_studies_can_be_composed(study, rows):
    assert len(preflight([f"study={study}"])) == rows
    assert len(preflight([f"study={study}", "study.size=smoke"])) == rows


@pytest.mark.parametrize("experiment", ["iemocap_honest", "iemocap_paper", "cnn_blstm", "multi_kernel"])
def test_the_experiments_take_any_corpus_of_speech(experiment):
    (job,) = preflight([f"experiment={experiment}", "dataset=emodb", "split=subject_kfold"])
    assert job.config.dataset.name == "emodb"

"""``insula train`` and ``insula check``: arguments in any order, one error said once, sweeps that go on."""

import json
import os
import signal

import numpy as np
import pytest
import soundfile

from insula.cli.compose import ordered, preflight
from insula.cli.main import main

SMALL = (
    *("experiment=demo", "dataset.trials=4", "dataset.seconds=4", "~streams.eeg", "~streams.personality"),
    *("training.epochs=1", "training.progress=false", "cell.hidden_size=4", "analyses={metrics: {}}"),
)


@pytest.fixture
def insula(tmp_path, capfd, monkeypatch):
    """Return ``insula(*arguments)``, which gives exit code, stdout and stderr."""
    monkeypatch.setenv("INSULA_STORE", str(tmp_path / "store"))
    monkeypatch.setattr("sys.argv", ["insula"])

    def run(*arguments: str):
        code = main(arguments)
        return code, *capfd.readouterr()

    return run


def test_a_single_run_says_its_error_once(insula, tmp_path):
    code, _, said = insula("train", *SMALL, "split.k=100", f"hydra.run.dir={tmp_path / 'run'}")
    assert code == 1
    assert said == "insula train: split.k=100: the data have only 8 subjects; type split.k=8 or less\n"


def test_a_sweep_goes_on_and_names_what_failed(insula, tmp_path):
    sweep = ("-m", "dataset.subjects=2,8", "split.k=4", f"hydra.sweep.dir={tmp_path / 'sweep'}")
    code, shown, said = insula("train", *SMALL, *sweep)
    assert code == 1
    assert said.startswith("insula train: 1 of 2 runs failed:\n  dataset.subjects=2: 2 subjects can't be cut into")
    assert "Error executing job" not in said
    assert "dataset.subjects=2: failed: 2 subjects" in shown
    assert not (tmp_path / "sweep" / "0" / "metrics.json").exists()
    assert json.loads((tmp_path / "sweep" / "1" / "metrics.json").read_text())["grade"] == "A"


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_sweep_ends_and_says_how_to_go_on(insula, tmp_path, monkeypatch, kind):
    from insula.training.callbacks import Progress

    monkeypatch.setattr(Progress, "epoch", lambda *_: os.kill(os.getpid(), kind))
    folder = f"hydra.sweep.dir={tmp_path / 'sweep'}"
    code, shown, said = insula("train", "-m", *SMALL, "seed=0,1", folder)
    assert code == 130
    assert said.endswith(f"interrupted; what is done is kept: the same command with {folder} goes on\n")
    assert "failed" not in shown
    assert not (tmp_path / "sweep" / "1").exists()


def test_a_defect_in_a_sweep_keeps_its_traceback(insula, tmp_path, monkeypatch):
    from insula import pipeline

    def defect(config, folder, plugins):
        raise ZeroDivisionError("a defect of ours")

    monkeypatch.setattr(pipeline, "run", defect)
    with pytest.raises(ZeroDivisionError, match="a defect of ours"):
        insula("train", "-m", *SMALL, "seed=0,1", f"hydra.sweep.dir={tmp_path / 'sweep'}")


def test_a_run_corrected_in_its_own_folder_starts(insula, tmp_path):
    folder = f"hydra.run.dir={tmp_path / 'run'}"
    assert insula("train", *SMALL, "training.device=mps", folder)[0] == 1
    code, _, said = insula("train", *SMALL, "split.k=4", folder)
    assert code == 0, said


def test_flags_may_stand_behind_overrides(insula):
    assert ordered(["experiment=demo", "-m", "cell=lstm,gru", "-cn", "config", "~streams.eeg"]) == [
        *("-m", "-cn", "config"),
        *("experiment=demo", "cell=lstm,gru", "~streams.eeg"),
    ]
    assert len(preflight(["experiment=demo", "-m", "cell=lstm,gru"])) == 2
    code, shown, _ = insula("check", *SMALL, "-m", "cell=lstm,gru")
    assert (code, "2 combinations are valid" in shown) == (0, True)


@pytest.mark.parametrize(
    ("flag", "message"),
    [("--multrun", "I don't know --multrun"), ("--cfg", "argument --cfg/-c: expected one argument")],
)
@pytest.mark.parametrize("command", ["train", "check"])
def test_an_unknown_flag_is_a_usage_error_without_hydras_usage(command, flag, message, capsys):
    with pytest.raises(SystemExit, match="2"):
        main([command, "experiment=demo", flag])
    assert capsys.readouterr().err == f"insula: {message}; see insula train --help\n"


@pytest.mark.parametrize("command", ["train", "check"])
def test_nothing_typed_shows_the_usage(insula, command):
    code, shown, said = insula(command)
    assert (code, shown) == (2, "")
    assert said.startswith(f"usage: insula {command} [-m] [OVERRIDE]...")
    code, shown, said = insula(command, "--help")
    assert (code, said) == (0, "")
    assert "experiment=demo" in shown


def test_a_missing_choice_lists_what_there_is_in_one_line(insula):
    code, _, said = insula("check", "-m", "dataset=synthetic")
    assert code == 1
    asked = "insula check: [dataset=synthetic] you must choose 'split': type split=NAME; there are: "
    assert f"{asked}calibrated, group, " in said
    assert said.count("\n") == 1


def test_a_folder_that_can_not_be_made(insula, tmp_path):
    (tmp_path / "file").touch()
    code, _, said = insula("train", *SMALL, f"hydra.run.dir={tmp_path / 'file' / 'run'}")
    assert code == 1
    assert "the run's folder can't be made" in said
    assert "hydra.run.dir=DIR" in said


def test_check_asks_the_split_without_reading(insula, tmp_path):
    code, shown, _ = insula("check", *SMALL, "split.k=4")
    assert (code, "split subject_kfold: 4 folds\n" in shown) == (0, True)
    code, _, said = insula("check", *SMALL, "split.k=9")
    assert (code, said) == (1, "insula check: split.k=9: the data have only 8 subjects; type split.k=8 or less\n")
    code, _, said = insula("check", *SMALL, "window.length=9")
    assert (code, "are shorter than a window of 9 s" in said) == (1, True)


def test_check_looks_past_what_a_run_leaves_out(insula, tmp_path):
    rng = np.random.default_rng(0)
    for speaker in ("03", "08", "09", "10"):
        for emotion in "WFTN":
            soundfile.write(tmp_path / f"{speaker}a01{emotion}a.wav", 0.1 * rng.normal(size=24000), 16000)
    first, second, *_ = sorted(tmp_path.glob("*.wav"))
    first.write_bytes(b"no sound")
    soundfile.write(second, 0.1 * np.ones(800), 16000)
    arguments = ("check", "experiment=emodb", f"dataset.root={tmp_path}", "split.k=4", "window.length=1.0")
    code, shown, said = insula(*arguments)
    assert code == 0, said
    assert f"left out: speech: recording {first.stem}: " in shown
    assert f"left out: trial {second.stem}: its 0.05 s are shorter than a window of 1 s" in shown
    for path in tmp_path.glob("*.wav"):
        path.write_bytes(b"no sound")
    code, _, said = insula(*arguments)
    assert (code, "none of 16 recordings could be used" in said) == (1, True)

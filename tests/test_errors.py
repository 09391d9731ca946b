"""Bad input gets one clear sentence, exit code 1 and no traceback; what can go on goes on and is counted."""

import errno
import json
import os

import numpy as np
import pandas as pd
import pytest
import soundfile

from insula import Signal, SignalError, Trial
from insula.cli.main import main
from insula.plugin.choice import Choice
from insula.plugin.manager import installed
from insula.preprocess.chain import Step, fit_step

RUN = ("split.k=4", "split.validation=none", "training.epochs=1", "cell.hidden_size=4", "training.progress=false")


@pytest.fixture
def speech(tmp_path):
    """A folder in EmoDB's layout: four speakers, one sentence, four emotions, half a second each."""
    folder = tmp_path / "emodb" / "wav"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for speaker in ("03", "08", "09", "10"):
        for emotion in "WFTN":
            soundfile.write(folder / f"{speaker}a01{emotion}a.wav", 0.1 * rng.normal(size=8000), 16000)
    return folder


@pytest.fixture
def insula(tmp_path, capsys, monkeypatch):
    """Return ``insula(*arguments)``, which gives exit code and what was printed on stderr."""
    monkeypatch.setenv("INSULA_STORE", str(tmp_path / "store"))
    monkeypatch.setattr("sys.argv", ["insula"])

    def run(*arguments: str) -> tuple[int, str]:
        code = main(arguments)
        return code, capsys.readouterr().err

    return run


def train(insula, speech, tmp_path, *more: str):
    folder = tmp_path / "run"
    code, said = insula("train", "experiment=emodb", f"dataset.root={speech}", *RUN, f"hydra.run.dir={folder}", *more)
    return code, said, folder


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["experiment=emodb"], "where is the data? Type dataset.root=/path/to/emodb"),
        (
            ["experiment=emodb", "dataset.root=/nowhere/emodb"],
            "dataset.root=/nowhere/emodb: there is no such file or folder",
        ),
        (["experiment=emodb", "cell=lsmt"], "there is no cell called 'lsmt' (did you mean 'lstm'?). Installed: "),
        (["experiment=emodbb"], "there is no experiment called 'emodbb' (did you mean 'emodb'?). Installed: "),
        (
            ["experiment=emodb", "cell.hiden_size=4"],
            "cell.hiden_size: no such option (did you mean 'hidden_size'?). cell=lstm has: ",
        ),
        (["experiment=emodb", "cell.hidden_size=-1"], "cell.hidden_size: Input should be greater than 0, got -1"),
        (["experiment=emodb", "training.epochs=none"], "training.epochs: Input should be a valid integer"),
        (["dataset=emodb"], "you must choose 'split'"),
        (["dataset=emodb", "split=subject_kfold"], "streams: there are none. Name an experiment"),
        (["experiment=demo", "+streams.gaze={modality: gaze}"], "has no reader for modality 'gaze'"),
        (["experiment=demo", "+targets.mood={}"], "targets.mood: dataset=synthetic has no such target"),
        (["experiment=demo", "seed=[0,0]"], "a seed is named twice"),
        (["experiment=demo", "cell"], "Error parsing override 'cell'"),
        (["experiment=demo", "streams.eeg.pooling=null"], "streams.eeg needs a pooling"),
        (["experiment=demo", "~streams.eeg.features.standardize"], "streams.eeg would enter the network in V"),
        (["experiment=demo", "window.length=60"], "are shorter than a window of 60 s"),
        (["experiment=demo", "window=0"], "window: expected options like {length: ...}, got 0"),
        (["experiment=demo", "window=abc"], "window: expected options like {length: ...}, got 'abc'"),
        (["experiment=demo", "training.optimizer=adam"], "training.optimizer: expected options like {name: ...}, got"),
        (["experiment=demo", "training.losses.x=3"], "training.losses.x: expected options like {weight: ...}, got 3"),
        (["experiment=demo", "streams.eeg.cell=5"], "streams.eeg.cell: expected a name or options like {name: ...}"),
        (
            ["experiment=demo", "+streams.gaze={modality: eg}"],
            "no reader for modality 'eg' (did you mean 'eeg'?). It has: ",
        ),
        (["experiment=demo", "+targets.emotoin={}"], "no such target (did you mean 'emotion'?). It has: "),
        (["experiment=demo", "+streams.eeg.lenght=1"], "no such option (did you mean 'length'?). A stream has: "),
        (
            ["experiment=demo", "training.monitor=ccc"],
            "training.monitor=ccc: the first target, 'emotion', is of kind classes; it has loss, accuracy, balanced_",
        ),
        (
            ["experiment=demo", "training.monitor=accuracy", "+targets.arousal={}"],
            "training.monitor=accuracy: the first target, 'arousal', is of kind number; it has loss, ccc",
        ),
        (["experiment=demo", "training.precision=64-true"], "training.precision: Input should be '32-true', "),
        (
            ["experiment=demo", "store=/dev/null/x"],
            "the store /dev/null/x can't be made or written (Not a directory). ",
        ),
        (["experiment=demo", "training.device=mps"], "training.device=mps: this machine has none"),
    ],
)
def test_a_users_mistake_is_one_sentence(insula, tmp_path, arguments, expected):
    small = (
        ("dataset.subjects=4", "dataset.trials=4", "dataset.seconds=4", "split.k=4")
        if "experiment=demo" in arguments
        else ()
    )
    more = (f"hydra.run.dir={tmp_path / 'run'}", "training.progress=false")
    code, said = insula("train", *arguments, *small, *more)
    assert code == 1
    assert expected in said
    assert "Traceback" not in said


def test_all_mistakes_are_said_at_once(insula):
    code, said = insula("check", "experiment=emodb", "cell.hidden_size=-1", "split.kk=3", "sed=1", "training.clip=-2")
    assert code == 1
    for part in (
        "cell.hidden_size: ",
        "split.kk: ",
        "sed: no such option (did you mean 'seed'?). A run has: ",
        "training.clip: ",
    ):
        assert part in said


def test_a_sweep_is_validated_whole_before_any_work(insula, tmp_path):
    code, said = insula(
        "train",
        "-m",
        "experiment=demo",
        "cell=lstm,gru",
        "cell.hidden_size=4,0",
        f"hydra.sweep.dir={tmp_path / 'sweep'}",
    )
    assert code == 1
    assert said.count("cell.hidden_size: Input should be greater than 0") == 2
    assert not (tmp_path / "sweep").exists()


def test_an_unknown_flag_is_a_usage_error(insula):
    assert insula("plugins", "--jsn")[0] == 2
    with pytest.raises(SystemExit, match="2"):
        insula("trian")


def test_an_empty_root(insula, tmp_path):
    (tmp_path / "empty").mkdir()
    code, said = insula("check", "experiment=emodb", f"dataset.root={tmp_path / 'empty'}")
    assert (code, "the folder is empty" in said) == (1, True)


def test_what_is_unusable_in_a_corpus_is_left_out_counted_and_explained(insula, speech, tmp_path):
    (speech / "03a01Wa.wav").write_bytes(b"RIFF no sound at all")
    soundfile.write(speech / "08a01Wa.wav", np.zeros(0), 16000)
    soundfile.write(speech / "99x01Qz.wav", np.zeros(8000), 16000)
    nan = np.full(8000, np.nan, np.float32)
    soundfile.write(speech / "09a01Wa.wav", nan, 16000, subtype="FLOAT")
    code, said, folder = train(insula, speech, tmp_path)
    assert code == 0, said
    report = (folder / "report.md").read_text()
    for name in ("03a01Wa", "08a01Wa", "99x01Qz", "09a01Wa"):
        assert name in report
    assert len(pd.read_parquet(folder / "predictions.parquet")) == 13
    metrics = json.loads((folder / "metrics.json").read_text())
    assert any(finding["kind"] == "missing_class" for finding in metrics["audit"]["findings"])


def test_nothing_readable_is_an_error_with_the_first_path(insula, speech, tmp_path):
    for path in speech.iterdir():
        path.write_bytes(b"no sound")
    code, said, _ = train(insula, speech, tmp_path)
    assert code == 1
    assert "none of 16 recordings could be used" in said
    assert str(speech) in said


def test_a_class_that_no_training_set_has(insula, speech, tmp_path):
    for path in speech.glob("*Fa.wav"):
        path.unlink()
    code, said, _ = train(insula, speech, tmp_path)
    assert (code, "happiness" in said) == (1, True)


def test_more_folds_than_people(insula, speech, tmp_path):
    code, said, _ = train(insula, speech, tmp_path, "split.k=9")
    assert code == 1
    assert "split.k=" in said


def test_a_full_disk_leaves_no_half_written_entry(insula, speech, tmp_path, monkeypatch):
    from insula.sources import store

    real, calls = store.np.save, iter(range(100))

    def full(path, array):
        if next(calls) == 5:
            real(path, array[: len(array) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(path, array)

    monkeypatch.setattr(store.np, "save", full)
    code, said, _ = train(insula, speech, tmp_path)
    assert code == 1
    assert "No space left on device" in said
    assert "Free some space or choose another folder: store=DIR" in said
    entries = [path.parent for path in (tmp_path / "store").rglob("data.npy")]
    assert entries
    assert all((entry / "meta.json").exists() for entry in entries)
    monkeypatch.setattr(store.np, "save", real)
    assert train(insula, speech, tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("scope", "said"), [("train", "train"), ("subject", "subject 's1'"), ("recording", "recording 'r1'")]
)
def test_a_step_that_can_not_be_fitted_is_named(scope, said):
    step = Step(
        "streams.eeg.features.standardize",
        Choice.of("preprocessors", {"name": "standardize", "fit": scope}, installed()),
    )
    trial = Trial("t1", "s1", recording="r1")
    signals = [(trial, Signal.of(np.ones((channels, 4)), 1.0, "abcdefg"[:channels], "1")) for channels in (5, 7)]
    with pytest.raises(SignalError, match=rf"streams\.eeg\.features\.standardize \(fitted on {said}\): .*5 .*7"):
        fit_step(step, signals)

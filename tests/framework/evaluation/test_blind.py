"""Blind runs: the test rows stay closed until they are opened, and then everything is as it would have been."""

import json
import shutil

import pandas as pd
import pytest

from insula import ConfigError, SplitError, pipeline
from insula.cli.compose import preflight
from insula.cli.main import main
from insula.evaluation import fold as fold_module
from insula.evaluation.blind import opened
from insula.plugin.manager import installed

SMALL = (
    *("experiment=demo", "dataset.subjects=4", "dataset.trials=3", "dataset.seconds=4", "split.k=4", "split.take=2"),
    *("~streams.eeg", "~streams.personality", "training.epochs=2", "cell.hidden_size=4"),
    "analyses={metrics: {}, confusion: {}, model_drawing: {}}",
)
TIMES = ("train_seconds", "latency_ms")
BLIND = "training.blind=true"


def metrics_of(folder):
    return json.loads((folder / "metrics.json").read_text())


def texts(folder):
    return (folder / "report.md").read_text(), (folder / "report.html").read_text()


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A finished blind run, during which no test row was predicted, and the same that isn't blind."""
    top = tmp_path_factory.mktemp("blind")

    def train(folder, *more):
        words = [*SMALL, *more, "controls=null", f"store={top / 'store'}", "training.progress=false"]
        ((_, config, *_),) = preflight(words)
        pipeline.run(config, top / folder, installed())

    train("open")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fold_module, "predict", lambda *_, **__: pytest.fail("a test row was predicted"))
        train("blind", BLIND)
    train.top = top
    return train


@pytest.fixture
def blind(done, tmp_path):
    """A copy of the blind run."""
    return shutil.copytree(done.top / "blind", tmp_path / "blind")


def test_the_log_calls_no_closed_window_tested(train, caplog):
    caplog.set_level("INFO", "insula")
    train(*SMALL, "split.take=1", BLIND)
    assert "epoch 2 taken, 6 test windows closed" in caplog.text
    assert "windows tested" not in caplog.text


def test_a_blind_run_shows_validation_only(blind):
    assert not list(blind.rglob("predictions.parquet"))
    found = metrics_of(blind)
    assert (found["blind"], found["metrics"]) == (True, {})
    assert {"floors", "trial", "per_subject", "controls", "units", "opened"}.isdisjoint(found)
    each = [fold["validation"]["accuracy"] for fold in found["folds"]]
    assert found["validation"]["accuracy"] == pytest.approx(sum(each) / 2)
    history = pd.read_csv(blind / "folds" / "seed0-fold1" / "history.csv").set_index("epoch")
    assert each[1] == pytest.approx(history.loc[found["folds"][1]["epochs"], "val_accuracy"])
    for text in texts(blind):
        assert "BLIND: the test rows are closed" in text
        assert "Withheld until the test rows are opened: metrics, " in text
        assert "Accuracy (WA)" in text
        assert "majority class" not in text
    assert '<span class="unseen">Grade </span>A</strong>' in texts(blind)[1], (
        "a letter alone says nothing when it is read out"
    )
    assert "From left to right, one row per stream" in texts(blind)[0], "a drawing of the model looks at no test row"


def test_opened_it_is_what_it_would_have_been(blind, done, capsys):
    command = json.loads((blind / "environment.json").read_text())["command"]
    assert main(["evaluate", str(blind)]) == 0
    assert f"{blind}: accuracy " in capsys.readouterr().out
    ours, wanted = metrics_of(blind), metrics_of(done.top / "open")
    when = ours.pop("opened")
    assert when == opened(blind)
    assert when.startswith("20")
    for found in (ours, wanted):
        for name in TIMES:
            found["cost"].pop(name)
    assert ours == wanted
    tables = [pd.read_parquet(folder / "predictions.parquet") for folder in (blind, done.top / "open")]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    for text in texts(blind):
        assert f"This run was blind; its test rows were opened {when}" in text
        assert "BLIND" not in text
    assert json.loads((blind / "environment.json").read_text())["command"] == command
    assert main(["evaluate", str(blind)]) == 1
    assert f"was opened on {when}" in capsys.readouterr().err
    done(blind, BLIND)
    assert metrics_of(blind)["opened"] == when, "taken up again, it stays open"


def test_a_blind_run_goes_on_blind_and_can_not_change(blind, done):
    (blind / "folds" / "seed0-fold1" / "fold.json").unlink()
    done(blind, BLIND)
    assert metrics_of(blind)["blind"]
    with pytest.raises(ConfigError, match=r"holds a blind run: go on with training\.blind=true, and .*insula evaluate"):
        done(blind)
    with pytest.raises(ConfigError, match="shows its test rows, which can't be closed again"):
        done("open", BLIND)


def test_an_opening_that_was_cut_short_goes_on(blind, monkeypatch, capsys):
    from insula.evaluation.fold import FoldRun

    test = FoldRun._test

    def cut(self, *rest):
        if self.number == 1:
            raise RuntimeError("power cut")
        test(self, *rest)

    monkeypatch.setattr(FoldRun, "_test", cut)
    with pytest.raises(RuntimeError, match="power cut"):
        main(["evaluate", str(blind)])
    assert metrics_of(blind)["blind"]
    monkeypatch.setattr(FoldRun, "_test", test)
    assert main(["evaluate", str(blind)]) == 0
    assert "opened" in metrics_of(blind)


def test_what_was_prepared_in_another_way_is_not_predicted(blind, capsys):
    from safetensors.numpy import load_file, save_file

    path = blind / "folds" / "seed0-fold0" / "bundle" / "preprocessing.safetensors"
    save_file({name: array + 1e-6 for name, array in load_file(path).items()}, path)
    assert main(["evaluate", str(blind)]) == 1
    said = capsys.readouterr().err
    assert "seed 0, fold 0: streams.peripheral.features.standardize has learnt other values than when the model" in said
    assert metrics_of(blind)["blind"]


def test_an_analysis_that_looks_at_test_rows_all_the_same_gets_none(train, stranger, tmp_path):
    code = """
from insula import Analysis, Section
class Peeping(Analysis):
    "Looks at test rows although it says that it doesn't."
    reads_test = False
    def __call__(self, results):
        return Section("Peeping", str(len(list(results.folds[0].batches("test")))))
"""
    hooks = "from insula import hookimpl\n@hookimpl\ndef register_analyses():\n"
    hooks += "    return {'peeping': 'peep.peeping:Peeping'}"
    stranger("peep", __init__=hooks, peeping=code)
    installed.cache_clear()
    try:
        train(*SMALL, BLIND, "analyses={peeping: {}}")
    finally:
        installed.cache_clear()
    assert "its test windows are closed: insula evaluate RUN opens them" in texts(tmp_path / "run")[0]


def test_nothing_can_be_blind_that_validates_on_test_rows(compose, train):
    with pytest.raises(ConfigError, match=r"training: .*blind can't keep the test rows closed that select_on=test"):
        compose(*SMALL, BLIND, "training.select_on=test")
    with pytest.raises(
        SplitError, match=r"training\.blind=true can't keep the test rows closed: .*; type another split"
    ):
        train(*SMALL, "split=random_windows", BLIND, "window.step=0.5")

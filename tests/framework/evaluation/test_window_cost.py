"""What a run says it cost: operations of a window, its latency, and the seconds that training took."""

import itertools
import json
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from torch import nn

from insula import DataSpec
from insula.evaluation.validation import run_cost
from insula.evaluation.window_cost import _typical, window_cost
from insula.windows.windows import FoldWindows

TINY = (
    *("experiment=demo", "dataset.subjects=4", "dataset.trials=3", "dataset.seconds=4", "split.k=4", "split.take=2"),
    *("~streams.eeg", "~streams.personality", "training.epochs=3", "cell.hidden_size=4", "analyses={}"),
)


def fold(folder, number=0):
    return json.loads((folder / "folds" / f"seed0-fold{number}" / "fold.json").read_text())


def made_fitted(index, streams):
    """Windows as far as one looks at them to choose one."""
    fitted = object.__new__(FoldWindows)
    fitted.windows = SimpleNamespace(rows=SimpleNamespace(index=index), streams=streams)
    return fitted


def test_the_operations_of_a_window_are_those_of_its_layers(train, tmp_path):
    metrics = train(*TINY)
    steps, channels, hidden, classes = 8, 1, 4, 3  # 2 s at 4 Hz
    assert metrics["cost"]["macs"] == steps * 4 * (channels * hidden + hidden**2) + hidden * classes
    assert metrics["cost"]["elementwise"] > steps * 4 * hidden
    assert 0 < metrics["cost"]["latency_ms"] < 1000
    seconds = [fold(tmp_path / "run", number)["seconds"] for number in (0, 1)]
    assert metrics["cost"]["train_seconds"] == pytest.approx(sum(seconds) / 2)
    assert "macs" not in fold(tmp_path / "run", 1), "one fold of a seed is measured"
    written = json.loads((tmp_path / "run" / "metrics.json").read_text())["cost"]
    assert written.keys() == {"macs", "elementwise", "train_seconds", "latency_ms"}


def test_seconds_before_a_restart_count(train, tmp_path, monkeypatch):
    from insula.training import module
    from insula.training.callbacks import Progress

    clock, epochs = itertools.count(0.0, 100.0), itertools.count()
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(clock))
    epoch = Progress.epoch

    def cut(self, title, row):
        if next(epochs) == 2:
            raise RuntimeError("power cut")
        epoch(self, title, row)

    monkeypatch.setattr(Progress, "epoch", cut)
    with pytest.raises(RuntimeError, match="power cut"):
        train(*TINY, "split.take=1")
    last = tmp_path / "run" / "folds" / "seed0-fold0" / "checkpoints" / "last.ckpt"
    before = torch.load(last, weights_only=True)["insula"]["seconds"]
    monkeypatch.setattr(Progress, "epoch", epoch)
    train(*TINY, "split.take=1")
    assert before > 0
    assert fold(tmp_path / "run")["seconds"] >= before + 100


def test_the_window_is_of_median_length_and_has_the_most_streams():
    index = pd.DataFrame({"t0": 0.0, "t1": [1.0, 9.0, 4.0, 4.1, 30.0, 4.0]})
    streams = {"a": SimpleNamespace(has=lambda row: True), "b": SimpleNamespace(has=lambda row: row == 5)}
    fitted = made_fitted(index, streams)
    assert _typical(fitted, [0, 1, 2, 3, 4, 5]) == 5
    assert _typical(fitted, [0, 2, 4]) == 2


def test_a_model_that_can_not_be_measured_costs_nothing_else(caplog):
    class Broken(nn.Module):
        def forward(self, batch):
            raise ValueError("not like this")

    fitted = made_fitted(pd.DataFrame({"t0": [0.0], "t1": [1.0]}), {})
    fitted.batches = lambda *_: ["batch"]
    threads, nothing = torch.get_num_threads(), DataSpec({}, {})
    assert window_cost(Broken(), fitted, [0], nothing) == {"macs": None, "elementwise": None, "latency_ms": None}
    assert "the cost of a window can't be measured: ValueError: not like this" in caplog.text
    assert torch.get_num_threads() == threads


def test_a_run_that_was_begun_before_this_was_measured_has_no_time():
    assert run_cost([{"seconds": 1.0, "macs": 5}, {}]) == {
        **{"macs": 5, "elementwise": None, "train_seconds": None, "latency_ms": None}
    }

"""The pieces of benchmarks/cells.py, at sizes that take no time: what is counted, kept and written, never how fast."""

import importlib
import math
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from insula import count_operations

SHAPE = (8, 6, 5, 8)


@pytest.fixture(scope="module")
def benchmark():
    """The modules of the benchmark, which a script finds in its own folder."""
    names, folder = ("contenders", "machine", "cells"), str(Path(__file__).parents[1] / "benchmarks")
    sys.path.append(folder)
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in names})
    sys.path.remove(folder)
    for name in names:
        del sys.modules[name]


@pytest.fixture(scope="module")
def field(benchmark):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    return {each.name: each for each in benchmark.contenders.contenders(SHAPE, compiling=False)}


def test_all_run_that_there_are(benchmark, capsys):
    names = [each.name for each in benchmark.contenders.contenders(SHAPE, compiling=False)]
    assert set(names) >= {"lstm", "gru", "ltc", "neuron_ltc", "ctrnn", "euler_ltc", "cfc", "ncps", "ncps_autoncp"}
    told = capsys.readouterr().err
    for name in (*benchmark.contenders.CELLS, "torch.compile"):
        assert (name in names) != (f"{name} is left out: " in told)


def test_cells_that_are_not_there_are_left_out_and_told(benchmark, capsys, monkeypatch):
    monkeypatch.setitem(benchmark.contenders.CELLS, "gone", ("gone", {}))
    monkeypatch.setitem(benchmark.contenders.CELLS, "ltc_folded", ("ltc", {"folded": True}))
    assert benchmark.contenders.cell("gone", 5, 8) is None
    assert benchmark.contenders.cell("ltc_folded", 5, 8) is None
    told = "gone is left out: there is no cell called gone\nltc_folded is left out: ltc has no option folded\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize("name", ["lstm", "gru", "neuron_ltc", "ctrnn", "euler_ltc", "cfc"])
def test_work_is_what_is_counted(benchmark, field, name):
    counted = count_operations(field[name].outputs, {"": field[name].module})[""].macs
    assert benchmark.contenders.work(field[name])[0] == 2 * counted / (SHAPE[0] * SHAPE[1])


def test_work_of_synapses(benchmark, field):
    assert benchmark.contenders.work(field["ltc"]) == (6 * (5 * 8 + 6 * 8 * 8), 5 * 8 + 6 * 8 * 8)
    flops, synapses = benchmark.contenders.work(field["ncps_autoncp"])
    assert flops == 6 * synapses
    assert 0 < synapses < 5 * 8 + 6 * 8 * 8


def test_what_scripts_read(benchmark, field, capsys):
    some = [field[name] for name in ("lstm", "ncps", "neuron_ltc", "cfc")]
    times = benchmark.cells.race(some, "training", rounds=3)
    assert {name: sorted(taken) for name, taken in times.items()} == {each.name: [0, 1, 2] for each in some}
    found = benchmark.cells.entries(times, SHAPE, "training")
    assert [entry["cell"] for entry in found] == ["neuron_ltc", "cfc"]
    for entry in found:
        assert set(entry) == {"cell", "shape", "pass", "ratio_to_lstm", "ratio_to_ncps"}
        assert (entry["shape"], entry["pass"]) == (list(SHAPE), "training")
        assert entry["ratio_to_lstm"] > 0
        assert entry["ratio_to_ncps"] > 0
    lines = [benchmark.cells.row(each, times, "training", benchmark.machine.Ceiling(100, 1)) for each in some]
    assert [line.split()[0] for line in lines] == [each.name for each in some]


def test_ratios_are_taken_within_a_round(benchmark):
    times = {"lstm": {0: 1.0, 1: 10.0, 2: 2.0}, "ltc": {0: 3.0, 1: 20.0, 2: 2.0}, "ltc_autoncp": {0: 1.0}}
    times |= {"ncps": {0: 6.0}, "ncps_autoncp": {0: 4.0}}
    ours, wired = benchmark.cells.entries(times, SHAPE, "forward")
    assert (ours["ratio_to_lstm"], ours["ratio_to_ncps"]) == (2.0, 0.5)
    assert (wired["ratio_to_lstm"], wired["ratio_to_ncps"]) == (1.0, 0.25)
    del times["ncps"]
    assert benchmark.cells.entries(times, SHAPE, "forward")[0]["ratio_to_ncps"] is None


def test_a_slow_one_runs_less_often(benchmark, field, monkeypatch):
    monkeypatch.setattr(benchmark.cells, "seconds", lambda each, which: 1.4 if each.name == "ncps" else 0.1)
    times = benchmark.cells.race([field["lstm"], field["ncps"]], "forward", rounds=7)
    assert sorted(times["lstm"]) == list(range(7))
    assert sorted(times["ncps"]) == [0, 3, 6]


def test_where_memory_is_short_fewer_steps_run(benchmark, field, monkeypatch):
    whole = field["ncps"].kept()
    monkeypatch.setattr(benchmark.contenders, "LIMIT", whole / 1.9)
    part = benchmark.contenders.Contender("ncps", field["ncps"].module, SHAPE, ours=False)
    assert (part.steps, part.outputs().shape) == (3, (8, 3, 8))
    assert part.kept() < 0.6 * whole
    clock = iter([10.0, 11.0])
    monkeypatch.setattr(benchmark.cells, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    assert benchmark.cells.seconds(part, "forward") == 2.0


def test_what_a_training_step_keeps(benchmark):
    """One layer keeps its input, which isn't its own, and a tanh its outputs: 8 · 6 rows of 8 numbers of 4 bytes."""

    class Tanh(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(5, 8)

        def forward(self, x):
            return self.layer(x).tanh(), None

    assert benchmark.contenders.Contender("tanh", Tanh(), SHAPE, ours=False).kept() == 8 * 6 * 8 * 4


def test_what_is_kept_grows_with_unfolds_in_plain_torch_only(benchmark, monkeypatch):
    for name, (once, often) in benchmark.cells.unfolding().items():
        assert often <= once, name
    plain = {"neuron_ltc": ("neuron_ltc", {"path": "reference"})}
    monkeypatch.setattr(benchmark.contenders, "CELLS", plain)
    monkeypatch.setattr(benchmark.cells, "CELLS", plain)
    once, often = benchmark.cells.unfolding()["neuron_ltc"]
    assert often > 5 * once


def test_ceilings(benchmark):
    assert all(math.isfinite(value) and value > 0 for value in benchmark.machine.ceiling(2, repeats=2000))

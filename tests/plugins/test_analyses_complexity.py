"""complexity: counts of known layers, of the paper's model, and what is timed."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from insula import count_operations, latency
from insula.model import operations
from insula.model.operations import WARM_UP
from insula_analyses.complexity import Complexity, fullest, repeated
from insula_cells.lstm import LSTM
from insula_cells.ltc import LTC
from made_model import PHYMER, made_batch, phymer_model, results_of

X = torch.randn(1, 32, 48)
RECURRENT = 48 * 128 + 128 * 128


def macs(module, *inputs):
    return count_operations(lambda: module(*inputs), {"it": module})["it"].macs


@pytest.mark.parametrize(
    ("module", "inputs", "wanted"),
    [
        (nn.Linear(5, 7), [torch.randn(1, 5)], 35),
        (nn.Linear(5, 7, bias=False), [torch.randn(2, 4, 5)], 8 * 35),
        (nn.Conv1d(14, 48, 7, padding=3), [torch.randn(1, 14, 256)], 256 * 14 * 48 * 7),
        (nn.Conv1d(6, 12, 5, stride=2, groups=3), [torch.randn(1, 6, 21)], 9 * 2 * 12 * 5),
        (nn.LSTM(48, 128, batch_first=True), [X], 32 * 4 * RECURRENT),
        (nn.GRU(48, 128, batch_first=True), [X], 32 * 3 * RECURRENT),
        (
            nn.LSTM(48, 128, num_layers=2, bidirectional=True, batch_first=True),
            [X],
            32 * 8 * (RECURRENT + 256 * 128 + 128 * 128),
        ),
        (nn.MultiheadAttention(48, 4, batch_first=True), [X, X, X], 4 * 32 * 48 * 48 + 2 * 32 * 32 * 48),
        (
            nn.TransformerEncoderLayer(48, 4, 96, batch_first=True),
            [X],
            4 * 32 * 48 * 48 + 2 * 32 * 32 * 48 + 2 * 32 * 48 * 96,
        ),
    ],
    ids=["linear", "linear3d", "conv", "grouped", "lstm", "gru", "deep", "attention", "transformer"],
)
def test_known_layers(module, inputs, wanted):
    assert macs(module.eval(), *inputs) == wanted
    assert macs(module.train(), *inputs) == wanted


def test_products_with_a_vector_and_packed_sequences():
    class Vectors(nn.Module):
        def forward(self, matrix, vector):
            return torch.addmv(matrix @ vector, matrix, vector), vector @ vector

    assert macs(Vectors(), torch.randn(6, 6), torch.randn(6)) == 36 + 36 + 6
    packed = pack_padded_sequence(torch.randn(2, 8, 48), torch.tensor([8, 3]), batch_first=True)
    assert macs(nn.LSTM(48, 128, batch_first=True), packed) == (8 + 3) * 4 * RECURRENT


def test_counting_leaves_no_trace():
    model = nn.LSTM(4, 4)
    before = torch.backends.mha.get_fastpath_enabled(), torch._C._get_mkldnn_enabled()
    macs(model, torch.randn(3, 1, 4))
    with pytest.raises(RuntimeError):
        macs(model, torch.randn(3, 1, 5))
    assert (torch.backends.mha.get_fastpath_enabled(), torch._C._get_mkldnn_enabled()) == before
    assert not model._forward_hooks
    assert not model._forward_pre_hooks


def test_the_papers_model():
    section = Complexity(repetitions=1)(results_of(phymer_model()))
    values = section.values
    assert values["parameters"]["total"] == 432_568
    assert values["parameters"]["fusion"] == 293_823
    conv = 256 * 14 * 48 * 7 + 128 * 48 * 64 * 7 + 64 * 64 * 48 * 7
    cell, pooling = 32 * RECURRENT, 32 * (128 * 32 + 32) + 32 * 128
    assert [values["macs"][f"eeg: {role}"] for role in ("encoder", "cell", "pooling")] == [conv, cell, pooling]
    assert values["macs"]["stats: encoder"] == 280 * 128 + 128 * 64 + 64 * 32
    assert values["macs"]["fusion"] == 2 * (312 * 256 + 256 * 128) + 128 * 256 + 256 * 128 + 128 * 7
    assert values["macs"]["total"] == pytest.approx(6.54e6, rel=1e-3)
    for kind in ("parameters", "macs"):
        assert sum(n for title, n in values[kind].items() if title != "total") == values[kind]["total"]
    assert values["mib"] == pytest.approx(1.65, abs=5e-3)
    rows = {row[0]: row[1:] for row in section.tables[0].rows}
    assert rows["eeg: cell"][:3] == ("ctrnn", "22,784", "720,896")
    assert "eeg 256, psd 1" in section.text


def test_fused_and_elementwise_cells_are_counted_too():
    found = [Complexity(batch=1, repetitions=1)(results_of(phymer_model(cell=cell))).values for cell in (LSTM, LTC)]
    assert found[0]["macs"]["eeg: cell"] == 32 * 4 * RECURRENT
    # Every synapse is computed one by one, six times a step: that is the cell's cost, and no matrix product.
    assert found[1]["macs"].get("eeg: cell", 0) < 100_000
    assert found[1]["elementwise"]["eeg: cell"] > 32 * 6 * 128 * 128


def test_what_belongs_to_no_part_is_the_rest():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Linear(14, 4)
            self.layers = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])
            self.last = nn.Parameter(torch.ones(4, 3))

        def forward(self, batch):
            x = self.stem(batch.streams["eeg"].x[:, :, 0])
            for layer in self.layers:
                x = layer(x)
            return x @ self.last

    values = Complexity(repetitions=1)(results_of(Odd())).values
    assert values["macs"] == {"stem": 56, "layers.0": 16, "layers.1": 16, "the rest": 12, "total": 100}
    assert values["parameters"] == {"stem": 60, "layers.0": 20, "layers.1": 20, "the rest": 12, "total": 112}


def test_the_fullest_window_is_taken_without_its_padding():
    batch = made_batch(PHYMER, rows=4)
    batch.streams["eeg"].lengths[:] = torch.tensor([0, 90, 120, 100])
    window = fullest(batch)
    assert int(window.rows[0]) == 2
    assert window.streams["eeg"].x.shape == (1, 14, 120)
    assert torch.equal(window.streams["eeg"].x[0], batch.streams["eeg"].x[2, :, :120])
    many = repeated(window, 5)
    assert len(many) == 5
    assert many.groups.tolist() == [0, 1, 2, 3, 4]
    assert torch.equal(many.streams["eeg"].x[4], window.streams["eeg"].x[0])


def test_latency_is_a_median_of_timed_calls(monkeypatch):
    def timed(times, repetitions):
        now, left = {"at": 0.0}, iter(times)
        monkeypatch.setattr(operations.time, "perf_counter", lambda: now["at"])
        seconds, passes = latency(lambda: now.update(at=now["at"] + next(left)), repetitions)
        return round(seconds, 9), passes, len(list(left))

    warm = [0.5] * WARM_UP
    assert timed([*warm, 0.1, 0.2, 0.9, 0.3, 0.2], 5) == (0.2, 5, 0)
    assert timed([*warm, 0.3, 0.1, 7.0, 0.3, 0.2], 5) == (0.3, 3, 2)  # after 2 s no further one is begun
    assert timed([9.0, 4.0, 5.0, 6.0, 1.0], 20) == (5.0, 3, 1)  # one that isn't timed is enough if it takes long


def test_the_table_of_latencies_and_what_is_stated():
    section = Complexity(batch=4, repetitions=2)(results_of(phymer_model()))
    assert [row[0] for row in section.tables[1].rows] == [1, 4]
    assert {row[3] for row in section.tables[1].rows} == {2}
    assert all(float(row[1]) > 0 for row in section.tables[1].rows)
    assert "median" in section.text
    assert "on the CPU with" in section.text or torch.cuda.is_available()


def test_no_model_and_no_window():
    assert "no model to measure" in Complexity()(results_of()).text
    section = Complexity()(results_of(phymer_model(), batches=[]))
    assert "no test window to run" in section.text
    assert section.values["parameters"]["total"] == 432_568
    assert section.values["macs"] == {}
    assert section.tables[0].rows[-1] == ("total", "", "432,568", "–", "–")

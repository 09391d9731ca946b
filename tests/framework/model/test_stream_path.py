"""Streams run only on the rows that have them; steps know what is real and how much time they span."""

import numpy as np
import pytest
import torch
from torch import nn

from insula import Cell, Encoder, Pooling, SignalSpec, StreamBatch
from insula.model.stream import Stack, StreamPath, step_elapsed, step_mask


class Tally(Cell):
    """Adds up inputs and elapsed time."""

    def __init__(self, input_size: int, *, hidden_size: int = 2) -> None:
        super().__init__(input_size)
        self.state_size = self.output_size = 2

    def step(self, x, state, elapsed):
        state = state + torch.cat([x.sum(1, keepdim=True), elapsed], dim=1)
        return state, state


class Every(Encoder):
    def __init__(self, spec: SignalSpec, *, hop: int = 2) -> None:
        super().__init__(spec)
        self.hop, self.output_size = hop, spec.channels
        self.rows = 0

    def forward(self, x, valid):
        self.rows += len(x)
        return nn.functional.avg_pool1d(x, int(self.hop)).transpose(1, 2)


class Final(Pooling):
    def forward(self, x, mask):
        last = (mask * torch.arange(1, mask.shape[1] + 1)).argmax(dim=1)
        return x[torch.arange(len(x)), last] * mask.any(dim=1, keepdim=True)


def path(pooling: bool = True) -> StreamPath:
    spec = SignalSpec(("a",), ("1",), 10.0, None)
    return StreamPath(Every(spec), Tally(1), Final(2) if pooling else None)


def stream(lengths: list[int]) -> StreamBatch:
    n = max(lengths)
    valid = torch.arange(n)[None] < torch.tensor(lengths)[:, None]
    x = torch.where(valid, 1.0, 1e3)[:, None]
    return StreamBatch(x, valid[:, None], torch.tensor(lengths), torch.where(valid, 0.1, 0.0))


def test_a_step_is_real_if_all_its_samples_are():
    assert step_mask(torch.tensor([5, 6, 0]), 2, 3).tolist() == [[True, True, False], [True] * 3, [False] * 3]
    assert step_mask(torch.tensor([2]), 0.25, 9).sum() == 8


def test_elapsed_adds_up_over_a_hop_and_is_shared_by_a_fraction():
    irregular = torch.tensor([[0.1, 0.2, 0.3, 0.4, 0.5]])
    assert step_elapsed(irregular, 1, 7)[0, 5:].tolist() == [0, 0], "steps beyond the samples take no time"
    np.testing.assert_allclose(step_elapsed(irregular, 2, 2), [[0.3, 0.7]], rtol=1e-6)
    np.testing.assert_allclose(step_elapsed(torch.tensor([[1.0, 2.0]]), 0.5, 4), [[0.5, 0.5, 1.0, 1.0]])


def test_padding_is_never_read():
    features, present = path()(stream([5, 8]), torch.tensor([True, True]))
    np.testing.assert_allclose(features.detach(), [[2, 0.4], [4, 0.8]], rtol=1e-6)
    assert present.tolist() == [True, True]


def test_rows_without_the_stream_are_not_computed_and_zero():
    built = path()
    features, _ = built(stream([4, 8, 8]), torch.tensor([False, True, False]))
    assert built.encoder.rows == 1
    assert features[[0, 2]].abs().sum() == 0
    assert features[1, 0] == 4


def test_without_a_pooling_the_steps_come_with_their_mask():
    features, mask = path(pooling=False)(stream([4, 8]), torch.tensor([True, True]))
    assert features.shape == (2, 4, 2)
    assert mask.tolist() == [[True, True, False, False], [True] * 4]


def test_a_stack_carries_the_state_of_every_layer():
    torch.manual_seed(0)
    stack = Stack([Tally(3), Tally(2)], dropout=0.0, input_size=3)
    x, elapsed, mask = torch.randn(2, 7, 3), torch.full((2, 7), 0.1), torch.ones(2, 7, dtype=torch.bool)
    whole, end = stack(x, elapsed, mask, None)
    first, state = stack(x[:, :4], elapsed[:, :4], mask[:, :4], None)
    second, resumed = stack(x[:, 4:], elapsed[:, 4:], mask[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    for a, b in zip(end, resumed, strict=True):
        torch.testing.assert_close(a, b)


def test_a_masked_step_leaves_the_state_and_reads_nothing():
    cell = Tally(1)
    x = torch.tensor([[[1.0], [float("nan")], [2.0]]])
    outputs, state = cell(x, torch.tensor([[0.1, float("nan"), 0.2]]), torch.tensor([[True, False, True]]), None)
    np.testing.assert_allclose(state, [[3.0, 0.3]], rtol=1e-6)
    assert outputs[0, 1].tolist() == [0, 0]
    assert outputs[0, 2, 0] == pytest.approx(3)

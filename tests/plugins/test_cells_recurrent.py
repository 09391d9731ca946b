"""LSTM and GRU against torch's own cells, one step at a time over the real steps of one row."""

import pytest
import torch
from torch import nn

from insula_cells.compaction import compact, scatter_back
from insula_cells.gru import GRU
from insula_cells.lstm import LSTM

HOLES = torch.tensor([[1, 1, 1, 1, 1], [0, 1, 0, 1, 0], [1, 1, 0, 0, 0], [0, 0, 0, 0, 0]], dtype=torch.bool)


def parts(state):
    return state if isinstance(state, tuple) else (state,)


def make(kind):
    torch.manual_seed(0)
    return {"lstm": LSTM, "gru": GRU}[kind](3, hidden_size=4).double()


def one_step(kind, layer):
    cell = {"lstm": nn.LSTMCell, "gru": nn.GRUCell}[kind](3, 4).double()
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.layer.state_dict().items()})
    return cell


def batch(kind):
    torch.manual_seed(1)
    x = torch.randn(4, 5, 3, dtype=torch.float64)
    state = [torch.randn(4, 4, dtype=torch.float64) for _ in range(2 if kind == "lstm" else 1)]
    return x, torch.rand(4, 5, dtype=torch.float64), tuple(state) if kind == "lstm" else state[0]


@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize("mask", [HOLES, HOLES[[1, 2, 1, 2]], HOLES[[0, 0, 0, 0]]], ids=["ragged", "equal", "full"])
def test_equals_the_loop_over_real_steps(kind, mask):
    layer, (x, elapsed, state) = make(kind), batch(kind)
    cell = one_step(kind, layer)
    y, after = layer(x.masked_fill(~mask.unsqueeze(-1), torch.nan), elapsed, mask, state)
    for row in range(4):
        inner = tuple(part[row] for part in state) if kind == "lstm" else state[row]
        for t in range(5):
            if mask[row, t]:
                inner = cell(x[row, t], inner)
                torch.testing.assert_close(y[row, t], parts(inner)[0])
            else:
                assert (y[row, t] == 0).all()
        for mine, theirs in zip(parts(after), parts(inner), strict=True):
            torch.testing.assert_close(mine[row], theirs)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_equals_torch_where_all_is_real(kind):
    layer, (x, elapsed, _) = make(kind), batch(kind)
    y, state = layer(x, elapsed, torch.ones(4, 5, dtype=torch.bool), None)
    expected, after = layer.layer(x)
    torch.testing.assert_close(y, expected)
    for mine, theirs in zip(parts(state), parts(after), strict=True):
        torch.testing.assert_close(mine, theirs[0])


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_state_continues_a_sequence(kind):
    layer, (x, elapsed, _) = make(kind), batch(kind)
    whole, end = layer(x, elapsed, HOLES, None)
    first, state = layer(x[:, :2], elapsed[:, :2], HOLES[:, :2], None)
    second, after = layer(x[:, 2:], elapsed[:, 2:], HOLES[:, 2:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    for mine, theirs in zip(parts(after), parts(end), strict=True):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize("steps", [0, 5])
def test_nothing_real_keeps_the_state(kind, steps):
    layer, (x, elapsed, state) = make(kind), batch(kind)
    y, after = layer(x[:, :steps], elapsed[:, :steps], torch.zeros(4, steps, dtype=torch.bool), state)
    assert y.shape == (4, steps, 4)
    assert (y == 0).all()
    for mine, theirs in zip(parts(after), parts(state), strict=True):
        assert torch.equal(mine, theirs)


def test_gradient_knows_no_masked_step():
    layer, (x, elapsed, _) = make("lstm"), batch("lstm")
    x = x.masked_fill(~HOLES.unsqueeze(-1), torch.nan).requires_grad_()
    y, _ = layer(x, elapsed, HOLES, None)
    y.square().sum().backward()
    assert (x.grad[~HOLES] == 0).all()
    assert (x.grad[HOLES] != 0).all()
    assert all(torch.isfinite(p.grad).all() and (p.grad != 0).any() for p in layer.parameters())


def test_compaction_and_back():
    x = torch.arange(1.0, 21.0).view(4, 5, 1)
    front = compact(x, HOLES, 5)
    assert front.squeeze(-1).tolist() == [[1, 2, 3, 4, 5], [7, 9, 0, 0, 0], [11, 12, 0, 0, 0], [0, 0, 0, 0, 0]]
    assert torch.equal(scatter_back(front, HOLES), x * HOLES.unsqueeze(-1))

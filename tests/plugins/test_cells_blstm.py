"""The bidirectional LSTM against torch's own on the real steps of each row alone, and what its state means."""

import pytest
import torch
from torch import nn

from insula.model.stream import Stack
from insula.plugin.testing import check_cell
from insula_cells.blstm import BLSTM

HOLES = torch.tensor([[1, 1, 1, 1, 1], [0, 1, 0, 1, 0], [1, 1, 0, 0, 0], [0, 0, 0, 0, 0]], dtype=torch.bool)
MASKS = {"ragged": HOLES, "equal": HOLES[[1, 2, 1, 2]], "full": HOLES[[0, 0, 0, 0]]}


def make(seed=0):
    torch.manual_seed(seed)
    return BLSTM(3, hidden_size=4).double()


def batch(mask=None):
    torch.manual_seed(1)
    x, elapsed = torch.randn(4, 5, 3, dtype=torch.float64), torch.rand(4, 5, dtype=torch.float64)
    return (x if mask is None else x.masked_fill(~mask.unsqueeze(-1), torch.nan)), elapsed


def state():
    torch.manual_seed(2)
    return torch.randn(4, 4, dtype=torch.float64), torch.randn(4, 4, dtype=torch.float64)


def torchs(cell):
    theirs = nn.LSTM(3, 4, bidirectional=True, batch_first=True).double()
    theirs.load_state_dict(cell.layer.state_dict())
    return theirs


def reader(cell, suffix):
    """Return a one-directional LSTM of torch with the weights of one direction."""
    theirs = nn.LSTM(3, 4, batch_first=True).double()
    weights = {n: w for n, w in cell.layer.state_dict().items() if n.endswith("_reverse") == bool(suffix)}
    theirs.load_state_dict({name.removesuffix(suffix): weight for name, weight in weights.items()})
    return theirs


def test_contract():
    check_cell(BLSTM)


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_equals_torch_on_each_row_alone(mask):
    cell, (x, elapsed) = make(), batch(mask)
    y, (h, c) = cell(x, elapsed, mask, None)
    assert y.shape == (4, 5, cell.output_size)
    for row in range(4):
        real = mask[row]
        assert (y[row, ~real] == 0).all()
        if real.any():
            expected, (last, memory) = torchs(cell)(x[row : row + 1, real])
            torch.testing.assert_close(y[row : row + 1, real], expected)
            torch.testing.assert_close(h[row], last[0, 0])
            torch.testing.assert_close(c[row], memory[0, 0])


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_is_an_lstm_each_way_the_forward_one_from_the_given_state(mask):
    cell, (x, elapsed), (h, c) = make(), batch(mask), state()
    y, after = cell(x, elapsed, mask, (h, c))
    for row in (row for row in range(4) if mask[row].any()):
        steps = x[row : row + 1, mask[row]]
        forward, ends = reader(cell, "")(steps, (h[None, row : row + 1], c[None, row : row + 1]))
        backward, _ = reader(cell, "_reverse")(steps.flip(1))
        torch.testing.assert_close(y[row, mask[row]], torch.cat([forward, backward.flip(1)], dim=2)[0])
        for mine, theirs in zip(after, ends, strict=True):
            torch.testing.assert_close(mine[row], theirs[0, 0])


def test_two_halves_differ_only_backwards_and_only_in_the_first():
    cell, (x, elapsed) = make(), batch()
    whole, _ = cell(x, elapsed, HOLES, None)
    first, carried = cell(x[:, :2], elapsed[:, :2], HOLES[:, :2], None)
    second, _ = cell(x[:, 2:], elapsed[:, 2:], HOLES[:, 2:], carried)
    torch.testing.assert_close(second, whole[:, 2:])
    torch.testing.assert_close(first[..., :4], whole[:, :2, :4])
    assert not torch.allclose(first[..., 4:], whole[:, :2, 4:])


def test_an_output_depends_on_later_steps_and_says_so():
    cell, (x, elapsed) = make(), batch()
    y, _ = cell(x, elapsed, HOLES, None)
    later, _ = cell(x + torch.tensor([0, 0, 0, 0, 1.0])[:, None], elapsed, HOLES, None)
    torch.testing.assert_close(y[0, :4, :4], later[0, :4, :4])
    assert (y[0, :4, 4:] != later[0, :4, 4:]).all()
    assert not cell.causal
    assert not Stack([cell, BLSTM(8, hidden_size=2)], 0.0, 3).causal


@pytest.mark.parametrize("steps", [0, 5])
def test_nothing_real_keeps_the_state(steps):
    cell, (x, elapsed) = make(), batch()
    y, after = cell(x[:, :steps], elapsed[:, :steps], torch.zeros(4, steps, dtype=torch.bool), state())
    assert torch.equal(y, torch.zeros(4, steps, 8, dtype=torch.float64))
    assert all(torch.equal(mine, given) for mine, given in zip(after, state(), strict=True))


def test_gradient_knows_no_masked_step():
    cell, (x, elapsed) = make(), batch(HOLES)
    x.requires_grad_()
    cell(x, elapsed, HOLES, None)[0].square().sum().backward()
    assert (x.grad[~HOLES] == 0).all()
    assert (x.grad[HOLES] != 0).all()
    assert all(torch.isfinite(p.grad).all() and (p.grad != 0).any() for p in cell.parameters())


def test_size():
    assert sum(p.numel() for p in make().parameters()) == 2 * 4 * (4 * (3 + 4) + 2 * 4)

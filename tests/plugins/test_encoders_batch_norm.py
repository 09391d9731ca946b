"""MaskedBatchNorm and real_steps, on which conv1d stands, against torch on the real positions side by side."""

import pytest
import torch
from torch import nn

from insula import MaskedBatchNorm, real_steps

LENGTHS = torch.tensor([5, 2, 0, 7])
MASK = torch.arange(7) < LENGTHS.unsqueeze(1)


def pair(**options):
    torch.manual_seed(0)
    mine, theirs = MaskedBatchNorm(3, **options).double(), nn.BatchNorm1d(3, **options).double()
    with torch.no_grad():
        for norm in (mine, theirs):
            norm.weight.copy_(torch.tensor([1.0, 2.0, 0.5]))
            norm.bias.copy_(torch.tensor([0.0, -1.0, 3.0]))
    return mine, theirs


def data():
    x = torch.randn(4, 3, 7, dtype=torch.float64)
    # What stands at positions that aren't real must not matter, not even NaN.
    return x.masked_fill(~MASK.unsqueeze(1), torch.nan).requires_grad_()


def side_by_side(x):
    return x.transpose(1, 2)[MASK]


@pytest.mark.parametrize("options", [{}, {"momentum": None}], ids=["moving", "cumulative"])
@pytest.mark.parametrize("mask", [MASK, torch.ones_like(MASK), None], ids=["ragged", "full", "none"])
def test_equals_batch_norm_side_by_side(options, mask):
    mine, theirs = pair(**options)
    real = MASK if mask is MASK else torch.ones_like(MASK)
    for _ in range(3):
        x = torch.randn(4, 3, 7, dtype=torch.float64)
        y, expected = mine(x, mask), theirs(x.transpose(1, 2)[real])
        torch.testing.assert_close(y.transpose(1, 2)[real], expected)
        assert (y.transpose(1, 2)[~real] == 0).all()
    for name, buffer in theirs.named_buffers():
        torch.testing.assert_close(mine.get_buffer(name), buffer)
    mine.eval(), theirs.eval()
    torch.testing.assert_close(mine(x, mask).transpose(1, 2)[real], theirs(x.transpose(1, 2)[real]))


def test_gradient_equals_side_by_side():
    (mine, theirs), x = pair(), data()
    weight = torch.randn(int(MASK.sum()), 3, dtype=torch.float64)
    (side_by_side(mine(x, MASK)) * weight).sum().backward()
    got, x.grad = x.grad, None
    (theirs(side_by_side(x)) * weight).sum().backward()
    torch.testing.assert_close(got, x.grad)
    assert (got.transpose(1, 2)[~MASK] == 0).all()
    for name, parameter in theirs.named_parameters():
        torch.testing.assert_close(mine.get_parameter(name).grad, parameter.grad)


@pytest.mark.parametrize("real", [0, 1])
@pytest.mark.parametrize("shape", [(2, 3, 4), (1, 3, 1)])
def test_too_few_positions_use_the_running_statistics(real, shape):
    mine, theirs = pair()
    mine.running_mean.fill_(0.5), theirs.running_mean.fill_(0.5)
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    mask = torch.zeros(shape[0], shape[2], dtype=torch.bool)
    mask[0, :real] = True
    y = mine(x, mask)
    torch.testing.assert_close(y, theirs.eval()(x) * mask.unsqueeze(1))
    y.sum().backward()
    assert torch.isfinite(x.grad).all()
    assert mine.num_batches_tracked == 0


def test_eval_is_per_position():
    mine, x = pair()[0].eval(), data()
    y = mine(x, MASK)
    for row, length in enumerate(LENGTHS):
        torch.testing.assert_close(y[row : row + 1, :, :length], mine(x[row : row + 1, :, :length]))


@pytest.mark.parametrize("hop", [1, 2, 3, 8])
def test_real_steps_are_whole(hop):
    valid = MASK.unsqueeze(1).repeat(1, 2, 1)
    valid[0, 0, 2:] = False  # a channel that ends earlier, and a hole, shorten nothing
    valid[3, :, 3] = False
    expected = [[(step + 1) * hop <= length for step in range(7 // hop)] for length in LENGTHS]
    assert real_steps(valid, hop).tolist() == expected


def test_real_steps_of_nothing():
    assert real_steps(torch.zeros(2, 3, 0, dtype=torch.bool)).shape == (2, 0)

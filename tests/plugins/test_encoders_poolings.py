"""Poolings against loops over the real steps of one row."""

import pytest
import torch

from insula_encoders.attention import Attention
from insula_encoders.last import Last
from insula_encoders.max import Max
from insula_encoders.mean import Mean

MASK = torch.tensor([[1, 1, 1, 1], [0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0]], dtype=torch.bool)
POOLINGS = {"last": Last, "mean": Mean, "max": Max, "attention": Attention}


def by_hand(pooling, steps):
    """Pool the real steps ``(n, hidden)`` of one row."""
    match pooling:
        case Last():
            return steps[-1]
        case Mean():
            return steps.mean(0)
        case Max():
            return steps.max(0).values
    hidden, _, v = pooling.score
    e = torch.stack([v.weight[0] @ torch.tanh(hidden.weight @ h + hidden.bias) for h in steps])
    return (e.exp() / e.exp().sum()) @ steps


@pytest.fixture(params=POOLINGS)
def pooling(request):
    torch.manual_seed(0)
    return POOLINGS[request.param](3).double()


@pytest.fixture
def x():
    # All real values are negative, so that a zero from padding would be the largest.
    x = -1 - torch.rand(4, 4, 3, dtype=torch.float64)
    return x.masked_fill(~MASK.unsqueeze(-1), torch.nan).requires_grad_()


def test_pools_the_real_steps(pooling, x):
    y = pooling(x, MASK)
    for row in range(3):
        torch.testing.assert_close(y[row], by_hand(pooling, x[row, MASK[row]]))
    assert (y[3] == 0).all()


def test_no_nan_in_a_gradient(pooling, x):
    pooling(x, MASK).square().sum().backward()
    assert torch.isfinite(x.grad).all()
    assert (x.grad[~MASK] == 0).all()
    assert all(torch.isfinite(p.grad).all() and (p.grad != 0).any() for p in pooling.parameters())


def test_no_step_at_all(pooling):
    y = pooling(torch.zeros(2, 0, 3, dtype=torch.float64), torch.zeros(2, 0, dtype=torch.bool))
    assert torch.equal(y, torch.zeros(2, 3, dtype=torch.float64))


def test_attention_weights(x):
    torch.manual_seed(0)
    weights = Attention(3, size=5).double().weights(x, MASK)
    assert (weights[~MASK] == 0).all()
    torch.testing.assert_close(weights.sum(1), torch.tensor([1.0, 1.0, 1.0, 0.0], dtype=torch.float64))


def test_attention_size():
    assert sum(p.numel() for p in Attention(128).parameters()) == 128 * 32 + 32 + 32
    assert sum(p.numel() for p in Attention(128, bias=True).parameters()) == 4128 + 33


def test_a_bias_after_v_counts_and_does_nothing(x):
    torch.manual_seed(0)
    plain, biased = Attention(3).double(), Attention(3, bias=True).double()
    biased.load_state_dict(plain.state_dict(), strict=False)
    y = biased(x, MASK)
    torch.testing.assert_close(y, plain(x, MASK))
    y.square().sum().backward()
    assert abs(float(biased.score[2].bias.grad)) < 1e-12

"""Losses of numbers against sums written out."""

import numpy as np
import pytest
import torch

from insula import Batch, ConfigError, Fused, TargetSpec
from insula_losses.ccc import CCC
from insula_losses.mse import MSE

SPEC = TargetSpec("arousal", "number")
LABELLED = torch.tensor([True, True, False, True, True])


def compute(loss, outputs, goal, labelled=LABELLED):
    batch = Batch({}, {}, {"arousal": goal}, {"arousal": labelled}, torch.arange(len(goal)), torch.arange(len(goal)))
    return loss(Fused({"arousal": outputs}, outputs.detach()), batch, 0.0)


@pytest.fixture
def values():
    torch.manual_seed(0)
    return torch.randn(5, 1, dtype=torch.float64, requires_grad=True), torch.randn(5, 1, dtype=torch.float64)


def test_mse(values):
    x, y = values
    expected = np.mean((x.detach().numpy() - y.numpy())[LABELLED.numpy()] ** 2)
    assert compute(MSE(SPEC), x, y).item() == pytest.approx(expected)


def test_ccc_is_lins(values):
    x, y = (v.detach().numpy()[LABELLED.numpy(), 0] for v in values)
    # Lin 1989 from the other side: Pearson's r times the bias correction factor.
    r = np.corrcoef(x, y)[0, 1]
    v, u = x.std() / y.std(), (x.mean() - y.mean()) / np.sqrt(x.std() * y.std())
    assert compute(CCC(SPEC), *values).item() == pytest.approx(1 - r * 2 / (v + 1 / v + u**2))


def test_ccc_knows_shift_and_scale():
    y = torch.linspace(0, 1, 5).unsqueeze(1)
    for x, expected in ((y, 0.0), (1 - y, 2.0), (y + 1, 1 - 0.25 / (0.25 + 1))):
        assert compute(CCC(SPEC), x, y, torch.ones(5, dtype=torch.bool)).item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("make", [MSE, CCC])
def test_gradient(make, values):
    x, y = values
    assert torch.autograd.gradcheck(lambda x: compute(make(SPEC), x, y), x)


@pytest.mark.parametrize("make", [MSE, CCC])
def test_no_label_is_zero_with_a_gradient(make, values):
    x, y = values
    value = compute(make(SPEC), x, y, torch.zeros(5, dtype=torch.bool))
    value.backward()
    assert value == 0
    assert (x.grad == 0).all()


@pytest.mark.parametrize("difference", [0.0, 1.0])
def test_ccc_of_one_row_is_finite(difference):
    x = torch.ones(1, 1, requires_grad=True)
    value = compute(CCC(SPEC), x, x.detach() + difference, torch.ones(1, dtype=torch.bool))
    value.backward()
    assert value == 1
    assert x.grad == 0


@pytest.mark.parametrize("kind", ["classes", "binary"])
def test_classes_need_another_loss(kind):
    with pytest.raises(ConfigError, match=r"MSE is a loss for numbers: type targets.emotion.loss=cross_entropy"):
        MSE(TargetSpec("emotion", kind, ("a", "b")))

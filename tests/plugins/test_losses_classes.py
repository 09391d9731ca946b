"""Losses of classes against torch.nn.functional and against sums written out."""

import pytest
import torch
from torch.nn import functional

from insula import Batch, ConfigError, Fused, TargetSpec
from insula_losses.cross_entropy import CrossEntropy
from insula_losses.focal import Focal

WEIGHTS = (0.5, 2.0, 1.5)
LABELLED = torch.tensor([True, True, False, True, True, False])


def spec(kind="classes", weights=None):
    return TargetSpec("emotion", kind, ("a", "b", "c") if kind == "classes" else ("no", "yes"), weights)


def compute(loss, outputs, goal, labelled=LABELLED):
    batch = Batch({}, {}, {"emotion": goal}, {"emotion": labelled}, torch.arange(len(goal)), torch.arange(len(goal)))
    return loss(Fused({"emotion": outputs}, outputs.detach()), batch, 0.0)


@pytest.fixture
def logits():
    torch.manual_seed(0)
    return torch.randn(6, 3, requires_grad=True)


@pytest.fixture
def hard():
    return functional.one_hot(torch.tensor([0, 1, 2, 2, 1, 0]), 3).float()


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_of_certain_labels_is_torchs(logits, hard, weights, smoothing):
    got = compute(CrossEntropy(spec(weights=weights), label_smoothing=smoothing), logits, hard)
    weight = None if weights is None else torch.tensor(weights)
    index = hard.argmax(1)[LABELLED]
    expected = functional.cross_entropy(logits[LABELLED], index, weight, label_smoothing=smoothing)
    torch.testing.assert_close(got, expected)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_of_distributions_is_torchs(logits, weights, smoothing):
    soft = torch.rand(6, 3).softmax(1)
    got = compute(CrossEntropy(spec(weights=weights), label_smoothing=smoothing), logits, soft)
    weight = None if weights is None else torch.tensor(weights)
    expected = functional.cross_entropy(logits[LABELLED], soft[LABELLED], weight, label_smoothing=smoothing)
    torch.testing.assert_close(got, expected)


@pytest.mark.parametrize("goal", [[1.0, 0.0, 1.0, 1.0, 0.0, 0.0], [0.3, 0.9, 0.5, 0.0, 1.0, 0.2]], ids=["hard", "soft"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_binary_is_bce(goal, smoothing):
    z, y = torch.randn(6, 1), torch.tensor(goal).unsqueeze(1)
    got = compute(CrossEntropy(spec("binary"), label_smoothing=smoothing), z, y)
    smooth = y * (1 - smoothing) + smoothing / 2
    expected = functional.binary_cross_entropy_with_logits(z[LABELLED], smooth[LABELLED])
    torch.testing.assert_close(got, expected)


def test_weighted_binary_is_bce_with_pos_weight():
    z, y = torch.randn(6, 1), torch.tensor([[1.0], [0.0], [1.0], [1.0], [0.0], [0.0]])
    got = compute(CrossEntropy(spec("binary", (0.5, 2.0))), z, y)
    total = functional.binary_cross_entropy_with_logits(
        z[LABELLED], y[LABELLED], weight=0.5 * torch.ones(4, 1), pos_weight=torch.tensor([4.0]), reduction="sum"
    )
    torch.testing.assert_close(got, total / (2.0 + 0.5 + 2.0 + 0.5))


@pytest.mark.parametrize("gamma", [0.5, 2.0])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_focal_is_its_sum(logits, hard, gamma, weights):
    got = compute(Focal(spec(weights=weights), gamma=gamma), logits, hard)
    w = torch.tensor(weights or (1.0, 1.0, 1.0))
    top = bottom = 0.0
    for row in LABELLED.nonzero().squeeze(1):
        label = int(hard[row].argmax())
        q = logits[row].softmax(0)[label]
        top, bottom = top - w[label] * (1 - q) ** gamma * q.log(), bottom + w[label]
    torch.testing.assert_close(got, top / bottom)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_focal_without_gamma_is_cross_entropy(logits, weights):
    soft = torch.rand(6, 3).softmax(1)
    a, b = (
        compute(loss, logits, soft)
        for loss in (Focal(spec(weights=weights), gamma=0.0), CrossEntropy(spec(weights=weights)))
    )
    torch.testing.assert_close(a, b)


def test_focal_has_a_finite_slope_at_certainty():
    z = torch.tensor([[200.0, 0.0, 0.0]], requires_grad=True)
    goal = torch.tensor([[1.0, 0.0, 0.0]])
    compute(Focal(spec(), gamma=0.5), z, goal, torch.tensor([True])).backward()
    assert torch.isfinite(z.grad).all()


@pytest.mark.parametrize("make", [CrossEntropy, Focal])
def test_an_absent_class_has_no_weight(make, logits, hard):
    loss = make(spec(weights=(1.0, 1.0, 0.0)))
    without = LABELLED & (hard.argmax(1) != 2)
    torch.testing.assert_close(compute(loss, logits, hard), compute(loss, logits, hard, without))


@pytest.mark.parametrize(
    "loss", [CrossEntropy(spec(weights=(1.0, 1.0, 0.0)), label_smoothing=0.1), Focal(spec(weights=(1.0, 1.0, 0.0)))]
)
@pytest.mark.parametrize(
    "labelled",
    [torch.zeros(6, dtype=torch.bool), torch.tensor([0, 0, 1, 1, 0, 0], dtype=torch.bool)],
    ids=["no label", "no weight"],
)
def test_nothing_to_learn_from_is_zero_with_a_gradient(loss, labelled, logits, hard):
    value = compute(loss, logits, hard, labelled)
    value.backward()
    assert value == 0
    assert (logits.grad == 0).all()


def test_unlabelled_rows_are_not_read(logits, hard):
    loss = CrossEntropy(spec(weights=WEIGHTS))
    other = torch.where(LABELLED.unsqueeze(1), hard, torch.nan)
    assert torch.equal(compute(loss, logits, hard), compute(loss, logits, other))


def test_a_number_needs_another_loss():
    with pytest.raises(ConfigError, match=r"'arousal' is a number, and CrossEntropy .* targets.arousal.loss=mse"):
        CrossEntropy(TargetSpec("arousal", "number"))

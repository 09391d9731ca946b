"""The objective adds the targets' losses, the model's own terms with their decay, and l2."""

import pytest
import torch
from torch import nn

from insula import Batch, Fused, Loss, TargetSpec
from insula.training.objective import Objective
from insula.training.options import TermOptions


class Constant(Loss):
    def __init__(self, target: TargetSpec, *, value: float = 1.0) -> None:
        super().__init__(target)
        self.value = value

    def forward(self, fused: Fused, batch: Batch, progress: float):
        return fused.embedding.sum() * 0 + self.value


def total(progress: float = 0.0, l2: float = 0.0, **terms: TermOptions) -> tuple[float, dict[str, float]]:
    losses = {"a": Constant(TargetSpec("a", "number"), value=2.0), "b": Constant(TargetSpec("b", "number"), value=3.0)}
    fused = Fused({}, torch.zeros(1, 1), {"reconstruction": torch.tensor(10.0)})
    batch = Batch({}, {}, {}, {}, torch.zeros(1, dtype=torch.long), torch.zeros(1, dtype=torch.long))
    model = nn.Linear(2, 1)
    nn.init.constant_(model.weight, 2.0)
    nn.init.constant_(model.bias, 100.0)
    found, parts = Objective(losses, {"a": 1.0, "b": 0.5}, terms, l2)(model, fused, batch, progress)
    return found.item(), {name: part.item() for name, part in parts.items()}


def test_targets_are_weighted_and_a_term_that_is_not_named_counts_once():
    assert total()[1] == {"target a": 2.0, "target b": 1.5, "term reconstruction": 10.0}


def test_a_term_decays_linearly_over_training():
    term = TermOptions(weight=0.1, decay="linear")
    assert total(0.0, reconstruction=term)[1]["term reconstruction"] == pytest.approx(1.0)
    assert total(0.75, reconstruction=term)[1]["term reconstruction"] == pytest.approx(0.25)


def test_l2_is_the_sum_of_squares_of_matrices_and_leaves_biases_alone():
    value, parts = total(l2=0.5)
    assert parts["l2"] == pytest.approx(0.5 * (4 + 4))
    assert value == pytest.approx(sum(parts.values()))

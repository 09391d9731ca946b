"""Objective: the sum of the targets' losses, the model's own terms and l2."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from insula.model.fusion import Fused
from insula.training.loss import Loss
from insula.training.options import TermOptions
from insula.windows.batch import Batch


class Objective(nn.Module):
    """What training makes small.

    Parameters
    ----------
    losses
        Target name to its loss.
    weights
        Target name to the loss's weight.
    terms
        Weight and decay of the terms that a model returns in ``Fused.losses``; one that isn't named has weight 1.
    l2
        Weight of the sum of squares of all matrices.
    """

    def __init__(
        self, losses: Mapping[str, Loss], weights: Mapping[str, float], terms: Mapping[str, TermOptions], l2: float
    ) -> None:
        super().__init__()
        self.targets = tuple(losses)
        self.losses = nn.ModuleList(losses.values())  # not a ModuleDict: a target may bear any name
        self.weights, self.terms, self.l2 = dict(weights), dict(terms), l2

    def forward(
        self, model: nn.Module, fused: Fused, batch: Batch, progress: float
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the total and its parts."""
        parts = {
            f"target {name}": self.weights[name] * loss(fused, batch, progress)
            for name, loss in zip(self.targets, self.losses, strict=True)
        }
        for name, term in fused.losses.items():
            options = self.terms.get(name, TermOptions())
            parts[f"term {name}"] = term * options.weight * (1 - progress if options.decay == "linear" else 1.0)
        if self.l2:
            parts["l2"] = self.l2 * torch.stack([p.square().sum() for p in model.parameters() if p.dim() > 1]).sum()
        return torch.stack(list(parts.values())).sum(), parts

"""ClassLoss: what the losses of classes share."""

from abc import abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor

from insula import Batch, ConfigError, Fused, Loss, TargetSpec
from insula_losses.labelled import labelled

Rows = Float[Tensor, "rows classes"]


class ClassLoss(Loss):
    """A loss of logits against a distribution over classes; a binary target is one of two classes with logits 0 and z.

    Where every row of a batch has one certain class, the mean is weighted by the weights of those classes; where one is
    a distribution over raters, it is the mean over rows. Both are as in ``torch.nn.functional.cross_entropy``, for
    class indices and for probabilities. Where no row counts, as none is labelled or all weights are 0, the loss is 0.
    """

    weights: Float[Tensor, " classes"]

    def __init__(self, target: TargetSpec) -> None:
        super().__init__(target)
        if target.kind == "number":
            raise ConfigError(
                f"the target {target.name!r} is a number, and {type(self).__name__} is a loss for classes: "
                f"type targets.{target.name}.loss=mse, or ccc"
            )
        weights = target.class_weights or (1.0,) * len(target.classes)
        self.register_buffer("weights", torch.tensor(weights), persistent=False)

    @abstractmethod
    def terms(self, logits: Rows, goal: Rows, weights: Float[Tensor, " classes"]) -> Float[Tensor, " rows"]:
        """Return the weighted loss of every row."""

    def forward(self, fused: Fused, batch: Batch, progress: float) -> Float[Tensor, ""]:
        """Return the weighted mean over the labelled rows."""
        logits, goal = labelled(fused, batch, self.target.name)
        if self.target.kind == "binary":
            logits = torch.cat([torch.zeros_like(logits), logits], dim=1)
            goal = torch.cat([1 - goal, goal], dim=1)
        weights = self.weights.to(logits.dtype)
        certain = bool((goal.amax(dim=1) == 1).all())
        total = (goal @ weights).sum() if certain else torch.ones_like(goal[:, 0]).sum()
        return self.terms(logits, goal, weights).sum() * torch.where(total > 0, 1 / total, 0.0)

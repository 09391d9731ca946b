"""CrossEntropy: the negative log-likelihood of the label."""

from typing import Annotated

from jaxtyping import Float
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from insula import TargetSpec
from insula_losses.class_loss import ClassLoss, Rows


class CrossEntropy(ClassLoss):
    """Cross-entropy −Σ w p ln q, as ``torch.nn.functional.cross_entropy``; for a binary target the same of two classes.

    Parameters
    ----------
    label_smoothing
        Share ε of the label that is spread evenly over all classes, p' = (1 − ε) p + ε / classes (Szegedy et al. 2016).
    """

    def __init__(self, target: TargetSpec, *, label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0) -> None:
        super().__init__(target)
        self.label_smoothing = label_smoothing

    def terms(self, logits: Rows, goal: Rows, weights: Float[Tensor, " classes"]) -> Float[Tensor, " rows"]:
        """Return every row's weighted cross-entropy."""
        return cross_entropy(logits, goal, weights, label_smoothing=self.label_smoothing, reduction="none")

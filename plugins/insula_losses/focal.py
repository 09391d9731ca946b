"""Focal: cross-entropy that looks away from what is easy."""

from typing import Annotated

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from insula import TargetSpec
from insula_losses.class_loss import ClassLoss, Rows


class Focal(ClassLoss):
    """Focal loss −Σ w p (1 − q)^γ ln q (Lin et al. 2017, eq. 5, with the class weights as α).

    Parameters
    ----------
    gamma
        γ: how much less a row counts the more probable its label is already; 0 is cross-entropy.
    """

    def __init__(self, target: TargetSpec, *, gamma: Annotated[float, Field(ge=0)] = 2.0) -> None:
        super().__init__(target)
        self.gamma = gamma

    def terms(self, logits: Rows, goal: Rows, weights: Float[Tensor, " classes"]) -> Float[Tensor, " rows"]:
        """Return every row's weighted focal loss."""
        log_q = logits.log_softmax(dim=1)
        # The slope of (1 − q)^γ is infinite at q = 1 where γ < 1.
        miss = (-torch.expm1(log_q)).clamp(min=torch.finfo(logits.dtype).eps)
        return -(weights * goal * miss**self.gamma * log_q).sum(dim=1)

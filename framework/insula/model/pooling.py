"""Pooling: from steps to one vector."""

from abc import ABC, abstractmethod

from jaxtyping import Bool, Float
from torch import Tensor, nn


class Pooling(nn.Module, ABC):
    """Turns the real steps of a window into one vector. Its constructor takes ``input_size`` and, after ``*``, its
    options.

    It may offer ``weights(x, mask) -> (batch, steps)``, for the attention analysis.

    Parameters
    ----------
    input_size
        Features per step.
    """

    output_size: int
    """Width of the pooled vector."""

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.output_size = input_size

    @abstractmethod
    def forward(
        self, x: Float[Tensor, "batch steps hidden"], mask: Bool[Tensor, "batch steps"]
    ) -> Float[Tensor, "batch pooled"]:
        """Pool; steps where ``mask`` is False are never read, and a row without a real step gives zeros."""

"""Attention: a learnt weighted average of the steps."""

from typing import Annotated

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import Pooling
from insula_encoders.initialisation import Init, initialise


class Attention(Pooling):
    """A weighted average of the real steps, with additive attention (Bahdanau et al. 2015, eq. 6, without a query).

    The weight of a step h is the softmax over the real steps of e = vᵀ tanh(W h + b).

    Parameters
    ----------
    size
        Width of the layer W that scores a step.
    bias
        Whether a bias stands after v too. A constant added to every score changes no weight, so it does nothing and
        learns nothing; published models have it, and count it.
    init
        How weights start: as ``torch`` draws them, or ``xavier`` uniform with biases of 0.
    """

    def __init__(
        self,
        input_size: int,
        *,
        size: Annotated[int, Field(gt=0)] = 32,
        bias: bool = False,
        init: Init = "torch",
    ) -> None:
        super().__init__(input_size)
        self.score = nn.Sequential(nn.Linear(input_size, size), nn.Tanh(), nn.Linear(size, 1, bias=bias))
        initialise(self, init)

    def weights(
        self, x: Float[Tensor, "batch steps hidden"], mask: Bool[Tensor, "batch steps"]
    ) -> Float[Tensor, "batch steps"]:
        """Return the weight of every step: 0 where masked, of sum 1 in rows with a real step."""
        return self._weights(x.masked_fill(~mask.unsqueeze(-1), 0.0), mask)

    def forward(
        self, x: Float[Tensor, "batch steps hidden"], mask: Bool[Tensor, "batch steps"]
    ) -> Float[Tensor, "batch pooled"]:
        """Return the weighted average."""
        x = x.masked_fill(~mask.unsqueeze(-1), 0.0)
        return torch.einsum("bs,bsh->bh", self._weights(x, mask), x)

    def _weights(self, x: Tensor, mask: Tensor) -> Tensor:
        scores = self.score(x).squeeze(-1)
        # The lowest number, not -inf: a row without a real step must not become NaN.
        return scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=1) * mask

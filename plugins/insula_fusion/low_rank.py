"""LowRank: products of all streams, by a weight tensor that is never written out."""

import math
from collections.abc import Mapping
from typing import Annotated

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import Fused, FusionHead
from insula_fusion.outputs import Outputs
from insula_fusion.vectors import real_vectors


class LowRank(FusionHead):
    """Low-rank multimodal fusion (Liu et al. 2018, arXiv:1806.00064, section 3), then one linear layer per target.

    Tensor fusion takes all products of the streams' features: with z_m = [x_m, 1], h = W · (z₁ ⊗ … ⊗ z_M) + b. The
    appended 1 keeps the products of fewer streams, and each alone. A W of rank r is a sum of r products of factors, one
    per stream, and neither W nor the product of the streams is ever written out::

        W = Σᵢ w₁⁽ⁱ⁾ ⊗ … ⊗ w_M⁽ⁱ⁾,   h = Σᵢ Πₘ (wₘ⁽ⁱ⁾ zₘ) + b     (Π unit by unit, i = 1 … r)

    A stream that a row lacks is the neutral element of the product, a factor of 1, so that the products of the other
    streams are as they would be without it; a row without any stream has h = r + b. b is that of the linear layers
    behind h. The weights of the appended 1 start at 1, the others Xavier uniform: where all start near 0, as in the
    published code, a product of ten streams vanishes.

    Parameters
    ----------
    width
        Width of h, which is the embedding.
    rank
        Number of products that are added, r.
    dropout
        Dropout of h.
    """

    def __init__(
        self,
        input_sizes: Mapping[str, int],
        output_sizes: Mapping[str, int],
        *,
        width: Annotated[int, Field(gt=0)] = 32,
        rank: Annotated[int, Field(gt=0)] = 4,
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    ) -> None:
        super().__init__(input_sizes, output_sizes)
        self.rank = rank
        self.factors = nn.ModuleList(_factor(size, rank, width) for size in input_sizes.values())
        self.dropout = nn.Dropout(dropout)
        self.heads = Outputs(width, output_sizes)

    def forward(
        self, features: Mapping[str, Float[Tensor, "batch ..."]], present: Mapping[str, Bool[Tensor, "batch ..."]]
    ) -> Fused:
        """Fuse ``(batch, width)`` vectors."""
        vectors, has = real_vectors(self.input_sizes, features, present)
        views = [factor(vector) for factor, vector in zip(self.factors, vectors, strict=True)]
        product = torch.stack(views, dim=1).masked_fill(~has.unsqueeze(-1), 1.0).prod(dim=1)
        embedding = self.dropout(product.unflatten(1, (self.rank, -1)).sum(dim=1))
        return Fused(self.heads(embedding), embedding)


def _factor(size: int, rank: int, width: int) -> nn.Linear:
    """Return a stream's r factors side by side; the bias is what the appended 1 is multiplied with."""
    layer = nn.Linear(size, rank * width)
    limit = math.sqrt(6 / (size + width))  # of each factor: side by side they are no wider
    nn.init.uniform_(layer.weight, -limit, limit)
    nn.init.ones_(layer.bias)
    return layer

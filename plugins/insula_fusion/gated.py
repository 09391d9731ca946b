"""Gated: every stream has a gate, which all streams together open."""

from collections.abc import Mapping
from typing import Annotated

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import Fused, FusionHead
from insula_fusion.outputs import Outputs
from insula_fusion.vectors import real_vectors


class Gated(FusionHead):
    """Gated multimodal unit (Arevalo et al. 2017, arXiv:1702.01992), then one linear layer per target.

    In its form for any number k of modalities every stream is mapped to one width, and per unit a gate, which sees all
    streams, says how much of it passes::

        hᵢ = tanh(Wᵢ xᵢ + bᵢ),  zᵢ = σ(Vᵢ [x₁, …, xₖ] + cᵢ),  h = Σᵢ zᵢ hᵢ

    The sum is over the streams that a row has, and the gates see zeros in the place of the others: a missing stream
    adds nothing and opens no gate. A row without any stream has h = 0 and still gets outputs. For two modalities the
    paper also ties the gates, z₂ = 1 − z₁; that isn't done here, where a stream may be the only one.

    Parameters
    ----------
    width
        Width of h, which is the embedding.
    dropout
        Dropout of h.
    """

    def __init__(
        self,
        input_sizes: Mapping[str, int],
        output_sizes: Mapping[str, int],
        *,
        width: Annotated[int, Field(gt=0)] = 64,
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    ) -> None:
        super().__init__(input_sizes, output_sizes)
        total = sum(input_sizes.values())
        self.maps = nn.ModuleList(nn.Linear(size, width) for size in input_sizes.values())
        self.gates = nn.ModuleList(nn.Linear(total, width) for _ in input_sizes)
        self.dropout = nn.Dropout(dropout)
        self.heads = Outputs(width, output_sizes)

    def forward(
        self, features: Mapping[str, Float[Tensor, "batch ..."]], present: Mapping[str, Bool[Tensor, "batch ..."]]
    ) -> Fused:
        """Fuse ``(batch, width)`` vectors."""
        vectors, has = real_vectors(self.input_sizes, features, present)
        joined = torch.cat(vectors, dim=1)
        passed = [
            torch.sigmoid(gate(joined)) * torch.tanh(layer(vector))
            for gate, layer, vector in zip(self.gates, self.maps, vectors, strict=True)
        ]
        embedding = self.dropout((torch.stack(passed, dim=1) * has.unsqueeze(-1)).sum(dim=1))
        return Fused(self.heads(embedding), embedding)

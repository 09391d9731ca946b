"""Concat: all streams side by side."""

from collections.abc import Mapping
from typing import Annotated

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import Fused, FusionHead

Size = Annotated[int, Field(gt=0)]


class Concat(FusionHead):
    """The streams' vectors side by side, optional hidden layers, then one linear layer per target.

    A missing stream is zeros; a row that lacks every stream still gets outputs.

    Parameters
    ----------
    hidden
        Width of every hidden layer (linear, ReLU); empty: none.
    dropout
        Dropout after every hidden layer; without one, of the joined vector.
    """

    def __init__(
        self,
        input_sizes: Mapping[str, int],
        output_sizes: Mapping[str, int],
        *,
        hidden: tuple[Size, ...] = (),
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    ) -> None:
        super().__init__(input_sizes, output_sizes)
        width = sum(input_sizes.values())
        self.layers = nn.Sequential() if hidden else nn.Sequential(nn.Dropout(dropout))
        for size in hidden:
            self.layers.extend([nn.Linear(width, size), nn.ReLU(), nn.Dropout(dropout)])
            width = size
        # A list, not a ModuleDict: a target may have any name, a dict's keys may hold no dot.
        self.heads = nn.ModuleList(nn.Linear(width, size) for size in output_sizes.values())

    def forward(
        self, features: Mapping[str, Float[Tensor, "batch ..."]], present: Mapping[str, Bool[Tensor, "batch ..."]]
    ) -> Fused:
        """Fuse ``(batch, width)`` vectors; the embedding is what enters the last linear layers."""
        vectors = [features[name].masked_fill(~present[name].unsqueeze(-1), 0.0) for name in self.input_sizes]
        embedding = self.layers(torch.cat(vectors, dim=-1))
        return Fused(
            {name: head(embedding) for name, head in zip(self.output_sizes, self.heads, strict=True)}, embedding
        )

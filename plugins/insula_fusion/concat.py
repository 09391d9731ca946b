"""Concat: all streams side by side."""

from collections.abc import Mapping
from typing import Annotated

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor

from insula import Fused, FusionHead
from insula_fusion.hidden_layers import HiddenLayers
from insula_fusion.outputs import Outputs
from insula_fusion.vectors import real_vectors

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
        self.layers = HiddenLayers(sum(input_sizes.values()), hidden, dropout)
        self.heads = Outputs(self.layers.output_size, output_sizes)

    def forward(
        self, features: Mapping[str, Float[Tensor, "batch ..."]], present: Mapping[str, Bool[Tensor, "batch ..."]]
    ) -> Fused:
        """Fuse ``(batch, width)`` vectors; the embedding is what enters the last linear layers."""
        vectors, _ = real_vectors(self.input_sizes, features, present)
        embedding = self.layers(torch.cat(vectors, dim=1))
        return Fused(self.heads(embedding), embedding)

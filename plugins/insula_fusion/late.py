"""Late: every stream decides by itself, and the decisions are averaged."""

from collections.abc import Mapping
from typing import Annotated

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import Fused, FusionHead
from insula_fusion.hidden_layers import HiddenLayers
from insula_fusion.outputs import Outputs
from insula_fusion.vectors import mean_of_real, real_vectors

Size = Annotated[int, Field(gt=0)]


class Late(FusionHead):
    """Late fusion: outputs of every stream by itself, averaged over the streams that a row has.

    Outputs are averaged, not probabilities: of a number that is the mean of the streams' values, of classes the mean of
    their logits, which after the softmax is the geometric mean of the streams' probabilities, scaled to add up to 1
    (the product rule of Kittler et al. 1998, IEEE PAMI 20:226, with equal shares). A head isn't told which of its
    targets are numbers. A row without any stream has outputs of 0: every class is equally likely. The embedding is the
    streams' last vectors side by side, zeros for those that are missing.

    Parameters
    ----------
    hidden
        Width of every hidden layer of a stream (linear, ReLU); empty: none.
    dropout
        Dropout after every hidden layer; without one, of the stream's vector.
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
        own = [HiddenLayers(size, hidden, dropout) for size in input_sizes.values()]
        self.layers = nn.ModuleList(own)
        self.heads = nn.ModuleList(Outputs(layers.output_size, output_sizes) for layers in own)

    def forward(
        self, features: Mapping[str, Float[Tensor, "batch ..."]], present: Mapping[str, Bool[Tensor, "batch ..."]]
    ) -> Fused:
        """Fuse ``(batch, width)`` vectors."""
        vectors, has = real_vectors(self.input_sizes, features, present)
        last = [layers(vector) for layers, vector in zip(self.layers, vectors, strict=True)]
        said = [outputs(vector) for outputs, vector in zip(self.heads, last, strict=True)]
        outputs = {name: mean_of_real(torch.stack([each[name] for each in said], dim=1), has) for name in said[0]}
        own = [vector * has[:, number, None] for number, vector in enumerate(last)]
        return Fused(outputs, torch.cat(own, dim=1))

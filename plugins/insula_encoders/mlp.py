"""MLP: the same small network on every sample."""

from typing import Annotated

from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from insula import Encoder, SignalSpec
from insula_encoders.initialisation import Init, initialise

Size = Annotated[int, Field(gt=0)]


class MLP(Encoder):
    """The same multilayer perceptron on every sample: linear layers, each followed by ReLU and dropout.

    Parameters
    ----------
    sizes
        Width of every layer; the last one is the number of features per step.
    dropout
        Dropout after every layer.
    last_dropout
        Whether also after the last one.
    init
        How weights start: as ``torch`` draws them, or ``xavier`` uniform with biases of 0.
    """

    def __init__(
        self,
        spec: SignalSpec,
        *,
        sizes: Annotated[tuple[Size, ...], Field(min_length=1)] = (64,),
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
        last_dropout: bool = True,
        init: Init = "torch",
    ) -> None:
        super().__init__(spec)
        self.output_size, self.hop = sizes[-1], 1
        self.layers = nn.Sequential()
        for width, size in zip((spec.channels, *sizes), sizes, strict=False):
            self.layers.extend([nn.Linear(width, size), nn.ReLU(), nn.Dropout(dropout)])
        if not last_dropout:
            self.layers.pop(-1)
        initialise(self, init)

    def forward(
        self, x: Float[Tensor, "batch channels time"], valid: Bool[Tensor, "batch channels time"]
    ) -> Float[Tensor, "batch steps features"]:
        """Encode every sample by itself; what isn't valid is read as 0."""
        return self.layers(x.masked_fill(~valid, 0.0).transpose(1, 2))

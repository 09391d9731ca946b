"""Classifier: from the joint vector to the outputs of one target."""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from insula import MaskedBatchNorm


class VectorNorm(MaskedBatchNorm):
    """BatchNorm over ``(batch, features)`` that a training batch of one row doesn't break (see MaskedBatchNorm)."""

    def forward(self, x: Float[Tensor, "batch features"]) -> Float[Tensor, "batch features"]:  # type: ignore[override]
        """Normalise."""
        return super().forward(x.unsqueeze(-1)).squeeze(-1)


class Classifier(nn.Sequential):
    """Hidden layers (linear, BatchNorm, ReLU, dropout), then a linear one.

    Weights start Xavier uniform, biases at 0; the last layer's weights are a tenth of that, so that the first outputs
    are near 0 and no class is preferred.

    Parameters
    ----------
    width
        Width of the vector that is classified.
    hidden
        Width of every hidden layer.
    outputs
        Number of outputs.
    dropout
        Dropout after every hidden layer.
    """

    def __init__(self, width: int, hidden: Sequence[int], outputs: int, dropout: float) -> None:
        super().__init__()
        for size in hidden:
            self.extend([xavier(nn.Linear(width, size)), VectorNorm(size), nn.ReLU(), nn.Dropout(dropout)])
            width = size
        self.append(xavier(nn.Linear(width, outputs), gain=0.1))


def xavier(layer: nn.Linear, gain: float = 1.0) -> nn.Linear:
    """Draw a layer's weights as Glorot & Bengio (2010, eq. 16), times ``gain``; biases start at 0."""
    nn.init.xavier_uniform_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer

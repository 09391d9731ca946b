"""Outputs: one linear layer per target."""

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor, nn


class Outputs(nn.ModuleList):
    """One linear layer per target, on one vector.

    It is a list, not a ModuleDict: a target may have any name, a dict's keys may hold no dot.

    Parameters
    ----------
    width
        Width of the vector.
    output_sizes
        Target name to its number of outputs.
    """

    def __init__(self, width: int, output_sizes: Mapping[str, int]) -> None:
        super().__init__(nn.Linear(width, size) for size in output_sizes.values())
        self.targets = tuple(output_sizes)

    def forward(self, vector: Float[Tensor, "batch width"]) -> dict[str, Tensor]:
        """Return the outputs of every target, ``(batch, outputs)``."""
        return {name: layer(vector) for name, layer in zip(self.targets, self, strict=True)}

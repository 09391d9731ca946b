"""FusionHead: from one vector per stream to the outputs of every target."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from jaxtyping import Bool, Float
from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Fused:
    """What a model returns.

    Parameters
    ----------
    outputs
        Target name to logits or values, ``(batch, outputs)``.
    embedding
        The joint vector before the last layer, ``(batch, width)``.
    losses
        Raw named terms (a reconstruction error, say), scalars, weighted by ``training.losses``.
    """

    outputs: Mapping[str, Float[Tensor, "batch outputs"]]
    embedding: Float[Tensor, "batch width"]
    losses: Mapping[str, Float[Tensor, ""]] = field(default_factory=dict)


class FusionHead(nn.Module, ABC):
    """Joins the streams. Its constructor takes ``input_sizes`` and ``output_sizes`` and, after ``*``, its options.

    Parameters
    ----------
    input_sizes
        Stream name to the width of its vector.
    output_sizes
        Target name to its number of outputs.
    """

    takes_steps: ClassVar[bool] = False
    """True: features are ``(batch, steps, hidden)``, present ``(batch, steps)``, and streams say ``pooling: null``."""

    def __init__(self, input_sizes: Mapping[str, int], output_sizes: Mapping[str, int]) -> None:
        super().__init__()
        self.input_sizes, self.output_sizes = dict(input_sizes), dict(output_sizes)

    @abstractmethod
    def forward(
        self, features: Mapping[str, Float[Tensor, "batch ..."]], present: Mapping[str, Bool[Tensor, "batch ..."]]
    ) -> Fused:
        """Fuse; the features of a row that lacks a stream are zeros, and ``present`` says so."""

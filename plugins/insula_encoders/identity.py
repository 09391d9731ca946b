"""Identity: every sample is a step."""

from jaxtyping import Bool, Float
from torch import Tensor

from insula import Encoder, SignalSpec


class Identity(Encoder):
    """Every sample is a step, as it is; for features that are made before the network (MFCC, band power)."""

    def __init__(self, spec: SignalSpec) -> None:
        super().__init__(spec)
        self.output_size, self.hop = spec.channels, 1

    def forward(
        self, x: Float[Tensor, "batch channels time"], valid: Bool[Tensor, "batch channels time"]
    ) -> Float[Tensor, "batch steps features"]:
        """Return the samples as steps; what isn't valid is 0."""
        return x.masked_fill(~valid, 0.0).transpose(1, 2)

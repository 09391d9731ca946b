"""Max: the largest value of every feature over the real steps."""

import math

from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import pad

from insula import Pooling


class Max(Pooling):
    """The largest value of every feature over the real steps."""

    def forward(
        self, x: Float[Tensor, "batch steps hidden"], mask: Bool[Tensor, "batch steps"]
    ) -> Float[Tensor, "batch pooled"]:
        """Return the maximum over the steps where ``mask`` is True."""
        steps = x.masked_fill(~mask.unsqueeze(-1), -math.inf)
        largest = pad(steps, (0, 0, 1, 0), value=-math.inf).amax(dim=1)
        return largest.masked_fill(~mask.any(dim=1, keepdim=True), 0.0)
